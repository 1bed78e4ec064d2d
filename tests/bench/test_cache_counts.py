"""Cachegrind's counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mnist_lab.bench.cache_counts import cache_counts, counts_in
from mnist_lab.bench.compiler import find_compiler
from tests.conftest import missing

SUMMARY = """
==1== I   refs:      123,624
==1== D   refs:       38,110  (28,176 rd   + 9,934 wr)
==1== D1  misses:      1,428  ( 1,101 rd   +   327 wr)
==1== LLd misses:      1,274  (   969 rd   +   305 wr)
==1== D1  miss rate:     3.7% (   3.9%     +   3.3%  )
"""


def test_summary_is_read() -> None:
    assert counts_in(SUMMARY) == {"data_refs": 38_110, "first_misses": 1_428, "last_misses": 1_274}


def test_summary_without_a_line_is_none() -> None:
    assert counts_in(SUMMARY.replace("D1  misses", "other")) is None


def test_without_valgrind_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert cache_counts(["c-naive"]) == []


@pytest.mark.slow
def test_loop_order_spares_most_of_the_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("valgrind") is None or find_compiler() is None:
        missing("There is no valgrind, or no C compiler (Debian: apt-get install valgrind gcc).")
    monkeypatch.setenv("MNIST_LAB_CACHE", str(tmp_path))
    naive, ordered = cache_counts(["c-naive", "c-loop-order", "numpy"])
    assert (naive.name, ordered.name, naive.size) == ("c-naive", "c-loop-order", 200)
    assert naive.data_refs > 2 * 200**3
    assert ordered.first_misses < naive.first_misses / 3
