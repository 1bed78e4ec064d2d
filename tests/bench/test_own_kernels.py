"""The user's own functions and C files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.bench.c_kernels import source_of
from mnist_lab.bench.compiler import find_compiler
from mnist_lab.bench.correctness import check
from mnist_lab.bench.kernel import Request
from mnist_lab.bench.operation import Operation
from mnist_lab.bench.own_kernels import own_implementation
from mnist_lab.errors import UsageError
from tests.conftest import missing

PRODUCT = Operation("matmul")
MINE = """
def arrays(a, b):
    return a @ b

def lists(a, b):
    assert isinstance(a, list)
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]

def tensors(a, b):
    return a.matmul(b)
"""


@pytest.mark.parametrize("given", ["arrays", "arrays:numpy", "lists:lists", "tensors:torch"])
def test_function_joins_with_what_it_wants_to_be_given(given: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    entry = own_implementation(f"{tmp_path / 'mine.py'}:{given}")
    assert entry.name == f"mine.py:{given.partition(':')[0]}"
    assert check(entry, entry.load(Request(PRODUCT, 1)), PRODUCT) < 1e-13


def test_copy_of_a_c_source_joins(tmp_path: Path) -> None:
    if find_compiler() is None:
        missing("There is no C compiler (Debian: apt-get install gcc).")
    copy = tmp_path / "mine.c"
    copy.write_bytes(source_of("matmul", "threads").read_bytes())
    entry = own_implementation(str(copy))
    assert entry.name == "mine.c"
    assert check(entry, entry.load(Request(PRODUCT, 2)), PRODUCT) < 1e-13


def test_c_file_that_the_compiler_refuses_is_one_line(tmp_path: Path) -> None:
    if find_compiler() is None:
        missing("There is no C compiler (Debian: apt-get install gcc).")
    (tmp_path / "mine.c").write_text("void matmul(", encoding="utf-8")
    entry = own_implementation(str(tmp_path / "mine.c"))
    with pytest.raises(UsageError, match=r"--add: .*mine\.c: mine\.c:1:.*error"):
        entry.load(Request(PRODUCT, 1))


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        (None, "mine.py:product", "there is no such file"),
        (None, "mine.c", "there is no such file"),
        (MINE, "mine.py", "'mine.py' does not name a function; write mine.py:product"),
        (MINE, "mine.py:arrays:cupy", "does not name a function"),
        (MINE, "mine.py:array", "it has no function 'array'. Did you mean 'arrays'? Functions: arrays, lists, tensors"),
        ("import nowhere", "mine.py:product", "ModuleNotFoundError: No module named 'nowhere'"),
        ("def product(:", "mine.py:product", "SyntaxError: "),
    ],
)
def test_what_names_no_function_is_refused(
    content: str | None, given: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("mine.py").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        own_implementation(given)
    assert str(caught.value).startswith("--add: ")
    assert message in str(caught.value)
