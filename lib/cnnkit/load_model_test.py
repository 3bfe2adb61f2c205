"""A saved model is loaded by a program that names no part of cnnkit."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from cnnkit import layers


@pytest.mark.parametrize("imports", ["import keras, cnnkit", "import cnnkit.layers\nimport keras"])
def test_these_imports_are_enough(tmp_path, imports):
    convolution = layers.PaddedConv2D(2, 3, pad=1, activation=layers.scaled_tanh)
    model = keras.Sequential([keras.Input((6, 8, 1)), convolution, layers.TopLeftPooling2D()])
    images = np.random.default_rng(0).random((2, 6, 8, 1)).astype("float32")
    np.save(tmp_path / "images.npy", images)
    for suffix in ("keras", "h5"):
        model.save(tmp_path / f"model.{suffix}")
    code = f"""
{imports}
import numpy as np
for suffix in ("keras", "h5"):
    model = keras.saving.load_model(f"model.{{suffix}}")
    np.save(f"{{suffix}}.npy", model(np.load("images.npy")))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True)
    for suffix in ("keras", "h5"):
        np.testing.assert_allclose(np.load(tmp_path / f"{suffix}.npy"), model(images), rtol=1e-4, atol=1e-5)
