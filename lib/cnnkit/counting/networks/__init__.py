"""The networks of the lectures as lists of specs, each at its published size, batch of one.

Their layers have the names that those of `cnnkit.models` have, and an activation that Keras holds inside
a layer is called after both: conv1, conv1_relu.
"""

from collections.abc import Callable
from functools import partial

from cnnkit.counting.networks._alexnet import alexnet, alexnet_table
from cnnkit.counting.networks._googlenet import googlenet
from cnnkit.counting.networks._mobilenet import mobilenet
from cnnkit.counting.networks._unet import unet
from cnnkit.counting.networks.densenet import densenet121
from cnnkit.counting.networks.lenet import lenet5, lenet5_modern, mnist_l1
from cnnkit.counting.networks.resnet import resnet18, resnet50, resnext50, se_resnet50
from cnnkit.counting.networks.segmentation import deconvnet, fcn32s, segnet
from cnnkit.counting.networks.vgg import vgg16, vgg19
from cnnkit.counting.specs import Spec

NETWORKS: dict[str, Callable[[], list[Spec]]] = {
    "lenet5": lenet5,
    "lenet5_modern": lenet5_modern,
    "mnist_l1": mnist_l1,
    "alexnet_2012": partial(alexnet, grouped=True),
    "alexnet_simplified": partial(alexnet, grouped=False),
    "alexnet_table": alexnet_table,
    "vgg16": vgg16,
    "vgg19": vgg19,
    "googlenet": googlenet,
    "googlenet_auxiliary": partial(googlenet, auxiliary=True),
    "resnet18": resnet18,
    "resnet50": resnet50,
    "resnext50": resnext50,
    "se_resnet50": se_resnet50,
    "densenet121": densenet121,
    "mobilenet": mobilenet,
    "unet": unet,
    "fcn32s": fcn32s,
    "segnet": segnet,
    "deconvnet": deconvnet,
}

__all__ = ["NETWORKS"]
