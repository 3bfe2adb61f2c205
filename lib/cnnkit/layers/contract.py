"""What every layer promises. Each check takes a `Sample`; `CHECKS` has all of them by name."""

import inspect
import json
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from cnnkit.layers.contract_gradients import finite_differences, training_lowers_the_loss
from cnnkit.layers.testing import Sample, arrays, assert_close, call, randomize, several

TOLERANCE = {"mixed_float16": 4e-3, "mixed_bfloat16": 3e-2}


def config_round_trip(sample: Sample) -> None:
    layer = sample.built()
    again = keras.saving.deserialize_keras_object(json.loads(json.dumps(keras.saving.serialize_keras_object(layer))))
    assert type(again) is type(layer)
    arguments = set(inspect.signature(type(layer).__init__).parameters) - {"self", "kwargs"}
    assert arguments <= set(layer.get_config())
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())


def save_and_load(sample: Sample) -> None:
    layer = sample.built()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        sample.model(layer, (None, *sample.shape[1:])).save(path)
        again = keras.saving.load_model(path).layers[-1]
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    assert_close(call(again, sample.inputs()), arrays(call(layer, sample.inputs())), 0)


def symbolic_shape(sample: Sample) -> None:
    """What the layer computes has the shapes and types that it tells without computing."""
    assert len(sample.shape) < 4 or sample.shape[1] != sample.shape[2], "a sample is not square"
    eager = several(call(sample.built(), sample.inputs()))
    for shape in (sample.shape, (None, *sample.shape[1:]), _free(sample)):
        symbolic = several(call(sample.make(), sample.symbols(shape)))
        for told, output in zip(symbolic, eager, strict=True):
            assert told.dtype == keras.backend.standardize_dtype(output.dtype)
            assert len(told.shape) == len(output.shape)
            assert all(size in (None, own) for size, own in zip(told.shape, output.shape, strict=True))
            assert None not in told.shape or None in shape


def dynamic_sizes(sample: Sample) -> None:
    """One model with free sizes computes what the layer computes for each size alone."""
    _one_model_for_all_sizes(sample, jit_compile=False)


def jit_compile(sample: Sample) -> None:
    if keras.config.backend() == "torch":
        pytest.skip("torch.compile needs a C++ compiler, and minutes")
    _one_model_for_all_sizes(sample, jit_compile=True)


def _one_model_for_all_sizes(sample: Sample, jit_compile: bool) -> None:
    layer = sample.built()
    model = sample.model(layer, _free(sample))
    model.compile(jit_compile=jit_compile)
    *sizes, channels = sample.shape
    for more in ((0, 0, 0), (1, 3, 1), (2, 0, 4)):
        shape = (*[size + extra for size, extra in zip(sizes, more, strict=False)], channels)
        inputs = sample.inputs(shape)
        assert_close(model.predict_on_batch(inputs), arrays(call(layer, inputs)), 1e-5)


def jit_compile_at_224_pixels(sample: Sample) -> None:
    """In one piece with the convolution before it, whose values a compiler may compute anew, in another order."""
    if keras.config.backend() == "torch":
        pytest.skip("torch.compile needs a C++ compiler, and minutes")
    shape = (1, 224, 220, sample.shape[-1])
    images, *positions = sample.symbols(shape)
    convolution = keras.layers.DepthwiseConv2D(3, padding="same")
    outputs = call(sample.built(), [convolution(images), *positions])
    randomize(convolution)
    model = keras.Model([images, *positions], outputs)
    model.compile(jit_compile=True)
    inputs = sample.inputs(shape)
    for output, eager in zip(several(model.predict_on_batch(inputs)), arrays(model(inputs)), strict=True):
        if eager.dtype.kind == "f":
            assert_close(output, eager)
        else:
            assert np.mean(output != eager) < 1e-3, "of two nearly equal values either may be the larger"


