"""Every implementation computes the right thing; a wrong one is found, with its error and where."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lab.bench.bench_record import LeftOut
from mnist_lab.bench.catalogue import implementations, pick
from mnist_lab.bench.compiler import find_compiler
from mnist_lab.bench.correctness import WrongResultError, check
from mnist_lab.bench.kernel import Implementation, Kernel, Request
from mnist_lab.bench.operation import Array, Operation
from mnist_lab.errors import UsageError
from tests.conftest import missing

PRODUCT = Operation("matmul")
OPERATIONS = (PRODUCT, Operation("conv2d"), Operation("conv2d", "same"))
ON_THE_CPU = [
    (operation, entry) for operation in OPERATIONS for entry in implementations(operation.name) if not entry.on_gpu
]


@pytest.mark.parametrize(
    ("operation", "implementation"),
    ON_THE_CPU,
    ids=[f"{operation.name}-{operation.padding}-{entry.name}" for operation, entry in ON_THE_CPU],
)
def test_implementation_is_right(operation: Operation, implementation: Implementation) -> None:
    if implementation.name.startswith("c-") and find_compiler() is None:
        missing("There is no C compiler (Debian: apt-get install gcc).")
    kernel = implementation.load(Request(operation, 3 if implementation.all_threads else 1))
    assert check(implementation, kernel, operation) < 1e-13


@pytest.mark.parametrize("operation", OPERATIONS, ids=["matmul", "valid", "same"])
def test_right_result_times_a_vector_is_computed_without_it(operation: Operation) -> None:
    operands = operation.operands(23)
    vector = np.arange(operation.output_size(23), dtype=float)
    right = operation.reference(*operands) @ vector
    np.testing.assert_allclose(operation.times_vector(*operands, vector), right, rtol=1e-12, atol=1e-10)


def test_reference_of_the_product_is_its_definition() -> None:
    a, b = PRODUCT.operands(4)
    assert PRODUCT.reference(a, b)[1, 2] == pytest.approx(sum(a[1, k] * b[k, 2] for k in range(4)))


@pytest.mark.parametrize(("padding", "size", "corner"), [("valid", 3, 45.0), ("same", 5, 28.0)])
def test_reference_of_the_convolution_is_its_definition(padding: str, size: int, corner: float) -> None:
    operation = Operation("conv2d", "same" if padding == "same" else "valid")
    out = operation.reference(np.ones((5, 5)), np.arange(1.0, 10.0).reshape(3, 3))
    assert out.shape == (size, size)
    # 'same' leaves out the first row and the first column of weights there: 5 + 6 + 8 + 9.
    assert out[0, 0] == corner


@pytest.mark.parametrize(
    ("operation", "steps", "values"),
    [(PRODUCT, 1_000, 300), (Operation("conv2d"), 576, 173), (Operation("conv2d", "same"), 900, 209)],
)
def test_steps_and_values_are_counted(operation: Operation, steps: int, values: int) -> None:
    assert (operation.steps(10), operation.values_moved(10)) == (steps, values)


def wrong(compute: object) -> tuple[Implementation, Kernel]:
    kernel = Kernel(compute)  # type: ignore[arg-type]
    return Implementation("mine.py:product", lambda _: kernel), kernel


def slip(a: Array, b: Array) -> Array:
    c = np.asarray(a @ b)
    if len(c) == 37:
        c[5, 7] += 1.0
    return c


def test_wrong_value_is_named_with_its_place_and_error() -> None:
    with pytest.raises(WrongResultError) as caught:
        check(*wrong(slip), PRODUCT)
    assert "mine.py:product gives a wrong result at N = 37: in row 5, column 7 (from 0)" in str(caught.value)
    assert "relative error 4.5e-02" in str(caught.value)
    assert "allowed 1e-10" in str(caught.value)


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda a, b: (a @ b)[:-1], "its shape is (2, 3), and should be (3, 3)"),
        (lambda a, b: a @ b * np.nan, "it has nan where"),
        (lambda a, b: 1 / 0, "fails at N = 3: ZeroDivisionError: division by zero."),
    ],
)
def test_other_failures_are_one_line(compute: object, message: str) -> None:
    with pytest.raises(WrongResultError) as caught:
        check(*wrong(compute), PRODUCT)
    assert message in str(caught.value)


def test_beginning_of_a_name_picks_several() -> None:
    picked = pick(implementations("matmul"), ["numpy", "c-simd"])
    assert [entry.name for entry in picked] == ["c-simd", "numpy-1", "numpy"]


def test_unknown_implementation_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no implementation 'nunpy'\. Did you mean 'numpy'\? Implementations: py"):
        pick(implementations("matmul"), ["nunpy"])


def test_tf32_is_for_products_alone() -> None:
    assert "cuda-tf32" in [entry.name for entry in implementations("matmul")]
    assert "cuda-tf32" not in [entry.name for entry in implementations("conv2d")]


def test_left_out_has_no_detail_by_itself() -> None:
    assert LeftOut("cupy", "no_cupy").detail == ""
