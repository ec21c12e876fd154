"""Writes checkpoints of small networks as PyTorch users have them, with images and the logits that PyTorch computes: FOLDER is the argument.

Run by PublishedClassifierTests where Debian's python3-torch is installed. The networks are written from their papers in the fewest lines, under the
names of the weights in RobustBench, torchvision and pytorch-cifar; only names and arithmetic matter, so widths and depths are small.
"""
import json
import sys
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, max_pool2d, relu

torch.manual_seed(1)


def conv(i, o, k, s=1):
    return nn.Conv2d(i, o, k, s, k // 2, bias=False)


class Post(nn.Module):  # a block of ResNet
    def __init__(self, i, o, s, wide, shortcut):
        super().__init__()
        out = 4 * o if wide else o
        sizes = [(i, o, 1, 1), (o, o, 3, s), (o, out, 1, 1)] if wide else [(i, o, 3, s), (o, o, 3, 1)]
        self.count = len(sizes)
        for n, (a, b, k, t) in enumerate(sizes, 1):
            setattr(self, f"conv{n}", conv(a, b, k, t))
            setattr(self, f"bn{n}", nn.BatchNorm2d(b))
        self.side = shortcut if s != 1 or i != out else None
        if self.side:
            setattr(self, shortcut, nn.Sequential(conv(i, out, 1, s), nn.BatchNorm2d(out)))

    def forward(self, x):
        y = x
        for n in range(1, self.count + 1):
            y = getattr(self, f"bn{n}")(getattr(self, f"conv{n}")(relu(y) if n > 1 else y))
        return relu(y + (getattr(self, self.side)(x) if self.side else x))


class Pre(nn.Module):  # a block of PreActResNet and WRN
    def __init__(self, i, o, s, shortcut, before):
        super().__init__()
        self.bn1, self.conv1, self.bn2, self.conv2 = nn.BatchNorm2d(i), conv(i, o, 3, s), nn.BatchNorm2d(o), conv(o, o, 3)
        self.before, self.side = before, shortcut if s != 1 or i != o else None
        if self.side:
            setattr(self, shortcut, conv(i, o, 1, s) if shortcut == "convShortcut" else nn.Sequential(conv(i, o, 1, s)))

    def forward(self, x):
        active = relu(self.bn1(x))
        y = self.conv2(relu(self.bn2(self.conv1(active))))
        return y + (getattr(self, self.side)(x if self.before else active) if self.side else x)


class Inner(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layer = layers

    def forward(self, x):
        return self.layer(x)


class Net(nn.Module):
    def __init__(self, kind, classes=7):
        super().__init__()
        wide, torchvision, pre = kind == "wrn", kind.startswith("tv"), kind.startswith("preact")
        counts, widths = {"wrn": ([1] * 3, [32, 64, 128]), "tv50": ([3, 4, 6, 3], [64, 128, 256, 512])}.get(kind, ([2] * 4, [64, 128, 256, 512]))
        stem = 16 if wide else 64
        self.kind, self.stages = kind, []
        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False) if torchvision else conv(3, stem, 3)
        if not pre:
            self.bn1 = nn.BatchNorm2d(widths[-1] if wide else stem)
        i = stem
        for n, (count, width) in enumerate(zip(counts, widths), 1):
            blocks = []
            for b in range(count):
                s = 2 if n > 1 and b == 0 else 1
                if wide:
                    blocks.append(Pre(i, width, s, "convShortcut", False))
                elif pre:
                    blocks.append(Pre(i, width, s, "shortcut", kind == "preact-v1"))
                else:
                    blocks.append(Post(i, width, s, kind == "tv50", "downsample" if torchvision else "shortcut"))
                i = 4 * width if kind == "tv50" else width
            name = f"block{n}" if wide else f"layer{n}"
            setattr(self, name, Inner(nn.Sequential(*blocks)) if wide else nn.Sequential(*blocks))
            self.stages.append(name)
        if kind == "preact-bn":
            self.bn = nn.BatchNorm2d(i)
        self.last = "fc" if wide or torchvision else "linear"
        setattr(self, self.last, nn.Linear(i, classes))

    def forward(self, x):
        x = self.conv1(x)
        if self.kind not in ("wrn",) and not self.kind.startswith("preact"):
            x = relu(self.bn1(x))
        if self.kind.startswith("tv"):
            x = max_pool2d(x, 3, 2, 1)
        for name in self.stages:
            x = getattr(self, name)(x)
        if self.kind == "wrn":
            x = relu(self.bn1(x))
        if self.kind == "preact-bn":
            x = relu(self.bn(x))
        return getattr(self, self.last)(adaptive_avg_pool2d(x, 1).flatten(1))


def wrapped(state, prefix):
    return OrderedDict((prefix + name, value) for name, value in state.items())


folder = sys.argv[1]
images = torch.rand(2, 3, 32, 32)
facts = {"images": images.flatten().tolist(), "logits": {}}
for kind in ["wrn", "preact", "preact-v1", "preact-bn", "cifar18", "tv18", "tv50"]:
    net = Net(kind)
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            for value in (m.running_mean, m.weight.data, m.bias.data):
                value.uniform_(-0.3, 0.8)
            m.running_var.uniform_(0.5, 1.5)
    net.eval()
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])
    if kind.startswith("tv"):
        mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    normalised = (images - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    plain = kind in ("wrn", "preact", "preact-v1")
    with torch.no_grad():
        facts["logits"][kind] = net(images if plain else normalised).flatten().tolist()
    state = net.state_dict()
    if kind == "wrn":  # as RobustBench's Standard.pt and TRADES' files: DataParallel, training facts beside, a sub-block that is never called
        state["sub_block1.layer.0.bn1.weight"] = torch.zeros(3)
        torch.save({"epoch": 3, "state_dict": wrapped(state, "module."), "optimizer": {"lr": 0.1}}, f"{folder}/{kind}.pt")
    elif kind in ("preact-bn", "cifar18"):  # with the normalisation inside, as RobustBench's normalize_model
        whole = wrapped(state, "model.")
        whole["normalize.mean"], whole["normalize.std"] = mean.view(1, 3, 1, 1), std.view(1, 3, 1, 1)
        torch.save(whole, f"{folder}/{kind}.pt")
    else:
        torch.save(state, f"{folder}/{kind}.pt")
    if kind in ("wrn", "preact"):
        torch.save(state, f"{folder}/{kind}-legacy.pth", _use_new_zipfile_serialization=False)
torch.save(Net("wrn"), f"{folder}/whole.pt")
torch.save(nn.Linear(2, 2).half().state_dict(), f"{folder}/half.pt")
torch.jit.script(nn.Linear(2, 2)).save(f"{folder}/script.pt")
json.dump(facts, open(f"{folder}/facts.json", "w"))
