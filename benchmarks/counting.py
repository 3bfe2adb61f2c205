"""What a network costs: who counts what right, and how long it takes to count ResNet-50.

Each counter gets the same small networks, whose true numbers are written out here by hand, beside
fvcore, torchinfo and calflops, as far as this Python can import them; they need torch. A ResNet-50
is counted by each in turn, on the CPU.

    python benchmarks/counting.py [--quick]
"""

import argparse
import contextlib
import importlib
import io
import logging
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from cnnkit.counting import count
from cnnkit.counting.specs import (
    BatchNormalization,
    BilinearUpsampling2D,
    Conv2D,
    Conv2DTranspose,
    Input,
    Pooling2D,
    Spec,
    Unpooling2D,
)

CHANNELS, EDGE = 8, 12
PEERS = ("fvcore", "torchinfo", "calflops")


@dataclass
class Case:
    """One layer on an image of 12x12 with 8 channels. torch: makes it of `torch.nn`. macs, beside: the truth."""

    name: str
    spec: Spec
    torch: Callable[[Any], Any]
    macs: int
    beside: int = 0


CASES = [
    Case("convolution 3x3", Conv2D(16, 3, bias=False), lambda nn: nn.Conv2d(8, 16, 3, bias=False), 10 * 10 * 16 * 72),
    Case(
        "convolution 3x3, stride 2, padding 1",
        Conv2D(16, 3, 2, pad=1, bias=False),
        lambda nn: nn.Conv2d(8, 16, 3, 2, 1, bias=False),
        6 * 6 * 16 * 72,
    ),
    Case(
        "grouped, 4 groups",
        Conv2D(16, 3, groups=4, bias=False),
        lambda nn: nn.Conv2d(8, 16, 3, groups=4, bias=False),
        10 * 10 * 16 * 18,
    ),
    Case(
        "dilated by 2",
        Conv2D(16, 3, dilation=2, bias=False),
        lambda nn: nn.Conv2d(8, 16, 3, dilation=2, bias=False),
        8 * 8 * 16 * 72,
    ),
    Case(
        "transposed 2x2, stride 2",
        Conv2DTranspose(16, 2, 2, bias=False),
        lambda nn: nn.ConvTranspose2d(8, 16, 2, 2, bias=False),
        12 * 12 * 8 * 64,
    ),
    Case(
        "transposed 4x4, stride 2, padding 1",
        Conv2DTranspose(16, 4, 2, pad=1, bias=False),
        lambda nn: nn.ConvTranspose2d(8, 16, 4, 2, 1, bias=False),
        12 * 12 * 8 * 256,
    ),
    Case("bias of a convolution", Conv2D(16, 3), lambda nn: nn.Conv2d(8, 16, 3), 10 * 10 * 16 * 72, 10 * 10 * 16),
    Case("maximum of 3x3, stride 2", Pooling2D(3, 2), lambda nn: nn.MaxPool2d(3, 2), 0, 5 * 5 * 8 * 9),
    Case("mean of 2x2", Pooling2D(2), lambda nn: nn.AvgPool2d(2), 0, 6 * 6 * 8 * 4),
    Case("batch normalization", BatchNormalization(), lambda nn: nn.BatchNorm2d(8), 0, 12 * 12 * 8 * 2),
    Case("upsampling, nearest", Unpooling2D(2), lambda nn: nn.Upsample(scale_factor=2), 0, 0),
    Case(
        "upsampling, bilinear",
        BilinearUpsampling2D(2),
        lambda nn: nn.Upsample(scale_factor=2, mode="bilinear"),
        0,
        24 * 24 * 8 * 4,
    ),
]


def by_cnnkit(case: Case) -> tuple[int, int]:
    row = count([Input((EDGE, EDGE, CHANNELS)), case.spec], "flop")[-1]
    return row.macs.value, row.flops.value - 2 * row.macs.value


