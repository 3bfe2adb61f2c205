"""Fooling a network, and what helps against it: methods for any Keras model. This list is what is public.

Attacks climb logits: a softmax or sigmoid at the model's end is left out, and a model that gives
probabilities in another way is refused. The model itself is never changed, but by `adversarial_training`.
"""

from cnnkit.attack._adversarial_training import adversarial_training
from cnnkit.attack._deepfool import Nearest, deepfool
from cnnkit.attack._draw_attack import draw_attack
from cnnkit.attack._fgsm import fgsm
from cnnkit.attack._margin import margin
from cnnkit.attack._noisy_predictions import noisy_predictions
from cnnkit.attack._pgd import pgd
from cnnkit.attack._targeted_climb import Climb, targeted_climb
from cnnkit.attack._transfer import fooled, transfer
from cnnkit.attack._universal_perturbation import perturbed, universal_perturbation

__all__ = [
    "Climb",
    "Nearest",
    "adversarial_training",
    "deepfool",
    "draw_attack",
    "fgsm",
    "fooled",
    "margin",
    "noisy_predictions",
    "perturbed",
    "pgd",
    "targeted_climb",
    "transfer",
    "universal_perturbation",
]
