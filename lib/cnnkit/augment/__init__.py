"""Augmentation of images together with their masks. This list is what is public.

The layers have the form of Keras's image preprocessing layers, and stand among them:
RandomFlip, RandomRotation, RandomZoom, RandomTranslation, RandomShear, RandomCrop and those that
change colours. `augmented` needs TensorFlow, and imports it at its first call.
"""

from cnnkit.augment._augmented import augmented
from cnnkit.augment.random_color_cast import RandomColorCast
from cnnkit.augment.random_elastic_distortion import RandomElasticDistortion
from cnnkit.augment.random_transpose import RandomTranspose

__all__ = ["RandomColorCast", "RandomElasticDistortion", "RandomTranspose", "augmented"]
