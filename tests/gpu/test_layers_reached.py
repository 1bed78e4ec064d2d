"""How far a failed step had come, read off the traceback."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.gpu.layers_reached import forward_share


class Fails(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")


class Whole(torch.nn.Module):
    def __init__(self, *layers: torch.nn.Module) -> None:
        super().__init__()
        self.features = torch.nn.Sequential(*layers)
        self.head = torch.nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.head(self.features(x))
        return y


@pytest.mark.parametrize(
    ("layers", "share"),
    [
        ([Fails(), torch.nn.ReLU(), torch.nn.Linear(2, 2)], 0.25),
        ([torch.nn.Linear(2, 2), torch.nn.ReLU(), Fails()], 0.75),
    ],
    ids=["first of four", "third of four"],
)
def test_layer_at_work_is_found_in_the_traceback(layers: list[torch.nn.Module], share: float) -> None:
    network = Whole(*layers)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        network(torch.zeros(1, 2))
    assert forward_share(caught.value, network) == share


def test_failure_outside_the_layers_counts_as_all_of_them() -> None:
    with pytest.raises(torch.OutOfMemoryError) as caught:
        raise torch.OutOfMemoryError("CUDA out of memory. in backward")
    assert forward_share(caught.value, Whole()) == 1.0
    assert forward_share(torch.OutOfMemoryError("never raised"), Whole()) == 1.0
