"""A network looked into: its logits, its layers' outputs and its gradients, while it stays as it is."""

from cnnkit.model_view.model_view import BATCH, ModelView, logits, view_of
from cnnkit.model_view.operations import check_model, operations_within

__all__ = ["BATCH", "ModelView", "check_model", "logits", "operations_within", "view_of"]
