"""Whether a network's answer for one sample depends on what else is in the batch."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from mnist_lab.language import say
from mnist_lab.models.forward_trace import SAMPLES, Trace, trace_forward

_SEQUENCES = (nn.RNNBase, nn.MultiheadAttention)


def mixed_samples(trace: Trace) -> Iterator[str]:
    """Say that the answer for a sample changes with the other samples of its batch, and by which layer.

    Each sample is answered beside another one, in evaluation mode and with the same random numbers: any change is
    the other's doing.

    Args:
        trace: Of a batch of two, in evaluation mode.
    """
    # BatchNorm without running means uses those of the batch, by its own definition.
    if any(getattr(module, "track_running_stats", True) is False for module in trace.network.modules()):
        return
    if not any(_depends_on_the_other(trace, sample) for sample in range(SAMPLES)):
        return
    for step in trace.steps:
        value = step.arrives
        parts = step.module.modules() if step.is_layer and step.module is not None else ()
        takes_time_first = any(isinstance(part, _SEQUENCES) and not part.batch_first for part in parts)
        if takes_time_first and value is not None and len(value) == SAMPLES:
            yield say(
                "The samples of a batch are mixed: {layer} takes the first side for time, it is the batch; write "
                "nn.{kind}(…, batch_first=True).",
                "バッチ内のサンプルが混ざっています。{layer} は最初の次元を時間とみなしますが、実際はバッチです。"
                "nn.{kind}(…, batch_first=True) と書いてください。",
                layer=step.name,
                kind=type(step.module).__name__,
            )
            return
    yield say(
        "The answer for a sample depends on the other samples of its batch; look for a mean, a softmax or a view over "
        "the first side (dim 0).",
        "1 つのサンプルに対する答えが、バッチ内のほかのサンプルによって変わります。最初の次元（dim 0）にわたる平均、"
        "softmax、view がないか確かめてください。",
    )


def _depends_on_the_other(trace: Trace, sample: int) -> bool:
    """Say whether a sample's answer is another one beside quite another sample."""
    inputs = 5 * trace.inputs + 1
    inputs[sample] = trace.inputs[sample]
    output = trace_forward(trace.network, inputs).output
    if not isinstance(output, Tensor) or output.shape != trace.output.shape:
        return False
    return not torch.allclose(trace.output[sample], output[sample], rtol=1e-3, atol=1e-5, equal_nan=True)
