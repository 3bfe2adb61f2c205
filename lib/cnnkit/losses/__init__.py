"""The loss of segmentation networks and its weight map. This list is what is public.

`weight_map` and `border_term` need NumPy alone; Keras is imported by the first use of
`PixelwiseCrossEntropy`.
"""

from typing import Any

from cnnkit.losses._weight_map import border_term, weight_map

__all__ = ["PixelwiseCrossEntropy", "border_term", "weight_map"]


def __getattr__(name: str) -> Any:
    if name == "PixelwiseCrossEntropy":
        from cnnkit.losses.pixelwise_cross_entropy import PixelwiseCrossEntropy

        return PixelwiseCrossEntropy
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
