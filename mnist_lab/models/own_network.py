"""A classifier around any ``torch.nn.Module``: one's own network needs to know nothing of Lightning."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from mnist_lab.models.classifier import Classifier
from mnist_lab.models.losses import LossName


class OwnNetwork(Classifier):
    """Trains a network that is a plain ``torch.nn.Module``, as the commands do for ``--model mynet.Net``."""

    def __init__(
        self,
        network: nn.Module,
        input_shape: Sequence[int],
        num_classes: int,
        loss: LossName = "CrossEntropyLoss",
        label_smoothing: float = 0.0,
    ) -> None:
        """Take the network.

        Args:
            network: Turns inputs ``(N, *input_shape)`` into logits ``(N, num_classes)``.
            input_shape: As ``Classifier`` takes it.
            num_classes: Likewise.
            loss: Likewise.
            label_smoothing: Likewise.
        """
        super().__init__(input_shape, num_classes, loss, label_smoothing)
        self.network = network

    def network_class(self) -> type[nn.Module]:
        """Return the class of the network inside."""
        return type(self.network)
