import keras
import numpy as np
import pytest

from cnnkit.callbacks import HalveOnDivergence

X = np.linspace(-1, 1, 16, dtype="float32").reshape(-1, 1)
Y = 3 * X


def line(rate, momentum=0.0):
    """y = wx under the mean squared error: gradient descent diverges for rates over 1 / mean(x^2)."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(rate, momentum=momentum), "mse")
    model.set_weights([np.array([[0.0]])])
    return model


LIMIT = 1 / float(np.mean(X**2))


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_from_too_high_a_rate_it_halves_until_it_converges(momentum):
    model, halve = line(11 * LIMIT, momentum), HalveOnDivergence(factor=1.5)
    history = model.fit(X, Y, batch_size=16, epochs=60, verbose=0, callbacks=[halve]).history["loss"]
    assert history[-1] < 1e-6 and model.get_weights()[0].item() == pytest.approx(3, abs=1e-2)
    assert halve.rates[-1] < 3 * LIMIT and len(halve.rates) > 2
    np.testing.assert_allclose(np.divide(halve.rates[1:], halve.rates[:-1]), 0.5)


def test_a_rate_that_converges_is_left_alone():
    model, halve = line(0.5 * LIMIT), HalveOnDivergence()
    model.fit(X, Y, batch_size=16, epochs=10, verbose=0, callbacks=[halve])
    assert halve.rates == pytest.approx([0.5 * LIMIT])


def test_near_zero_a_greater_loss_is_no_divergence():
    model, halve = line(0.1 * LIMIT), HalveOnDivergence(factor=2, floor=1e-3)
    model.fit(X, 0 * Y, batch_size=16, epochs=1, verbose=0, callbacks=[halve])
    for loss, cuts in ((1e-9, 0), (1.9e-3, 0), (2.1e-3, 1)):
        halve.on_epoch_end(1, {"loss": loss})
        assert len(halve.rates) == 1 + cuts


def test_it_goes_back_to_the_beginning_of_the_last_good_epoch():
    """And the optimizer to where the training began, all but its rate."""
    model, halve = line(0.1 * LIMIT, momentum=0.9), HalveOnDivergence()
    model.optimizer.build(model.trainable_variables)
    fresh, begins = [v.numpy().copy() for v in model.optimizer.variables], []
    watch = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: begins.append(model.get_weights()))
    model.fit(X, Y, batch_size=16, epochs=3, verbose=0, callbacks=[watch, halve])
    model.set_weights([np.array([[1e6]])])
    halve.on_epoch_end(3, {"loss": 1e12})
    np.testing.assert_array_equal(model.get_weights(), begins[2])
    is_rate = [v is model.optimizer.learning_rate for v in model.optimizer.variables]
    assert sum(is_rate) == 1 and len(is_rate) == 3
    for before, after, rate in zip(fresh, model.optimizer.variables, is_rate, strict=True):
        np.testing.assert_allclose(after.numpy(), before / 2 if rate else before)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_bad_batch_is_undone_within_its_epoch(bad):
    x, y = np.tile(X, (4, 1)), np.tile(Y, (4, 1))
    y[20] = bad  # in the second of four batches
    model, halve = line(0.1 * LIMIT), HalveOnDivergence()
    history = model.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0, callbacks=[halve]).history
    assert np.isfinite(history["loss"]).all() and np.isfinite(model.get_weights()[0]).all()
    np.testing.assert_allclose(halve.rates, 0.1 * LIMIT / np.array([1, 2, 4]), rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_blows_up_within_its_first_epoch_is_brought_back(seed):
    keras.utils.set_random_seed(seed)
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((4,)), dense(16, "relu"), dense(16, "relu"), dense(1)])
    model.compile(keras.optimizers.SGD(10.0), "mse")
    x = np.random.default_rng(seed).normal(size=(64, 4)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    first = model.evaluate(x, y, verbose=0)
    model.fit(x, y, batch_size=32, epochs=80, verbose=0, callbacks=[HalveOnDivergence()])
    assert model.evaluate(x, y, verbose=0) < first


def test_nan_in_the_last_batch_is_no_loss_of_0():
    """And what follows a cut within an epoch is not taken for good weights."""
    x, y = np.tile(X, (4, 1)), np.tile(Y, (4, 1))
    y[-1] = np.nan
    model, halve = line(0.1 * LIMIT), HalveOnDivergence()
    begin = model.get_weights()
    history = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0, callbacks=[halve]).history
    assert np.isnan(history["loss"]).all() and len(halve.rates) == 4
    np.testing.assert_array_equal(model.get_weights(), begin)


def test_below_the_smallest_rate_it_stops_and_says_so(capsys):
    y = np.full_like(Y, np.nan)
    model, halve = line(1.0), HalveOnDivergence(min_rate=0.2)
    history = model.fit(X, y, batch_size=4, epochs=50, verbose=0, callbacks=[halve])
    assert len(history.epoch) == 1 and halve.rates == [1.0, 0.5, 0.25]
    assert "Training stopped: half the rate is 0.125, below 0.2" in capsys.readouterr().out
    assert model.get_weights()[0].item() == 0


def test_it_speaks_only_when_asked(capsys):
    for verbose in (0, 1):
        line_model = line(16 * LIMIT)
        line_model.fit(X, Y, batch_size=16, epochs=4, verbose=0, callbacks=[HalveOnDivergence(verbose=verbose)])
        assert ("learning rate is now" in capsys.readouterr().out) == bool(verbose)


def test_a_schedule_is_refused():
    model = line(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))
    with pytest.raises(TypeError, match="with a schedule"):
        model.fit(X, Y, verbose=0, callbacks=[HalveOnDivergence()])


@pytest.mark.parametrize("arguments", [{"factor": 1}, {"factor": float("nan")}, {"min_rate": 0}])
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match="received"):
        HalveOnDivergence(**arguments)
