"""Networks: one residual stack, parametrised by a PDE or freely, and a classifier behind it."""

from pdenet.models.classifier import Classifier
from pdenet.models.conv_resnet import ConvResNet
from pdenet.models.initial import Init
from pdenet.models.pde_net import PDENet
from pdenet.models.plain_net import PlainConvNet
from pdenet.models.residual_net import ResidualNet
from pdenet.models.stencil_field import StencilField

__all__ = ["Classifier", "ConvResNet", "Init", "PDENet", "PlainConvNet", "ResidualNet", "StencilField"]
