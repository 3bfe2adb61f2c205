"""Who shares a card, and what bounds a kernel's part of it. No card is needed here."""

import sys
from types import SimpleNamespace

from cnngrader.kernel import gpu, ipython


def test_without_a_card_or_a_share_every_card_is_hidden(monkeypatch):
    monkeypatch.setattr(gpu, "has_gpu", lambda: False)
    assert gpu.memory_of_a_kernel(4) == {"CUDA_VISIBLE_DEVICES": "-1"}
    monkeypatch.setattr(gpu, "has_gpu", lambda: True)
    assert gpu.memory_of_a_kernel(0) == {"CUDA_VISIBLE_DEVICES": "-1"}


def test_the_kernels_of_a_card_together_leave_a_tenth_of_it(monkeypatch):
    monkeypatch.setattr(gpu, "has_gpu", lambda: True)
    monkeypatch.setattr(gpu, "_total_mb", lambda: 80_000)
    for kernels in (1, 4, 7):
        environment = gpu.memory_of_a_kernel(kernels)
        assert "CUDA_VISIBLE_DEVICES" not in environment
        assert 71_000 < kernels * int(environment[ipython.GPU_MB]) <= 72_000
        assert abs(kernels * float(environment["XLA_PYTHON_CLIENT_MEM_FRACTION"]) - 0.9) < 0.01


def test_a_kernel_bounds_tensorflow_on_every_card_it_sees(monkeypatch):
    bound = {}
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [f"{kind}:0", f"{kind}:1"],
        LogicalDeviceConfiguration=lambda memory_limit: memory_limit,
        set_logical_device_configuration=bound.__setitem__,
    )
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    monkeypatch.delenv(ipython.GPU_MB, raising=False)
    ipython._share_gpu()
    assert bound == {}
    monkeypatch.setenv(ipython.GPU_MB, "18000")
    ipython._share_gpu()
    assert bound == {"GPU:0": [18000], "GPU:1": [18000]}


def test_a_kernel_bounds_pytorch_on_every_card_it_sees(monkeypatch):
    bound = {}
    cuda = SimpleNamespace(
        device_count=lambda: 2,
        get_device_properties=lambda card: SimpleNamespace(total_memory=80_000 * 2**20),
        set_per_process_memory_fraction=lambda part, card: bound.setdefault(card, part),
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    monkeypatch.setenv(ipython.GPU_MB, "20000")
    ipython._share_gpu()
    assert bound == {0: 0.25, 1: 0.25}
