"""Fooling a network, and what helps against it: methods for any Keras model. This list is what is public.

Attacks climb logits: a softmax or sigmoid at the model's end is left out, and a model that gives
probabilities in another way is refused. The model itself is never changed, but by `adversarial_training`.
"""

from cnnkit.attack.adversarial_training import adversarial_training
from cnnkit.attack.deepfool import Nearest, deepfool
from cnnkit.attack.draw_attack import draw_attack
from cnnkit.attack.fgsm import fgsm
from cnnkit.attack.margin import margin
from cnnkit.attack.noisy_predictions import noisy_predictions
from cnnkit.attack.pgd import pgd
from cnnkit.attack.targeted_climb import Climb, targeted_climb
from cnnkit.attack.transfer import fooled, transfer
from cnnkit.attack.universal_perturbation import perturbed, universal_perturbation

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
