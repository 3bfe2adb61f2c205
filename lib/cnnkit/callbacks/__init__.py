"""Keras callbacks: the training rules of the lectures, and a training shown while it goes."""

from cnnkit.callbacks.halve_on_divergence import HalveOnDivergence
from cnnkit.callbacks.progress import Progress

__all__ = ["HalveOnDivergence", "Progress"]
