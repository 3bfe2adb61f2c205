import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest

from cnnkit import pretrained as module
from cnnkit.datasets.home import networks_home
from cnnkit.pretrained import NAMES, pretrained, training_record, untrained

SCRIPT = Path(__file__).parents[1] / "train_networks.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("train_networks", SCRIPT)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_as_accurate_as_its_record_says(name, script):
    record, model = training_record(name), pretrained(name)
    images, labels = script.test_images(name)
    assert len(images) == record["test_images"] and model.count_params() == record["parameters"]
    right = model.predict(images, verbose=0).argmax(axis=1) == labels
    # Rounding on another processor may turn an image or two.
    assert np.mean(right) == pytest.approx(record["test_accuracy"], abs=2.5 / len(images))
    assert record["test_accuracy"] > 0.85 and record["classes"] == script.classes(name)
    assert record["command"] == f"python lib/train_networks.py {name} --epochs {script.EPOCHS[name]}"
    assert record["seed"] == script.SEED


def test_a_little_training_goes_the_way_of_the_shipped_weights(script, monkeypatch, tmp_path):
    """The script, on a tenth of the digits, writes what the loader reads."""
    images, labels = script.training_images("digits")
    monkeypatch.setattr(script, "training_images", lambda name: (images[:256], labels[:256]))
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    monkeypatch.setattr(module, "networks_home", lambda: tmp_path)
    monkeypatch.setattr("sys.argv", ["train_networks.py", "digits", "--epochs", "3"])
    script.main()
    record, model = training_record("digits"), pretrained("digits")
    test, truth = script.test_images("digits")
    accuracy = np.mean(model.predict(test, verbose=0).argmax(axis=1) == truth)
    assert accuracy == pytest.approx(record["test_accuracy"], abs=0.003) and accuracy > 0.3
    assert record["epochs"] == 3


def test_the_weights_are_small_and_those_of_standard_layers():
    assert sum(file.stat().st_size for file in networks_home().iterdir()) <= 2 * 2**20
    for name in NAMES:
        for layer in untrained(name).layers:
            assert type(layer) is getattr(keras.layers, type(layer).__name__)


@pytest.mark.parametrize("name", NAMES)
def test_training_changed_the_weights(name):
    pairs = zip(pretrained(name).get_weights(), untrained(name).get_weights(), strict=True)
    assert all(not np.allclose(trained, fresh) for trained, fresh in pairs)


def test_varied_images_stay_images(script):
    images = np.random.default_rng(0).random((6, 12, 12, 3), "float32")
    for turned in (False, True):
        varied = script.varied(images, np.random.default_rng(1), turned)
        assert varied.shape == images.shape and varied.min() >= 0 and varied.max() <= 1


def test_other_names_and_missing_weights(monkeypatch, tmp_path):
    for call in (pretrained, training_record, untrained):
        with pytest.raises(ValueError, match="network 'imagenet': there are photographs, digits"):
            call("imagenet")
    monkeypatch.setattr(module, "networks_home", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match=r"digits.weights.h5 is missing; `python lib/train_networks.py digits`"):
        pretrained("digits")
