"""Each operation of the page, computed by its JavaScript, against PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnist_lab.models.dropout import Dropout
from tests.page.javascript import outputs

PICTURE, SERIES, ROW = (3, 9, 8), (4, 11), (12,)

# Each with the shape of a sample.
LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "linear": (lambda: nn.Linear(12, 7), ROW),
    "linear without bias": (lambda: nn.Linear(12, 7, bias=False), ROW),
    "linear over the last axis": (lambda: nn.Linear(11, 5), SERIES),
    "lazy linear": (lambda: nn.LazyLinear(5), ROW),
    "conv": (lambda: nn.Conv2d(3, 5, 3), PICTURE),
    "conv with everything": (lambda: nn.Conv2d(3, 6, (3, 2), (2, 3), (2, 1), (2, 1), groups=3), PICTURE),
    "conv without bias": (lambda: nn.Conv2d(3, 2, 1, bias=False), PICTURE),
    "conv same, even kernel": (lambda: nn.Conv2d(3, 2, (4, 3), padding="same", dilation=(1, 2)), PICTURE),
    "conv valid": (lambda: nn.Conv2d(3, 2, 2, padding="valid"), PICTURE),
    "depthwise conv": (lambda: nn.Conv2d(3, 6, 3, groups=3, padding=1), PICTURE),
    "conv1d": (lambda: nn.Conv1d(4, 6, 3, 2, 1, 2, groups=2), SERIES),
    "conv1d same": (lambda: nn.Conv1d(4, 6, 4, padding="same"), SERIES),
    "max_pool": (lambda: nn.MaxPool2d(2), PICTURE),
    "max_pool with everything": (lambda: nn.MaxPool2d((3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True), PICTURE),
    "max_pool1d": (lambda: nn.MaxPool1d(3, 2, 1), SERIES),
    "avg_pool": (lambda: nn.AvgPool2d(2), PICTURE),
    "avg_pool padded": (lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True), PICTURE),
    "avg_pool, padding not counted": (lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), PICTURE),
    "avg_pool, divisor": (lambda: nn.AvgPool2d(2, divisor_override=3), PICTURE),
    "avg_pool1d": (lambda: nn.AvgPool1d(3, 2, 1), SERIES),
    "adaptive_avg_pool": (lambda: nn.AdaptiveAvgPool2d((4, 3)), PICTURE),
    "adaptive_max_pool": (lambda: nn.AdaptiveMaxPool2d((4, 3)), PICTURE),
    "adaptive_avg_pool1d": (lambda: nn.AdaptiveAvgPool1d(4), SERIES),
    "batch_norm2d": (lambda: nn.BatchNorm2d(3), PICTURE),
    "batch_norm1d": (lambda: nn.BatchNorm1d(12), ROW),
    "batch_norm1d of a series": (lambda: nn.BatchNorm1d(4, affine=False), SERIES),
    "layer_norm": (lambda: nn.LayerNorm([9, 8]), PICTURE),
    "layer_norm, plain": (lambda: nn.LayerNorm(12, elementwise_affine=False), ROW),
    "group_norm": (lambda: nn.GroupNorm(2, 4), SERIES),
    "softmax": (lambda: nn.Softmax(dim=1), PICTURE),
    "log_softmax": (lambda: nn.LogSoftmax(dim=-1), PICTURE),
    "relu": (nn.ReLU, ROW),
    "relu6": (nn.ReLU6, ROW),
    "hardtanh": (lambda: nn.Hardtanh(-0.5, 0.7), ROW),
    "leaky_relu": (lambda: nn.LeakyReLU(0.2), ROW),
    "prelu": (lambda: nn.PReLU(3, 0.3), PICTURE),
    "elu": (lambda: nn.ELU(0.7), ROW),
    "selu": (nn.SELU, ROW),
    "gelu": (nn.GELU, ROW),
    "gelu, tanh": (lambda: nn.GELU("tanh"), ROW),
    "silu": (nn.SiLU, ROW),
    "mish": (nn.Mish, ROW),
    "softplus": (lambda: nn.Softplus(2.0, 3.0), ROW),
    "softsign": (nn.Softsign, ROW),
    "hardsigmoid": (nn.Hardsigmoid, ROW),
    "hardswish": (nn.Hardswish, ROW),
    "sigmoid": (nn.Sigmoid, ROW),
    "tanh": (nn.Tanh, ROW),
    "dropout": (lambda: nn.Sequential(nn.Dropout(), nn.Tanh()), ROW),
    "our dropout": (lambda: nn.Sequential(Dropout(), nn.Tanh()), ROW),
    "identity": (lambda: nn.Sequential(nn.Identity(), nn.Tanh()), ROW),
    "unflatten": (lambda: nn.Sequential(nn.Unflatten(1, (3, 4)), nn.Softmax(dim=2)), ROW),
    "flatten some": (lambda: nn.Sequential(nn.Flatten(2), nn.Linear(72, 2)), PICTURE),
}


def gated(one: Tensor, other: Tensor) -> Tensor:
    return one * torch.sigmoid(other)


WEIGHT = torch.randn(4, 12, generator=torch.Generator().manual_seed(1))
KERNEL = torch.randn(2, 3, 3, 3, generator=torch.Generator().manual_seed(2))
FUNCTIONS: dict[str, tuple[Callable[[Tensor], Tensor], tuple[int, ...]]] = {
    "relu": (F.relu, ROW),
    "torch.relu": (torch.relu, ROW),
    "method": (lambda x: x.relu().sigmoid().tanh(), ROW),
    "in place": (lambda x: F.relu_(x + 0.5), ROW),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.3), ROW),
    "elu": (lambda x: F.elu(x, alpha=0.3), ROW),
    "others": (lambda x: F.softplus(F.gelu(F.silu(F.elu(F.mish(F.selu(x)))))), ROW),
    "hard ones": (lambda x: F.hardswish(F.hardsigmoid(F.hardtanh(F.relu6(x)))), ROW),
    "linear": (lambda x: F.linear(x, WEIGHT), ROW),
    "conv2d": (lambda x: F.conv2d(x, KERNEL, padding=1, stride=2), PICTURE),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2), PICTURE),
    "torch.max_pool2d": (lambda x: torch.max_pool2d(x, 3, 2, 1), PICTURE),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, (2, 3), ceil_mode=True, count_include_pad=False), PICTURE),
    "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, 2), PICTURE),
    "adaptive_max_pool2d": (lambda x: F.adaptive_max_pool2d(x, (2, 5)), PICTURE),
    "layer_norm": (lambda x: F.layer_norm(x, (8,)), PICTURE),
    "dropout": (lambda x: torch.tanh(F.dropout(x, 0.5, False)), ROW),
    "log_softmax": (lambda x: F.log_softmax(x, dim=1), ROW),
    "softmax": (lambda x: x.softmax(-1), PICTURE),
    "sum": (lambda x: x + torch.tanh(x), PICTURE),
    "broadcast": (lambda x: x * torch.sigmoid(x.mean(dim=(2, 3), keepdim=True)), PICTURE),
    "constants": (lambda x: 1 / (5 + x * x - 0.5) - (2 - x) / 3, ROW),
    "constant per channel": (lambda x: x * torch.arange(1.0, 4).reshape(1, 3, 1, 1) - torch.ones(9, 1), PICTURE),
    "added in place": (lambda x: x.mul(2).add_(x), ROW),
    "maximum": (lambda x: torch.maximum(x, -1 * x), ROW),
    "mean": (lambda x: x.mean(2), PICTURE),
    "sum over axes": (lambda x: x.sum(dim=(-1, 1)), PICTURE),
    "cat": (lambda x: torch.cat([x, torch.tanh(x), torch.zeros(len(x), 2, 9, 8)], dim=1), PICTURE),
    "cat at the end": (lambda x: torch.cat([x, x[..., :3]], dim=-1), PICTURE),
    "view": (lambda x: x.view(x.size(0), -1), PICTURE),
    "reshape": (lambda x: torch.softmax(x.reshape(-1, 6, 36), 1), PICTURE),
    "squeeze": (lambda x: F.relu(x.unsqueeze(1)).squeeze(), PICTURE),
    "permute": (lambda x: x.permute(0, 2, 3, 1), PICTURE),
    "transpose": (lambda x: x.transpose(1, 2), SERIES),
    "index": (lambda x: x[:, 1:, ::2, 3], PICTURE),
    "flip": (lambda x: torch.flip(x, dims=(2,)), PICTURE),
    "chunk": (lambda x: gated(*x.chunk(2, dim=1)), ROW),
    "pixel_shuffle": (lambda x: F.pixel_shuffle(x.view(-1, 12, 6, 3), 2), PICTURE),
}


class Called(nn.Module):
    """A function as a network."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


