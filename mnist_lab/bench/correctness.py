"""The check that comes before any timing: is the result right?"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from mnist_lab.bench.kernel import Implementation, Kernel
from mnist_lab.bench.operation import Array, Operation
from mnist_lab.errors import MnistLabError, first_line
from mnist_lab.language import say

# The smallest that there are, one that no block or vector divides, and one with several blocks of every kind.
_SMALL, _LARGE = (3, 4, 37), 300
# Longer than this the largest of them is left to the first call that is timed.
_LONGEST_S = 10.0
_SEED = 1
_ERROR_OF_FLOAT32 = 1e-5
# The errors of a row add up at random; this many times what they come to is still rounding.
_PROJECTED = 10.0


class WrongResultError(MnistLabError):
    """An implementation computes something else."""


def check(implementation: Implementation, kernel: Kernel, operation: Operation) -> float:
    """Return the largest error found, relative to the largest value of the right result in float64.

    Raises:
        WrongResultError: It is larger than the implementation's number format explains, or the call fails.
    """
    began = time.perf_counter()
    largest = max(_error(implementation, kernel, operation, size) for size in _SMALL)
    expected_s = (time.perf_counter() - began) * (_LARGE / _SMALL[-1]) ** operation.degree
    if implementation.slow or expected_s > _LONGEST_S:
        return largest
    return max(largest, _error(implementation, kernel, operation, _LARGE))


def check_result(
    implementation: Implementation, kernel: Kernel, operation: Operation, operands: tuple[Array, Array], result: Any
) -> None:
    """Look at a result of any size: times a random vector it has to be what the right one is.

    Args:
        implementation: Of which it is.
        kernel: Turns it into an array.
        operation: What was to be computed.
        operands: Of this size, in float64.
        result: In the kernel's own form.

    Raises:
        WrongResultError: It is not; says where in few signs, for a record that is read in any language.
    """
    found = np.asarray(kernel.give(result), dtype=np.float64)
    size = operation.output_size(len(operands[0]))
    if found.shape != (size, size):
        raise WrongResultError(f"{found.shape} ≠ {(size, size)}")
    vector = np.random.default_rng(_SEED).choice((-1.0, 1.0), size)
    difference = np.abs(found @ vector - operation.times_vector(*operands, vector))
    allowed = _PROJECTED * implementation.tolerance * math.sqrt(size) * float(np.abs(found).max())
    row = int(np.argmax(difference))
    if not difference[row] <= allowed:  # NaN is not, either
        raise WrongResultError(f"[{row}, :]")


def _error(implementation: Implementation, kernel: Kernel, operation: Operation, size: int) -> float:
    first, second = operation.operands(size)
    right = operation.reference(first, second)
    before = first.copy(), second.copy()
    try:
        with kernel.around():
            taken = kernel.take(first), kernel.take(second)
            found = kernel.give(kernel.compute(*taken))
    except (Exception, SystemExit) as error:
        if implementation.on_gpu:  # out of memory, or a failure of the device
            raise
        raise WrongResultError(
            say(
                "{name} fails at N = {size}: {kind}: {reason}.",
                "{name} は N = {size} で失敗します（{kind}：{reason}）。",
                name=implementation.name,
                size=size,
                kind=type(error).__name__,
                reason=first_line(error) or "–",
            )
        ) from error
    if not implementation.on_gpu and not all(map(np.array_equal, taken, before)):
        raise WrongResultError(
            say(
                "{name} changes its operands, which are the same in every call; let it work on a copy.",
                "{name} は入力を書き換えています。入力は毎回同じものを渡すため、コピーに対して計算してください。",
                name=implementation.name,
            )
        )
    return _difference(implementation, found, right, size)


def _difference(implementation: Implementation, found: Array, right: Array, size: int) -> float:
    """Return the largest error of a result, relative to the largest value of the right one."""
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
                "{name} gives a wrong result at N = {size}: in row {row}, column {column} (from 0) it has {found:.9g} "
                "where {right:.9g} is right; relative error {error:.1e}, allowed {allowed:.0e}{hint}.",
                "{name} の結果は N = {size} で誤っています。{row} 行 {column} 列（0 から数える）"
                "は {right:.9g} のはずですが、"
                "{found:.9g} です（相対誤差 {error:.1e}、許容値 {allowed:.0e}{hint}）。",
                name=implementation.name,
                size=size,
                row=place[0],
                column=place[1],
                found=float(found[place]),
                right=float(right[place]),
                error=largest,
                allowed=implementation.tolerance,
                hint=_float32(largest, implementation),
            )
        )
    return largest


def _float32(error: float, implementation: Implementation) -> str:
    if implementation.number_format == "float64" and error < _ERROR_OF_FLOAT32:
        return say(", as of float32: compute in float64", "。float32 の精度です。float64 で計算してください")
    return ""
