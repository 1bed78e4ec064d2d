"""The course's first network: few numbers in, one narrow hidden layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

from mnist_lab.models.classifier import Classifier
from mnist_lab.models.layers import ActivationName, fully_connected
from mnist_lab.models.losses import LossName


class Perceptron(Classifier):
    """Linear, ReLU, Linear: 1 → 30 → 10 has 370 parameters, 1 → 30 → 30 → 10 has 1,300."""

    def __init__(
        self,
        input_shape: Sequence[int],
        num_classes: int,
        hidden: Sequence[int] = (30,),
        activation: ActivationName = "ReLU",
        loss: LossName = "CrossEntropyLoss",
        label_smoothing: float = 0.0,
    ) -> None:
        """Build the network.

        Args:
            input_shape: Shape of one sample, such as (1,); taken from the data on the command line.
            num_classes: Number of outputs; taken from the data on the command line.
            hidden: Nodes of each hidden layer.
            activation: Activation after each hidden layer, by its name in torch.nn.
            loss: CrossEntropyLoss, MultiMarginLoss, BCEWithLogitsLoss or MSELoss.
            label_smoothing: Share of the target spread over all classes; CrossEntropyLoss only.

        Raises:
            ValueError: A width or a name makes no sense.
        """
        super().__init__(input_shape, num_classes, loss, label_smoothing)
        flatten = [nn.Flatten()] if len(input_shape) > 1 else []
        features = math.prod(input_shape)
        self.network = nn.Sequential(*flatten, *fully_connected(features, hidden, num_classes, activation, 0.0))
