"""C sources compiled when first used, and what becomes of it where they cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_lab.bench import compiler
from mnist_lab.bench.c_kernels import load_file, source_of
from mnist_lab.bench.compiler import OPTIMIZED, Compiler, cache_folder, find_compiler, library
from mnist_lab.bench.kernel import LeftOutError, Request
from mnist_lab.bench.operation import Operation
from tests.conftest import missing


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MNIST_LAB_CACHE", str(tmp_path / "cache"))
    find_compiler.cache_clear()
    yield tmp_path / "cache" / "kernels"
    find_compiler.cache_clear()


def with_compiler() -> None:
    if find_compiler() is None:
        missing("There is no C compiler (Debian: apt-get install gcc).")


def test_library_is_compiled_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_compiler()
    first = library(source_of("matmul", "naive"))
    assert first.parent == cache
    assert list(cache.iterdir()) == [first]
    monkeypatch.setattr(compiler, "build", lambda *_: pytest.fail("compiled again"))
    assert library(source_of("matmul", "naive")) == first


def test_changed_source_or_flag_is_another_library(cache: Path, tmp_path: Path) -> None:
    with_compiler()
    copy = tmp_path / "matmul_naive.c"
    text = source_of("matmul", "naive").read_text(encoding="utf-8")
    copy.write_text(text, encoding="utf-8")
    first = library(copy)
    assert first != library(copy, OPTIMIZED)
    copy.write_text(text.replace("sum = 0.0", "sum = 1.0"), encoding="utf-8")
    assert library(copy) != first


def test_without_a_compiler_there_is_a_reason(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(compiler, "find_spec", lambda _: None)
    with pytest.raises(LeftOutError, match="no_compiler"):
        library(source_of("matmul", "naive"))


def test_wheel_ziglang_is_taken_where_there_is_no_other(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(compiler, "find_spec", lambda name: name)
    monkeypatch.setattr(compiler, "_version", lambda command: "clang version 20.1.2")
    assert find_compiler() == Compiler((sys.executable, "-m", "ziglang", "cc"), "ziglang: clang version 20.1.2")


def test_compiler_that_fails_gives_its_first_error_without_a_folder(cache: Path, tmp_path: Path) -> None:
    with_compiler()
    broken = tmp_path / "mine.c"
    broken.write_text("void matmul(void) { return 1 +; }\n", encoding="utf-8")
    with pytest.raises(LeftOutError) as caught:
        library(broken)
    assert caught.value.why == "compiler_failed"
    assert caught.value.detail.startswith("mine.c:1:")
    assert "error" in caught.value.detail
    assert list(cache.iterdir()) == []


def test_library_without_the_function_is_left_out(cache: Path, tmp_path: Path) -> None:
    with_compiler()
    other = tmp_path / "mine.c"
    other.write_text('#include "kernel.h"\nEXPORT int product(void) { return 1; }\n', encoding="utf-8")
    with pytest.raises(LeftOutError, match="library_failed"):
        load_file(Request(Operation("matmul"), 1), library(other))


def test_cache_that_cannot_be_made_gives_way_to_a_temporary_one(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("MNIST_LAB_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = cache_folder()
    assert folder.is_dir()
    assert folder.parent == tmp_path
