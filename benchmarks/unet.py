"""U-Net: a training step against a plain Keras one of the same shape, and the memory of tiled prediction.

Ours and the other run in turn; a ratio is the median over these pairs, a time the median of its runs.
What both compute is compared before it is timed. Each line about memory is a process of its own.

    python benchmarks/unet.py [--quick] [--only training tiling]
"""

import argparse
import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from cnnkit.models import unet, unet_output_size
from cnnkit.segmentation import predict_tiled

logging.getLogger("tensorflow").setLevel("ERROR")  # that many models are traced is meant
RNG = np.random.default_rng(0)
WIDTH, TILE, STRIDE, BATCH = 1 / 8, 572, 16, 2
MB = 2**20


def plain_unet(shape: tuple[int, int, int], filters: int, padding: str) -> keras.Model:
    """U-Net as people write it with Keras's functional API."""

    def convolutions(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
        for _ in range(2):
            x = layers.Conv2D(filters, 3, activation="relu", padding=padding, kernel_initializer="he_normal")(x)
        return x

    x = inputs = keras.Input(shape)
    skips = []
    for level in range(4):
        x = convolutions(x, filters * 2**level)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.5)(convolutions(x, filters * 16))
    for level in (3, 2, 1, 0):
        x = layers.Conv2DTranspose(filters * 2**level, 2, strides=2)(x)
        skip = skips[level]
        if padding == "valid":
            skip = layers.Cropping2D((skip.shape[1] - x.shape[1]) // 2)(skip)
        x = convolutions(layers.concatenate([skip, x]), filters * 2**level)
    return keras.Model(inputs, layers.Conv2D(2, 1)(x))


def bench_training(quick: bool) -> None:
    print("| a training step | ours, ms | plain Keras, ms | times as fast |\n|---|---|---|---|")
    for padding, edge, batch in (("valid", 284, 1), ("same", 192, 2)):
        for jit in (False, True):
            ours = unet(2, (edge, edge, 1), 1 / 4, padding=padding)
            plain = plain_unet((edge, edge, 1), 16, padding)
            plain.set_weights(ours.get_weights())
            images = RNG.random((batch, edge, edge, 1), dtype="float32")
            labels = RNG.integers(0, 2, (batch, *ours.output_shape[1:3]))
            difference = np.abs(ours.predict_on_batch(images) - plain.predict_on_batch(images)).max()
            assert difference <= 1e-4, difference
            steps = []
            for model in (ours, plain):
                loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
                model.compile(keras.optimizers.SGD(1e-3, momentum=0.9), loss, jit_compile=jit)
                steps.append(lambda model=model: model.train_on_batch(images, labels))  # noqa: B023
                steps[-1]()
            how = "with" if jit else "without"
            name = f"{padding}, {batch}x{edge}x{edge}, 16 filters at the top, {how} jit (differ by {difference:.0e})"
            row(name, *steps, 5 if quick else 31)
    print()


def row(name: str, ours: Callable[[], object], theirs: Callable[[], object], pairs: int) -> None:
    """A line of the table: milliseconds of both, and how many times as fast ours is."""
    times: list[tuple[float, float]] = []
    for turn in range(pairs):
        order = (ours, theirs) if turn % 2 else (theirs, ours)  # what runs second finds other caches
        taken = {}
        for step in order:
            begun = time.perf_counter()
            step()
            taken[step] = time.perf_counter() - begun
        times.append((taken[ours], taken[theirs]))
    one, other = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    ratio = statistics.median(their / our for our, their in times)
    print(f"| {name} | {one:.1f} | {other:.1f} | {ratio:.2f} |", flush=True)


def bench_tiling(quick: bool) -> None:
    model = unet(2, (TILE, TILE, 1), WIDTH)
    edge = unet_output_size(TILE) + 384
    lost = (TILE - unet_output_size(TILE)) // 2
    whole = unet(2, (edge + 2 * lost, edge + 2 * lost, 1), WIDTH)
    whole.set_weights(model.get_weights())
    image = RNG.random((edge, edge, 1), dtype="float32")
    mirrored = np.pad(image, ((lost, lost), (lost, lost), (0, 0)), mode="reflect")[None]
    difference = np.abs(predict_tiled(model, image) - whole.predict_on_batch(mirrored)[0]).max()
    assert difference <= 1e-4, difference
    print(f"{edge}x{edge} in tiles of {TILE} and as a whole differ by {difference:.0e}\n")
    print("| prediction, 8 filters at the top | s | MB, apart from image and result |\n|---|---|---|")
    for edge in (1024, 2048) if quick else (1024, 2048, 4096):
        for way in ("tiled", "whole"):
            if way == "whole" and edge > 2048:
                continue
            child = [sys.executable, __file__, "--child", way, str(edge)]
            found = json.loads(
                subprocess.run(child, capture_output=True, encoding="utf-8", errors="replace", check=True).stdout
            )
            tiles = f"in tiles of {TILE}, {BATCH} at once" if way == "tiled" else "as a whole"
            print(f"| {edge}x{edge} {tiles} | {found['seconds']:.1f} | {found['bytes'] / MB:.0f} |", flush=True)
    print()


def measure(way: str, edge: int) -> dict[str, float]:
    """Seconds of one prediction, and by how many bytes the process grew at most, image and result apart."""
    size = TILE if way == "tiled" else edge + 188 - (edge + 188 - TILE) % STRIDE
    model = unet(2, (size, size, 1), WIDTH)
    image = RNG.random((edge, edge, 1), dtype="float32")
    if way == "whole":
        image = image[None, :size, :size] if size <= edge else np.pad(image, ((0, size - edge),) * 2 + ((0, 0),))[None]
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak is now what is held now
    before = peak_bytes()
    begun = time.perf_counter()
    result = model.predict_on_batch(image) if way == "whole" else predict_tiled(model, image, batch_size=BATCH)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "bytes": peak_bytes() - before - result.nbytes}


def peak_bytes() -> int:
    """The most memory that this process has held; ru_maxrss would begin with what its parent had."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


BENCHMARKS = {"training": bench_training, "tiling": bench_tiling}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), help="some of them")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure(arguments.child[0], int(arguments.child[1]))))
        return
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy"))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}\n")
    for name in arguments.only:
        BENCHMARKS[name](arguments.quick)


if __name__ == "__main__":
    main()
