"""Keras callbacks for the training rules of the lectures."""

from cnnkit.callbacks.halve_on_divergence import HalveOnDivergence

__all__ = ["HalveOnDivergence"]
