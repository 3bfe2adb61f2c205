"""The contract under the other backends, in a process of their own, where they are installed."""

import importlib.util
import os
import subprocess
import sys

import keras
import pytest

from cnnkit import layers

# All checks of three layers: one with weights, one with two inputs, one with a gradient of its own.
FEW = "PaddedConv2D or MaxUnpooling2D or guided_relu"


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_the_contract_holds_under(backend):
    if keras.config.backend() != "tensorflow":
        pytest.skip("this run is itself one under another backend than TensorFlow")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed; `make test-backends` installs it beside the project and runs all")
    contract = os.path.join(layers.__path__[0], "contract_test.py")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", contract, "-p", "no:cacheprovider", "-k", FEW],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
