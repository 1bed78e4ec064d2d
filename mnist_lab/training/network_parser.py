"""The parser's part in one's own networks: a plain ``torch.nn.Module`` may be the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lightning.pytorch.cli import LightningArgumentParser
from torch import nn


class NetworkParser(LightningArgumentParser):
    """Takes plain networks for the model as well, which Lightning's parser refuses."""

    plain_networks: Sequence[type[nn.Module]] = ()

    def add_lightning_class_args(
        self, lightning_class: Any, nested_key: str, subclass_mode: bool = False, required: bool = True
    ) -> list[str]:
        """Add the arguments of a class as Lightning's parser does, the model's with those of the plain networks."""
        if nested_key == "model" and self.plain_networks:
            # The last one named first: it is the one that is built, and the parser hands on the first one's error.
            kinds = (*reversed(self.plain_networks), lightning_class)
            self.add_subclass_arguments(kinds, nested_key, fail_untyped=False, required=required)
            return [nested_key]
        return super().add_lightning_class_args(lightning_class, nested_key, subclass_mode, required)
