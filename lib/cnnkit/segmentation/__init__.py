"""From a network's outputs to cells, and how good they are. This list is what is public.

All of it needs NumPy, SciPy and scikit-image alone; `predict_tiled` uses the backend that its model
was made with.
"""

from cnnkit.segmentation._instances import instances
from cnnkit.segmentation._match_instances import InstanceMatch, match_instances
from cnnkit.segmentation._predict_tiled import predict_tiled
from cnnkit.segmentation.scores import dice, iou, pixel_error

__all__ = ["InstanceMatch", "dice", "instances", "iou", "match_instances", "pixel_error", "predict_tiled"]
