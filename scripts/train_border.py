"""Makes assets/photo/border.npz: the network that sees where in a photo the person ends.

Two steps, after ``train_silhouettes.py people``, whose people are photographed::

    python scripts/train_border.py shoot WORK --count 250    strips and where the person ends
    python scripts/train_border.py train WORK                weights

`shoot` takes about 1.2 CPU seconds a customer, `train` as long as it is given. JAX comes with
MediaPipe.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np

from fitting.photo.border import CHANNELS, DILATIONS, read, spots, step_of, unwrap
from fitting.photo.detect import segmented

TARGET = Path(__file__).resolve().parent.parent / "assets" / "photo" / "border.npz"
FINER = 2  # the true mask has so many pixels along one of the photo's
EVERY = 25  # customers a file
WIDTH = 12  # channels of a layer
LONG = 256  # columns of a piece of border that is learnt from at once
PIECES = 8  # a step
EDGE = 16  # columns at the ends of a piece that do not see all of their neighbours
RATE, LAST_RATE = 3e-3, 2e-5


def shoot(work: Path, seed: int, count: int) -> None:
    """Photographs customers and stores the strips around their rough masks, with the truth."""
    import cv2
    from customers import rest_body, visit
    from studio import Camera, Studio
    from train_silhouettes import SEXES, current, mixed

    from fitting.records import Body

    with np.load(work / "people.npz") as stored:
        names = [str(name) for name in stored["names"]]
        people = {sex: current(stored[sex], names) for sex in SEXES}

    class Witness(Studio):
        """A studio that remembers who stood where."""

        def photograph(self, body: Body, rest: Body, camera: Camera, *rest_of) -> np.ndarray:
            stood.append((body, camera))
            return super().photograph(body, rest, camera, *rest_of)

    rng, studio = np.random.default_rng(seed), Witness()
    for part in range(-(-count // EVERY)):
        inputs, truth, lengths = [], [], []
        for index in range(EVERY):
            sex, stood = SEXES[index % 2], []
            photos, _, _ = visit(studio, rest_body(mixed(people[sex], rng), sex), sex, rng)
            for photo, (body, camera) in zip(photos, stood, strict=True):
                seen = segmented(photo.pixels)
                if seen is None:
                    continue
                fine = replace(camera, width=FINER * camera.width, rows=FINER * camera.rows)
                true = cv2.blur(studio.mask(body, fine).astype(np.float32), (FINER, FINER))
                for band in unwrap(photo.pixels, *seen):
                    at = spots(band.points, band.normals, step_of(seen[1]))
                    at = (at + 0.5) * FINER - 0.5
                    inputs.append(band.inputs.astype(np.float16))
                    truth.append(read(true, at))
                    lengths.append(len(at))
        np.savez(
            work / f"strips{seed}_{part:03d}.npz",
            inputs=np.concatenate(inputs),
            truth=(255 * np.concatenate(truth)).astype(np.uint8),
            lengths=lengths,
        )


class Strips:
    """Strips to draw pieces of border from."""

    def __init__(self, files: list[Path]) -> None:
        stored = [dict(np.load(file)) for file in files]
        self.inputs = np.concatenate([one["inputs"] for one in stored])
        self.truth = np.concatenate([one["truth"] for one in stored])
        self.lengths = np.concatenate([one["lengths"] for one in stored])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])

    def piece(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A piece of a border, perhaps the other way round and in other colours."""
        column = int(rng.integers(len(self.inputs)))
        border = int(np.searchsorted(self.starts, column, "right")) - 1
        start, length = self.starts[border], self.lengths[border]
        where = start + (column - start + np.arange(LONG)) % length
        if rng.random() < 0.5:
            where = where[::-1]
        inputs = self.inputs[where].astype(np.float32)
        tint = rng.uniform(0.8, 1.25) * rng.choice((-1, 1))
        inputs[..., :3] = inputs[..., rng.permutation(3)] * tint + rng.normal(0, 0.15, 3)
        return inputs, self.truth[where].astype(np.float32) / 255


def train(work: Path, minutes: float, target: Path) -> None:
    """Learns the weights by Adam for some CPU minutes and writes them."""
    import jax
    import jax.numpy as jnp
    from jax import lax

    def convolved(values, kernel, dilation):
        kinds = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(
            values, kernel, (1, 1), "SAME", rhs_dilation=dilation, dimension_numbers=kinds
        )

    def loss(layers, values, truth):
        for (kernel, bias), dilation in zip(layers[:-1], DILATIONS, strict=True):
            values = jax.nn.relu(convolved(values, kernel, dilation) + bias)
        kernel, bias = layers[-1]
        score = (convolved(values, kernel, (1, 1)) + bias)[..., 0]
        return jnp.mean((jax.nn.softplus(score) - truth * score)[:, EDGE:-EDGE])

    @jax.jit
    def stepped(layers, mean, square, values, truth, rate, count):
        value, slope = jax.value_and_grad(loss)(layers, values, truth)
        each = jax.tree_util.tree_map
        mean = each(lambda a, b: 0.9 * a + 0.1 * b, mean, slope)
        square = each(lambda a, b: 0.999 * a + 0.001 * b * b, square, slope)

        def moved(layer, a, b):
            return layer - rate * (a / (1 - 0.9**count)) / (jnp.sqrt(b / (1 - 0.999**count)) + 1e-8)

        return each(moved, layers, mean, square), mean, square, value

    rng, strips = np.random.default_rng(0), Strips(sorted(work.glob("strips*.npz")))
    wide = (CHANNELS, *(WIDTH for _ in DILATIONS))
    layers = [
        (
            rng.normal(0, np.sqrt(2 / 9 / a), (3, 3, a, b)).astype(np.float32),
            np.zeros(b, np.float32),
        )
        for a, b in pairwise(wide)
    ]
    layers.append(
        (rng.normal(0, 0.1, (1, 1, WIDTH, 1)).astype(np.float32), np.zeros(1, np.float32))
    )
    layers = tuple(layers)
    mean = jax.tree_util.tree_map(jnp.zeros_like, layers)
    square, losses, started, count = mean, [], time.process_time(), 0
    while (share := (time.process_time() - started) / (60 * minutes)) < 1:
        count += 1
        rate = LAST_RATE + RATE * (0.5 + 0.5 * np.cos(np.pi * share))
        pieces = [strips.piece(rng) for _ in range(PIECES)]
        values, truth = (np.array(of) for of in zip(*pieces, strict=True))
        layers, mean, square, value = stepped(layers, mean, square, values, truth, rate, count)
        losses.append(float(value))
        if count % 500 == 0:
            print(count, f"{np.mean(losses[-500:]):.4f}", flush=True)
    stored = {f"kernel{k}": np.asarray(kernel) for k, (kernel, _) in enumerate(layers)}
    stored |= {f"bias{k}": np.asarray(bias) for k, (_, bias) in enumerate(layers)}
    np.savez(target, **stored)


def main() -> None:
    """Runs one step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("shoot")
    step.add_argument("work", type=Path)
    step.add_argument("--seed", type=int, default=1)
    step.add_argument("--count", type=int, default=250)
    step = steps.add_parser("train")
    step.add_argument("work", type=Path)
    step.add_argument("--minutes", type=float, default=8.0)
    options = parser.parse_args()
    if options.step == "shoot":
        shoot(options.work, options.seed, options.count)
    else:
        train(options.work, options.minutes, TARGET)


if __name__ == "__main__":
    main()
