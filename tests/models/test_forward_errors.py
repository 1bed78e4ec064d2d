"""A forward pass that fails by itself: functions, names, signatures, the user's own errors."""

from __future__ import annotations

import pytest
from torch import nn

from mnist_lab.errors import UsageError
from mnist_lab.models.forward_check import check_forward
from tests.models import student_networks as students
from tests.models.test_shape_errors import PICTURE, refusal


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            students.ViewDoesNotFit,
            "view(-1, 2304) does not fit: for each sample 4×26×26 = 2,704 values arrive; write torch.flatten(x, 1), "
            "and the Linear behind it takes 2704.",
        ),
        (
            students.ViewAfterPermute,
            "view cannot take values whose order was changed by transpose or permute; write x.reshape(…) instead.",
        ),
        (
            students.ShortcutDoesNotFit,
            "add is given shapes that do not go together: 4×26×26 and 1×20×20 (without the batch).",
        ),
        (students.OwnError, "ValueError: three layers are needed."),
        (
            students.UnknownLayer,
            "AttributeError: 'UnknownLayer' object has no attribute 'conv3'. Did you mean 'conv2'? Layers made in "
            "__init__: conv1, conv2, flatten, fc1, fc2.",
        ),
        (
            students.UnknownName,
            "NameError: name 'F' is not defined. Write import torch.nn.functional as F at the top.",
        ),
        (
            students.ModuleListCalled,
            "A ModuleList cannot be called; call its layers one after another: for layer in self.layers: x = layer(x).",
        ),
        (
            students.ForwardWithoutInput,
            "forward of ForwardWithoutInput must take one input: def forward(self, x).",
        ),
    ],
)
def test_error_in_forward_is_explained(kind: type[nn.Module], line: str) -> None:
    assert refusal(kind()) == line


def test_place_is_the_line_of_the_users_file() -> None:
    with pytest.raises(UsageError) as caught:
        check_forward(students.OwnError(), PICTURE, 10)
    number = students.OwnError.forward.__code__.co_firstlineno + 1
    assert str(caught.value) == f"student_networks.py:{number}: ValueError: three layers are needed."


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (
            students.NoForward,
            "NoForward has no forward(self, x); look at its spelling and at its indentation: it stands as far in as "
            "__init__.",
        ),
        (
            students.NoSuperAndNoLayer,
            "__init__ of NoSuperAndNoLayer does not begin with super().__init__(); write it as its first line.",
        ),
    ],
)
def test_network_that_cannot_be_called_is_refused(kind: type[nn.Module], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_forward(kind(), PICTURE, 10)
    assert str(caught.value) == line
