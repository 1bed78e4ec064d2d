"""A network that runs and returns something else than a number for each class, or cannot learn."""

from __future__ import annotations

import pytest
from torch import nn

from tests.models import student_networks as students
from tests.models.test_shape_errors import refusal


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            students.TwoClasses,
            "The last layer, fc2, gives 2 values, the data have 10 classes; write Linear(128, 10).",
        ),
        (
            students.PictureAsOutput,
            "The network gives 2×4×26×26 for 2 samples, it must give 2×10, one number for each class; write "
            "torch.flatten(x, 1) before the first Linear.",
        ),
        (students.NothingReturned, "forward of NothingReturned returns nothing; end it with return x."),
        (
            students.BatchMixedByView,
            "view mixes the samples of a batch: from 2 of 4×24×24 it makes 4×1152; write torch.flatten(x, 1), which "
            "keeps each apart: 4×24×24 = 2,304 values.",
        ),
        (
            students.ListOfLayers,
            "layers[0], Linear(784 → 100), lies in a plain Python list or dictionary, where PyTorch does not see it: "
            "it would not learn, nor be saved; put the layers into nn.ModuleList([…]) or nn.Sequential(…).",
        ),
        (
            students.LayerMadeInForward,
            "Linear(784 → 10) is made anew in each call of forward, with new weights: it learns nothing; make it in "
            "__init__ as self.… = nn.Linear(…).",
        ),
        (
            students.NoParameters,
            "NoParameters has no parameter, so nothing can be learned; make its layers in __init__ as self.fc1 = "
            "nn.Linear(…).",
        ),
        (
            students.ClassAsOutput,
            "forward of ClassAsOutput returns whole numbers, as argmax does; return the 10 numbers before them.",
        ),
        (
            students.Detached,
            "No gradient comes back from the output to any layer of Detached, so nothing can be learned; leave out "
            ".detach(), .data, .numpy() and torch.no_grad() in forward.",
        ),
        (
            students.TupleAsOutput,
            "forward of TupleAsOutput returns a tuple (2); it must return one tensor, 10 numbers for each sample.",
        ),
        (
            students.RecurrentAsOutput,
            "forward of RecurrentAsOutput returns a tuple (2); it must return one tensor, 10 numbers for each sample "
            "(self.lstm returns its values and its state: write values, _ = self.lstm(…), then values[:, -1]).",
        ),
        (
            students.TrainAsAttribute,
            "self.train of TrainAsAttribute hides PyTorch's method train(), which training calls; give the attribute "
            "another name.",
        ),
        (
            students.Frozen,
            "Every parameter of Frozen is frozen (requires_grad=False), so nothing can be learned.",
        ),
    ],
)
def test_output_that_teaches_nothing_is_refused(kind: type[nn.Module], line: str) -> None:
    assert refusal(kind()) == line


def test_frozen_layers_in_a_list_are_let_be() -> None:
    """A known way to keep a network that is not to be trained out of the checkpoint."""
    network = students.ListOfLayers()
    for layer in network.layers:
        layer.requires_grad_(False)
    network.fc = nn.Linear(10, 10)
    assert "No gradient comes back" in refusal(network)
