"""L1's rule for the learning rate: start from a high value, and cut it by half when the model diverges."""

import math
from typing import Any

import keras
import numpy as np


class HalveOnDivergence(keras.callbacks.Callback):
    """Go back to the last good weights and halve the learning rate when the training loss diverges.

    It diverges where it is NaN or infinite after a batch, or where the epoch's loss is more than `factor` times the
    best epoch's; before there is a best one, `factor` times what an epoch's first batch gave before any step. The
    optimizer goes back to its state at the beginning of the training, for its momentum points where it went too far.

    An epoch's loss speaks for the weights that it began with: its last step may already have gone too far. So the good
    weights are those at the beginning of the last epoch that did not diverge, and two copies of the weights are kept in
    memory. Of an epoch in which a batch diverged the loss says nothing.

    `rates`: the learning rate at the beginning and after each cut.

    Args:
        factor: more than 1. The loss is taken to be positive.
        floor: a best loss below it counts as it: so near to 0 a ratio says nothing.
        min_rate: training stops, with a message, where half the rate would be less.
        verbose: 1 to print a line at each cut, 0 for none.

    Raises:
        TypeError: for an optimizer with a schedule: its rate cannot be set.

    References:
        Lecture L1, on the choice of the learning rate.
    """

    def __init__(self, factor: float = 2.0, floor: float = 1e-3, min_rate: float = 1e-6, verbose: int = 0):
        super().__init__()
        if not factor > 1:
            raise ValueError(f"factor is more than 1, and received {factor!r}")
        if not min_rate > 0:
            raise ValueError(f"min_rate is more than 0, and received {min_rate!r}")
        self.factor = factor
        self.floor = floor
        self.min_rate = min_rate
        self.verbose = verbose

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        if not isinstance(optimizer.learning_rate, keras.Variable):
            raise TypeError("HalveOnDivergence sets the learning rate, and received an optimizer with a schedule")
        self.rates = [self._rate()]
        self._best: float | None = None
        self._untrained = 0.0
        self._fresh = _copies(optimizer.variables)
        self._good = _copies(self.model.weights)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._begin = _copies(self.model.weights)
        self._is_whole, self._is_counted = True, False

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        loss = float((logs or {})["loss"])
        self._is_counted = math.isfinite(loss)
        if not self._is_counted:
            self._cut(f"The loss is {loss} after batch {batch + 1}")
            self._is_whole = False
            self.model.reset_metrics()  # Keras reports the mean since the epoch began, which stays NaN
        elif batch == 0 and self._best is None:  # the epoch began with the weights that training began with
            self._untrained = max(self._untrained, loss)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        if not self._is_counted:
            logs["loss"] = math.nan  # no batch was counted since the last cut, and Keras reports 0
        if not self._is_whole:
            return
        loss = float(logs["loss"])
        best = self._untrained if self._best is None else self._best
        if loss <= self.factor * max(best, self.floor):
            self._best = loss if self._best is None else min(self._best, loss)
            self._good = self._begin
        else:
            self._cut(f"The loss of epoch {epoch + 1} is {loss:.4g}, the best was {best:.4g}")

    def _cut(self, reason: str) -> None:
        rate = self._rate() / 2
        self._restore()
        if rate < self.min_rate:
            self._set_rate(2 * rate)
            self.model.stop_training = True
            print(f"{reason}. Training stopped: half the rate is {rate:.3g}, below {self.min_rate:.3g}.")
            return
        self._set_rate(rate)
        self.rates.append(rate)
        if self.verbose:
            print(f"{reason}. The learning rate is now {rate:.3g}.")

    def _rate(self) -> float:
        return float(self.model.optimizer.learning_rate.numpy())

    def _set_rate(self, rate: float) -> None:
        self.model.optimizer.learning_rate = rate

    def _restore(self) -> None:
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()  # else Keras on JAX would go on with the variables of its own
        for variable, value in zip(self.model.weights, self._good, strict=True):
            variable.assign(value)
        for variable, value in zip(self.model.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)


def _copies(variables: list[Any]) -> list[np.ndarray]:
    return [np.array(variable.numpy()) for variable in variables]
