"""Networks of the lectures, built and not yet compiled. This list is what is public.

Classifiers give probabilities, as `keras.applications` does; those that segment give logits for each
pixel, which the pixel-wise softmax cross-entropy takes. `original` LeNet-5 has its own outputs.
`width` multiplies numbers of filters, after MobileNet's width multiplier: 1 is the published network.
"""

from cnnkit.models._alexnet import alexnet
from cnnkit.models._deconvnet import deconvnet
from cnnkit.models._deeplabv3plus import deeplabv3plus
from cnnkit.models._densenet121 import densenet121
from cnnkit.models._googlenet import googlenet
from cnnkit.models._lenet5 import LENET5_C3, lenet5
from cnnkit.models._mnist_l1 import mnist_l1
from cnnkit.models._mobilenet import mobilenet
from cnnkit.models._segnet import segnet
from cnnkit.models._unet import unet, unet_output_size
from cnnkit.models.bilinear import Bilinear
from cnnkit.models.fcn import fcn8s, fcn16s, fcn32s
from cnnkit.models.resnet import resnet18, resnet50, resnext50, se_resnet50
from cnnkit.models.vgg import vgg16, vgg19

__all__ = [
    "LENET5_C3",
    "Bilinear",
    "alexnet",
    "deconvnet",
    "deeplabv3plus",
    "densenet121",
    "fcn8s",
    "fcn16s",
    "fcn32s",
    "googlenet",
    "lenet5",
    "mnist_l1",
    "mobilenet",
    "resnet18",
    "resnet50",
    "resnext50",
    "se_resnet50",
    "segnet",
    "unet",
    "unet_output_size",
    "vgg16",
    "vgg19",
]
