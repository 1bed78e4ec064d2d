"""The check that comes before any timing: is the result right?"""

from __future__ import annotations

import numpy as np

from mnist_lab.bench.kernel import Implementation, Kernel
from mnist_lab.bench.operation import Operation
from mnist_lab.errors import MnistLabError, first_line
from mnist_lab.language import say

# The smallest that there are, one that no block or vector divides, and one with several blocks of every kind.
_SMALL, _LARGE = (3, 4, 37), 300


class WrongResultError(MnistLabError):
    """An implementation computes something else."""


def check(implementation: Implementation, kernel: Kernel, operation: Operation) -> float:
    """Return the largest error found, relative to the largest value of the right result in float64.

    Raises:
        WrongResultError: It is larger than the implementation's number format explains, or the call fails.
    """
    sizes = _SMALL if implementation.slow else (*_SMALL, _LARGE)
    return max(_error(implementation, kernel, operation, size) for size in sizes)


def _error(implementation: Implementation, kernel: Kernel, operation: Operation, size: int) -> float:
    first, second = operation.operands(size)
    right = operation.reference(first, second)
    try:
        with kernel.around():
            found = kernel.give(kernel.compute(kernel.take(first), kernel.take(second)))
    except Exception as error:
        if implementation.on_gpu:  # out of memory, or a failure of the device
            raise
        raise WrongResultError(
            say(
                "{name} fails at N = {size}: {kind}: {reason}.",
                "{name} は N = {size} で失敗します（{kind}：{reason}）。",
                name=implementation.name,
                size=size,
                kind=type(error).__name__,
                reason=first_line(error),
            )
        ) from error
    if np.shape(found) != right.shape:
        raise WrongResultError(
            say(
                "{name} gives a wrong result at N = {size}: its shape is {found}, and should be {right}.",
                "{name} の結果は N = {size} で誤っています。形は {right} のはずですが、{found} です。",
                name=implementation.name,
                size=size,
                found=np.shape(found),
                right=right.shape,
            )
        )
    errors = np.abs(found - right) / np.abs(right).max()
    place = np.unravel_index(int(np.argmax(errors)), errors.shape)
    largest = float(errors[place])
    if not largest <= implementation.tolerance:  # NaN is not, either
        raise WrongResultError(
            say(
                "{name} gives a wrong result at N = {size}: in row {row}, column {column} (from 0) it has {found:.6g} "
                "where {right:.6g} is right; relative error {error:.1e}, allowed {allowed:.0e}.",
                "{name} の結果は N = {size} で誤っています。{row} 行 {column} 列（0 から数える）"
                "は {right:.6g} のはずですが、"
                "{found:.6g} です（相対誤差 {error:.1e}、許容値 {allowed:.0e}）。",
                name=implementation.name,
                size=size,
                row=place[0],
                column=place[1],
                found=float(found[place]),
                right=float(right[place]),
                error=largest,
                allowed=implementation.tolerance,
            )
        )
    return largest
