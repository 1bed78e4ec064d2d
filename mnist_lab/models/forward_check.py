"""Whether a network turns the data into a number for each class: tried with two samples before it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.models.forward_errors import explained, no_forward
from mnist_lab.models.forward_trace import SAMPLES, trace_forward
from mnist_lab.models.in_place import no_way_back
from mnist_lab.models.output_mistakes import hidden_method, hidden_parameters, nothing_to_learn, output_mistake
from mnist_lab.models.users_code import at_place, place_of_forward


def check_forward(network: nn.Module, input_shape: Sequence[int], num_classes: int) -> None:
    """Try the network with two samples; it is as it was afterwards, but for lazy layers, which are initialised.

    Args:
        network: Any module that takes inputs ``(N, *input_shape)`` and ought to return logits ``(N, num_classes)``.
        input_shape: Shape of one sample.
        num_classes: Classes of the data.

    Raises:
        UsageError: It fails, no gradient can be computed, it does not return such logits, or there is nothing to learn;
            one line that says why.
    """
    if not _is_built(network):
        raise UsageError(_no_super(type(network)))
    if line := hidden_method(network):
        raise UsageError(at_place(place_of_forward(network), line))
    if type(network).forward is nn.Module.forward:
        raise UsageError(no_forward(network))
    trace = trace_forward(network, sample_batch(network, input_shape))
    if trace.error is not None:
        raise UsageError(explained(trace, trace.error)) from trace.error
    if line := hidden_parameters(trace) or output_mistake(trace, num_classes) or nothing_to_learn(trace):
        raise UsageError(at_place(place_of_forward(network), line))
    training = trace_forward(network, trace.inputs, training=True, gradients=True)
    if training.backward_error is not None:
        raise UsageError(no_way_back(training, training.backward_error)) from training.backward_error


def sample_batch(network: nn.Module, input_shape: Sequence[int]) -> Tensor:
    """Return two samples of noise, 0 to 1, where the network's parameters are; no random number of the run is used."""
    numbers = torch.rand(SAMPLES, *input_shape, generator=torch.Generator().manual_seed(0))
    return numbers.to(next((parameter.device for parameter in network.parameters()), torch.device("cpu")))


def _is_built(network: nn.Module) -> bool:
    return "_modules" in vars(network)


def _no_super(kind: type[nn.Module]) -> str:
    return say(
        "__init__ of {kind} does not begin with super().__init__(); write it as its first line.",
        "{kind} の __init__ に super().__init__() がありません。最初の行に書いてください。",
        kind=kind.__name__,
    )