def by_fvcore(module: Any, image: Any) -> int:
    """Its "flop" is a multiply-add."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, image).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())


def by_torchinfo(module: Any, image: Any) -> int:
    from torchinfo import summary

    return int(summary(module, input_data=image, verbose=0).total_mult_adds)


def by_calflops(module: Any, image: Any) -> tuple[int, int]:
    """Multiply-adds, and its FLOPs beyond two for each."""
    import torch
    from calflops import calculate_flops

    if not list(module.parameters()):  # it asks the first one for its device, and fails where there is none
        module.register_parameter("unused", torch.nn.Parameter(torch.zeros(1)))
    shape = tuple(image.shape)
    flops, macs, _ = calculate_flops(module, shape, output_as_string=False, print_results=False, print_detailed=False)
    return int(macs), int(flops - 2 * macs)


def bench_cases(peers: list[str]) -> None:
    print("Multiply-adds, and the operations beside them; ✗ is wrong, - leaves out what there is.\n")
    print(f"| layer | truth | cnnkit | {' | '.join(peers)} |".replace("|  |", "|"))
    print("|---" * (3 + len(peers)) + "|")
    for case in CASES:
        truth, ours = (case.macs, case.beside), by_cnnkit(case)
        assert ours == truth, (case.name, ours, truth)
        cells = [shown(truth), shown(ours)]
        for peer in peers:
            cells.append(judged(ask(peer, case), truth))
        print(f"| {case.name} | {' | '.join(cells)} |", flush=True)


def ask(peer: str, case: Case) -> tuple[int, int] | str:
    """Its multiply-adds and what it counts beside them; of a peer with one number, whichever of the two it can be."""
    import torch

    module, image = case.torch(torch.nn).eval(), torch.zeros(1, CHANNELS, EDGE, EDGE)
    try:
        answer = quietly(lambda: COUNTERS[peer](module, image))
    except Exception as error:  # what a peer cannot count is a result
        return type(error).__name__
    if isinstance(answer, tuple):
        return answer
    if answer == case.macs + case.beside:
        return case.macs, case.beside
    return (answer, 0) if case.macs else (0, answer)


def quietly(work: Callable[[], Any]) -> Any:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()


def shown(figures: tuple[int, int]) -> str:
    macs, beside = figures
    return f"{macs:,} + {beside:,}" if macs and beside else f"{macs or beside:,}"


def judged(figures: tuple[int, int] | str, truth: tuple[int, int]) -> str:
    if isinstance(figures, str):
        return figures
    if figures == truth:
        return shown(figures)
    left_out = all(mine in (0, right) for mine, right in zip(figures, truth, strict=True))
    return f"{shown(figures)} {'-' if left_out else '✗'}"


def bench_resnet50(peers: list[str], runs: int) -> None:
    """All in turn, so that what else the machine does falls on all alike."""
    counters: dict[str, Callable[[], Any]] = {"cnnkit, from specs": lambda: count("resnet50").total.macs}
    if peers:
        import torch

        network, image = resnet50(torch).eval(), torch.zeros(1, 3, 224, 224)
        for peer in peers:
            counters[peer] = lambda peer=peer: quietly(lambda: COUNTERS[peer](network, image))  # type: ignore[misc]
    answers = {name: counter() for name, counter in counters.items()}  # and what is loaded at first is loaded
    times: dict[str, list[float]] = {name: [] for name in counters}
    for _ in range(runs):
        for name, counter in counters.items():
            begun = time.perf_counter()
            counter()
            times[name].append(1e3 * (time.perf_counter() - begun))
    ours = statistics.median(next(iter(times.values())))
    print("\n| ResNet-50 | GMAC | ms, median | ms, least | times as long |\n|---|---|---|---|---|")
    for name, answer in answers.items():
        macs = answer[0] if isinstance(answer, tuple) else answer
        middle, least = statistics.median(times[name]), min(times[name])
        print(f"| {name} | {macs / 1e9:.3f} | {middle:.1f} | {least:.1f} | {middle / ours:.0f} |")


def resnet50(torch: Any) -> Any:
    """The paper's network, a stage halves at its first 1x1, as in `cnnkit.counting`."""
    nn = torch.nn

    def conv_norm(inputs: int, filters: int, kernel: int, stride: int = 1) -> list[Any]:
        return [nn.Conv2d(inputs, filters, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(filters)]

    class Bottleneck(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self, inputs: int, filters: int, stride: int):
            super().__init__()
            reduce, middle = conv_norm(inputs, filters, 1, stride), conv_norm(filters, filters, 3)
            expand = conv_norm(filters, 4 * filters, 1)
            self.residual = nn.Sequential(*reduce, nn.ReLU(), *middle, nn.ReLU(), *expand)
            same = stride == 1 and inputs == 4 * filters
            self.shortcut = nn.Identity() if same else nn.Sequential(*conv_norm(inputs, 4 * filters, 1, stride))
            self.activation = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.activation(self.residual(x) + self.shortcut(x))

    layers, channels = [*conv_norm(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for stage, repeats in enumerate((3, 4, 6, 3)):
        for which in range(repeats):
            layers.append(Bottleneck(channels, 64 * 2**stage, 2 if which == 0 and stage else 1))
            channels = 4 * 64 * 2**stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


COUNTERS = {"fvcore": by_fvcore, "torchinfo": by_torchinfo, "calflops": by_calflops}


def importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    peers = [name for name in PEERS if importable("torch") and quietly(lambda name=name: importable(name))]  # type: ignore[misc]
    missing = [name for name in PEERS if name not in peers]
    packages = ", ".join(f"{name} {version(name)}" for name in [*peers, *(["torch"] if peers else [])])
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}{', ' if packages else ''}{packages}")
    if missing:
        print(f"Not here, so not compared: {', '.join(missing)}")
    print()
    bench_cases(peers)
    bench_resnet50(peers, 3 if arguments.quick else 11)


if __name__ == "__main__":
    main()
