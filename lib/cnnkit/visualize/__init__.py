"""What a network has learned and what it looks at: methods for any Keras model. This list is what is public.

Images are channels last. The score of a class is its logit: a softmax or sigmoid at the model's end is left out,
and the model itself is never changed. Methods take batches and return NumPy arrays; each is compiled once
for a model and a shape of images.
"""

from cnnkit.model_view import logits
from cnnkit.visualize._activation_maps import activation_maps
from cnnkit.visualize._activation_maximization import activation_maximization, feature_map_maximization
from cnnkit.visualize._first_layer_weights import first_layer_weights
from cnnkit.visualize._grad_cam import grad_cam
from cnnkit.visualize._gradient import gradient, input_times_gradient
from cnnkit.visualize._guided_backpropagation import guided_backpropagation
from cnnkit.visualize._integrated_gradients import integrated_gradients
from cnnkit.visualize._maximal_patches import Patches, maximal_patches
from cnnkit.visualize._occlusion import occlusion, occlusion_map
from cnnkit.visualize._receptive_field import ReceptiveField, receptive_field
from cnnkit.visualize._smooth_grad import smooth_grad
from cnnkit.visualize.embedding import features, pca, tsne
from cnnkit.visualize.figures import draw_images, draw_maps, draw_points, draw_saliency

__all__ = [
    "Patches",
    "ReceptiveField",
    "activation_maps",
    "activation_maximization",
    "draw_images",
    "draw_maps",
    "draw_points",
    "draw_saliency",
    "feature_map_maximization",
    "features",
    "first_layer_weights",
    "grad_cam",
    "gradient",
    "guided_backpropagation",
    "input_times_gradient",
    "integrated_gradients",
    "logits",
    "maximal_patches",
    "occlusion",
    "occlusion_map",
    "pca",
    "receptive_field",
    "smooth_grad",
    "tsne",
]
