"""PGD-10 on a CIFAR ResNet in PyTorch, as plain as a PyTorch user would write it: the yardstick of AttackBenchmarks.

Reads the published weights (.safetensors), attacks random images in batches, prints images per second of each round as JSON.
"""
import json
import struct
import sys
import time

import torch
import torch.nn.functional as F


def load(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        if entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            weights[name] = torch.frombuffer(bytearray(data[start:end]), dtype=torch.float32).reshape(entry["shape"])
    return weights


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outputs)
        self.conv2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outputs)
        self.stride, self.pad = stride, (outputs - inputs) // 2

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        short = x if self.stride == 1 else F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(out + short)


class ResNet(torch.nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(16)
        widths = [(16, 16, 1), (16, 32, 2), (32, 64, 2)]
        for number, (inputs, outputs, stride) in enumerate(widths, 1):
            stage = [Block(inputs if i == 0 else outputs, outputs, stride if i == 0 else 1) for i in range(blocks)]
            setattr(self, f"layer{number}", torch.nn.Sequential(*stage))
        self.linear = torch.nn.Linear(64, 10)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, x):
        x = ((x - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


def pgd(model, images, labels, epsilon=8 / 255, size=2 / 255, steps=10):
    adversarial = (images + torch.empty_like(images).uniform_(-epsilon, epsilon)).clamp(0, 1)
    for _ in range(steps):
        adversarial.requires_grad_()
        loss = F.cross_entropy(model(adversarial), labels, reduction="sum")
        gradient, = torch.autograd.grad(loss, adversarial)
        adversarial = adversarial.detach() + size * gradient.sign()
        adversarial = (images + (adversarial - images).clamp(-epsilon, epsilon)).clamp(0, 1)
    return adversarial


def main(path, images, batch, threads, rounds):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    weights = load(path)
    model = ResNet(sum(name.startswith("layer1.") and name.endswith("conv1.weight") for name in weights))
    model.load_state_dict(weights, strict=False)
    model = model.eval().to(memory_format=torch.channels_last)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    data, labels = torch.rand(images, 3, 32, 32), torch.randint(0, 10, (images,))
    pgd(model, data[:batch], labels[:batch])
    speeds = []
    for _ in range(rounds):
        start = time.perf_counter()
        for first in range(0, images, batch):
            pgd(model, data[first:first + batch], labels[first:first + batch])
        speeds.append(images / (time.perf_counter() - start))
    print(json.dumps({"version": torch.__version__, "imagesPerSecond": speeds}))


main(sys.argv[1], *map(int, sys.argv[2:6]))
