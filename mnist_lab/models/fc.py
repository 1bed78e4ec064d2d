"""The fully connected classifier."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

from mnist_lab.models.classifier import Classifier
from mnist_lab.models.layers import ActivationName, fully_connected
from mnist_lab.models.losses import LossName


class FC(Classifier):
    """Flatten, then fully connected layers: 784 → 128 → 10 by default, 101,770 parameters on 28×28 input."""

    def __init__(
        self,
        input_shape: Sequence[int],
        num_classes: int,
        hidden: Sequence[int] = (128,),
        activation: ActivationName = "ReLU",
        dropout: float = 0.0,
        loss: LossName = "CrossEntropyLoss",
        label_smoothing: float = 0.0,
    ) -> None:
        """Build the network.

        Args:
            input_shape: Shape of one sample, such as (1, 28, 28); taken from the data on the command line.
            num_classes: Number of outputs; taken from the data on the command line.
            hidden: Nodes of each hidden layer.
            activation: Activation after each hidden layer, by its name in torch.nn.
            dropout: Share of nodes dropped after each hidden layer while training.
            loss: CrossEntropyLoss, MultiMarginLoss, BCEWithLogitsLoss or MSELoss.
            label_smoothing: Share of the target spread over all classes; CrossEntropyLoss only.

        Raises:
            ValueError: A width, the dropout or a name makes no sense.
        """
        super().__init__(input_shape, num_classes, loss, label_smoothing)
        features = math.prod(input_shape)
        self.network = nn.Sequential(nn.Flatten(), *fully_connected(features, hidden, num_classes, activation, dropout))
