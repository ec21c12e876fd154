"""Runs the corruptions of hendrycks/robustness with the random numbers of Maep.Corruptions, to compare the two pixel by pixel.

original.py SCRIPT FROST IMAGE --key CLASS/NAME [--seed N] [--compare DEST] [--golden FILE --crop N]

SCRIPT   ImageNet-C/create_c/make_imagenet_c.py for an IMAGE of 224x224, make_cifar_c.py for one of 32x32; only the part between
         "Distortion Helpers" and "End Distortions" is run
FROST    folder with the original's frost1.png to frost6.jpg
--compare what `maep corrupt --format png --corruptions all --frost FROST --seed N` wrote: prints the differences in grey levels
--golden  writes the middle CROP x CROP pixels of each result as one PNG, a row for each corruption and a column for each severity

Debian 12: python3-numpy 1.24, -scipy 1.10, -skimage 0.19, -opencv 4.6, -pil 9.4, -wand 0.6 with ImageMagick 6.9.11.
"""
import argparse
import json
import math
import os
import sys
import warnings

import numpy as np
from PIL import Image

warnings.simplefilter('ignore')

NAMES = ('gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow frost fog brightness contrast '
         'elastic_transform pixelate jpeg_compression speckle_noise gaussian_blur spatter saturate').split()
STEP, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class RandomNumbers:
    """RandomNumbers.cs: SplitMix64, set by the seed and the FNV-1a digest of a text."""

    def __init__(self, seed, key):
        digest = 14695981039346656037
        for letter in key.encode():
            digest = ((digest ^ letter) * 1099511628211) & MASK
        self.state = mix(mix((seed + STEP) & MASK) ^ mix(digest ^ MASK))

    def units(self, count):
        z = (np.uint64(self.state) + np.uint64(STEP) * np.arange(1, count + 1, dtype=np.uint64)).astype(np.uint64)
        self.state = (self.state + STEP * count) & MASK
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * (1.0 / (1 << 53))

    def shaped(self, size):
        return self.units(int(np.prod(size))).reshape(size) if size is not None else float(self.units(1)[0])

    def uniform(self, low, high, size=None):
        return low + (high - low) * self.shaped(size)

    def normal(self, loc=0.0, scale=1.0, size=None):
        pairs = self.units(2 * int(np.prod(size))).reshape(-1, 2)
        return loc + scale * (np.sqrt(-2 * np.log(1 - pairs[:, 0])) * np.cos(2 * math.pi * pairs[:, 1])).reshape(size)

    def randint(self, low, high=None, size=None):
        low, high = (0, low) if high is None else (low, high)
        return (low + np.floor(self.shaped(size) * (high - low))).astype(int) if size is not None else low + int(self.shaped(None) * (high - low))

    def poisson(self, means):
        stock, place = self.units(4096), 0
        counts = np.zeros(means.size)
        for index, bound in enumerate(np.exp(-means.ravel())):
            product, count = 1.0, -1
            while True:
                if place == stock.size:
                    stock, place = self.units(4096), 0
                product *= stock[place]
                place, count = place + 1, count + 1
                if not product > bound:
                    break
            counts[index] = count
        return counts.reshape(means.shape)


def load(script):
    text = open(script).read()
    text = text[text.index('Distortion Helpers'):text.index('# /////////////// End Distortions')]
    scope = {'np': np}
    exec(text[text.index('\n'):], scope)
    return scope


def impulses(noise, current):
    """scikit-image draws twice a value, which values and whether salt; here one draw u tells both: below the share, and below half of it."""
    def replaced(image, mode, amount):
        class Twice:
            draws = []

            def random(self, shape):
                if not self.draws:
                    self.draws.append(current[0].shaped(shape))
                    return self.draws[0]
                return self.draws.pop() / amount
        kept, np.random.default_rng = np.random.default_rng, lambda seed=None: Twice()
        try:
            return noise(image, mode=mode, amount=amount)
        finally:
            np.random.default_rng = kept
    return replaced


def results(scope, image, key, seed):
    current = [None]
    for name in ('uniform', 'normal', 'randint', 'poisson'):
        setattr(np.random, name, lambda *args, _name=name, **given: getattr(current[0], _name)(*args, **given))
    scope['sk'].util.random_noise = impulses(scope['sk'].util.random_noise, current)
    for name in NAMES:
        for severity in range(1, 6):
            current[0] = RandomNumbers(seed, f'{name}/{severity}/{key}')
            yield name, severity, np.uint8(scope[name](image.copy(), severity))


def main():
    parser = argparse.ArgumentParser()
    for name in ('script', 'frost', 'image'):
        parser.add_argument(name, type=os.path.abspath)
    parser.add_argument('--key', required=True)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--compare', type=os.path.abspath)
    parser.add_argument('--golden', type=os.path.abspath)
    parser.add_argument('--crop', type=int)
    given = parser.parse_args()
    image = Image.open(given.image).convert('RGB')
    scope = load(given.script)
    os.chdir(given.frost)
    rows, table = {}, {}
    for name, severity, pixels in results(scope, image, given.key, given.seed):
        edge = 0 if given.crop is None else (image.size[0] - given.crop) // 2
        rows.setdefault(name, []).append(pixels[edge:image.size[0] - edge, edge:image.size[0] - edge])
        if given.compare:
            ours = np.array(Image.open(os.path.join(given.compare, name, str(severity), given.key)).convert('RGB')).astype(int)
            difference = np.abs(ours - pixels)
            table.setdefault(name, []).append((difference.mean(), difference.max(), (difference > 1).mean()))
    if given.golden:
        Image.fromarray(np.concatenate([np.concatenate(row, 1) for row in rows.values()])).save(given.golden, optimize=True)
    if given.compare:
        json.dump({name: [{'mean': round(float(mean), 4), 'largest': int(largest), 'shareAboveOne': round(float(share), 6)} for mean, largest, share in cells]
                   for name, cells in table.items()}, sys.stdout, indent=1)
        print()


main()