def half_precision(sample: Sample) -> None:
    """Under both mixed policies: weights in float32, outputs in half precision near those of float32."""
    exact = call(sample.built(), sample.inputs())
    for policy, tolerance in TOLERANCE.items():
        layer = sample.built(dtype=policy)
        assert all(weight.dtype == "float32" for weight in layer.weights)
        for output, wanted in zip(several(call(layer, sample.inputs())), arrays(exact), strict=True):
            if wanted.dtype.kind == "f":
                assert keras.backend.standardize_dtype(output.dtype) == layer.compute_dtype
                assert_close(ops.cast(output, "float32"), wanted, tolerance)


def large_values_in_half_precision(sample: Sample) -> None:
    """Sums in float32, so that what fits into half precision is right, and what does not is the largest that does."""
    images, *positions = sample.inputs()
    large = [images * np.float32(2000), *positions]
    wanted = arrays(call(sample.built(), large))
    outputs = arrays(call(sample.built(dtype="mixed_float16"), [large[0].astype("float16"), *positions]))
    for output, exact in zip(outputs, wanted, strict=True):
        assert np.isfinite(output).all()
        most = 65504 if exact.dtype.kind == "f" else np.inf
        assert_close(output, np.clip(exact, -most, most), 1e-2)


def an_empty_batch(sample: Sample) -> None:
    inputs = sample.inputs((0, *sample.shape[1:]))
    for output, usual in zip(
        arrays(call(sample.built(), inputs)), arrays(call(sample.built(), sample.inputs())), strict=True
    ):
        assert output.shape == (0, *usual.shape[1:]) and output.dtype == usual.dtype


def whole_numbers(sample: Sample) -> None:
    """Images as they come from a file are images."""
    images, *positions = sample.inputs()
    for dtype in ("uint8", "int32", "int64"):
        whole = np.abs(images * 50).astype(dtype)
        layer = sample.built()
        assert_close(call(layer, [whole, *positions]), arrays(call(layer, [whole.astype("float32"), *positions])))


def save_as_h5(sample: Sample) -> None:
    layer = sample.built()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras advises its newer format
            sample.model(layer, (None, *sample.shape[1:])).save(path)
        again = keras.saving.load_model(path).layers[-1]
    assert_close(call(again, sample.inputs()), arrays(call(layer, sample.inputs())), 0)


def names_a_wrong_rank(sample: Sample) -> None:
    *front, channels = sample.shape
    for shape in ((*front[:-1], channels), (1, *sample.shape), (*front, None)):
        with pytest.raises(ValueError, match="received") as raised:
            call(sample.make(), sample.symbols(shape))
        assert str(tuple(shape)) in str(raised.value)


def names_a_wrong_size(sample: Sample) -> None:
    """Sizes that the layer cannot take, and other channels than its weights are for."""
    layer = sample.built()
    assert sample.refuses_shapes or layer.weights, "a sample names the sizes that its layer refuses, or why none"
    for shape in sample.refuses_shapes:
        for inputs in (sample.inputs(shape), sample.symbols(shape)):
            with pytest.raises(ValueError, match="received") as raised:
                call(sample.make(), inputs)
            assert str(shape) in str(raised.value)
    if layer.weights:
        with pytest.raises(ValueError, match=f"{sample.shape[-1] + 1}"):
            call(layer, sample.inputs((*sample.shape[:-1], sample.shape[-1] + 1)))


def names_a_wrong_argument(sample: Sample) -> None:
    assert sample.refuses, "a sample names the arguments that its layer refuses, or why none"
    layer = sample.make()
    for wrong in sample.refuses:
        with pytest.raises(ValueError, match="(?i)received"):
            type(layer)(**{**layer.get_config(), **wrong})


def _free(sample: Sample) -> tuple[int | None, ...]:
    return (*[None] * (len(sample.shape) - 1), sample.shape[-1])


CHECKS = {
    check.__name__: check
    for check in (
        config_round_trip,
        save_and_load,
        symbolic_shape,
        dynamic_sizes,
        jit_compile,
        jit_compile_at_224_pixels,
        half_precision,
        large_values_in_half_precision,
        an_empty_batch,
        whole_numbers,
        save_as_h5,
        training_lowers_the_loss,
        finite_differences,
        names_a_wrong_rank,
        names_a_wrong_size,
        names_a_wrong_argument,
    )
}