class InARow(nn.Module):
    """A network whose output is flattened, as the page wants one row."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.inner(x), 1)


def prepared(network: nn.Module, inputs: Tensor) -> nn.Module:
    """Numbers in place of what layers begin with: BatchNorm's would hide what it does."""
    network.eval()(inputs)
    with torch.no_grad():
        for tensor in (*network.parameters(), *network.buffers()):
            if tensor.is_floating_point():
                tensor.copy_(
                    torch.rand_like(tensor) - 0.3 if isinstance(tensor, nn.Parameter) else torch.rand_like(tensor)
                )
    return network


@pytest.fixture(scope="module")
def computed() -> dict[str, tuple[Tensor, Tensor]]:
    """By case: what PyTorch gives and what the page gives; Node is started once."""
    torch.manual_seed(0)
    # PyTorch points out that it copies for padding="same" with an even kernel.
    warnings.filterwarnings("ignore", message="Using padding='same'")
    cases: dict[str, tuple[nn.Module, Tensor]] = {}
    for name, (layer, shape) in LAYERS.items():
        inputs = 2 * torch.randn(3, *shape)
        cases[f"layer {name}"] = (prepared(InARow(layer()), inputs), inputs)
    for name, (function, shape) in FUNCTIONS.items():
        cases[f"function {name}"] = (InARow(Called(function)), 2 * torch.randn(3, *shape))
    found = outputs(list(cases.values()))
    with torch.no_grad():
        return {
            name: (network(inputs), torch.tensor(rows))
            for (name, (network, inputs)), rows in zip(cases.items(), found, strict=True)
        }


@pytest.mark.parametrize("case", [*(f"layer {name}" for name in LAYERS), *(f"function {name}" for name in FUNCTIONS)])
def test_operation_is_pytorchs(case: str, computed: dict[str, tuple[Tensor, Tensor]]) -> None:
    expected, found = computed[case]
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=2e-6)
