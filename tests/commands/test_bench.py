"""``lightning bench``: small, but real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_lab.bench.bench_record import Peak, read_bench_record
from mnist_lab.bench.timing import Timing, measure
from mnist_lab.language import spaced, speaking
from tests.commands.program import call, everything_in, refused, runs
from tests.conftest import CHECKOUT

SMALL = ("--sizes", "8,16,32", "--max-seconds", "0.02", "--only", "python,numpy")


@pytest.fixture(autouse=True)
def _no_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.bench.measuring.measure_peak", lambda threads: Peak())


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_bench_leaves_a_record_a_table_and_a_report(tmp_path: Path) -> None:
    outcome = call(tmp_path, "bench", "conv2d", *SMALL, "--output", "out")
    assert outcome.code == 0, outcome.err
    (run,) = runs(tmp_path)
    assert run.parent.name == "bench-conv2d"
    record = read_bench_record(run)
    assert record.status == "completed"
    assert [point.size for point in record.series[0].points] == [8, 16, 32]
    assert "pure Python" in outcome.out
    assert "power of N" in outcome.out
    assert (tmp_path / "out" / "report.html").is_file()


def test_report_of_the_record_has_the_same_bytes(tmp_path: Path) -> None:
    assert call(tmp_path, "bench", "matmul", *SMALL, "--output", "first").code == 0
    outcome = call(tmp_path, "report", "tb_logs/bench-matmul", "--output", "second")
    assert outcome.code == 0, outcome.err
    assert files_in(tmp_path / "first") == files_in(tmp_path / "second")


def test_bench_is_said_in_japanese(tmp_path: Path) -> None:
    outcome = call(tmp_path, "bench", "matmul", *SMALL, "--language", "ja")
    assert outcome.code == 0, outcome.err
    assert "Python（ライブラリなし）" in outcome.out
    with speaking("ja"):
        assert [line for line in outcome.out.splitlines() if line.startswith("- ") and spaced(line) != line] == []
    (report,) = tmp_path.glob("reports/*-bench-matmul/report.md")
    assert "# 行列サイズと実行時間：行列積" in report.read_text(encoding="utf-8")


def test_own_function_joins(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def product(a, b):\n    return a.dot(b)\n", encoding="utf-8")
    outcome = call(tmp_path, "bench", "matmul", *SMALL, "--add", "mine.py:product")
    assert outcome.code == 0, outcome.err
    assert "mine.py:product" in outcome.out


def test_own_function_that_is_wrong_ends_it_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def product(a, b):\n    return a * b\n", encoding="utf-8")
    outcome = call(tmp_path, "bench", "matmul", *SMALL, "--add", "mine.py:product")
    assert outcome.code == 1
    assert outcome.err.startswith("Error: mine.py:product gives a wrong result at N = 3: in row ")
    assert outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["matmul", "--sizes", "0"], "--sizes: 0 is no size"),
        (["matmul", "--sizes=-5,10"], "--sizes: -5 is no size"),
        (["matmul", "--sizes", "ten"], "'ten' is no list of whole numbers such as 100,200,400"),
        (["matmul", "--sizes", "900000"], "900,000 is too large for the memory"),
        (["matmul", "--max-seconds", "61"], "'61' is not a number of seconds above 0 and up to 60"),
        (["matmul", "--max-seconds", "nan"], "'nan' is not a number of seconds"),
        (["matmul", "--only", "scipy"], "there is no implementation 'scipy'"),
        (["matmul", "--add", "nowhere.py:f"], "nowhere.py: there is no such file"),
        (["matmul", "--threads", "0"], "'0' is not a whole number of at least 1"),
        (["sort"], "invalid choice: 'sort'"),
        ([], "the following arguments are required: operation"),
    ],
)
def test_bad_input_is_one_line(args: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, "bench", *args)


def test_file_of_the_users_in_the_reports_place_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.md").write_text("mine", encoding="utf-8")
    line = refused(tmp_path, "bench", "matmul", *SMALL, "--output", "out")
    assert "report.md is not a file of this program's" in line


def test_stop_from_the_keyboard_reports_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def until(call: Any, **kwargs: Any) -> Timing:
        if len(call.args[0]) == 32:
            raise KeyboardInterrupt
        return measure(call, **kwargs)

    monkeypatch.setattr("mnist_lab.bench.measuring.measure", until)
    outcome = call(tmp_path, "bench", "matmul", *SMALL, "--output", "out")
    assert (outcome.code, outcome.err) == (130, "Stopped from the keyboard.\n")
    (run,) = runs(tmp_path)
    record = read_bench_record(run)
    assert record.status == "interrupted"
    assert [[point.size for point in series.points] for series in record.series] == [[8, 16]] * 3
    assert "measurement was stopped" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_stop_before_anything_was_measured_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mnist_lab.bench.measuring.check", stopped)
    outcome = call(tmp_path, "bench", "matmul", *SMALL)
    assert (outcome.code, outcome.err) == (130, "Stopped from the keyboard.\n")
    assert everything_in(tmp_path) == set()


def test_sources_are_shown(tmp_path: Path) -> None:
    outcome = call(tmp_path, "bench", "ladder", "--show")
    assert outcome.code == 0
    assert "/* ===== matmul_loop_order.c ===== */" in outcome.out
    assert "EXPORT void conv2d(" in outcome.out
    assert everything_in(tmp_path) == set()


def test_kernels_without_torch_import_neither_torch_nor_lightning(tmp_path: Path) -> None:
    code = (
        "import sys; from mnist_lab.main import main; "
        "code = main(['bench', 'matmul', '--sizes', '8', '--max-seconds', '0.01', '--only', 'python,numpy']); "
        "print('loaded', code, {'torch', 'lightning'} & set(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.stderr == ""
    assert done.stdout.endswith("loaded 0 set()\n")


def test_ladder_computes_what_would_take_too_long(tmp_path: Path) -> None:
    outcome = call(
        # Far from the limit on any machine: at 256 a call of Python takes about a second, one of NumPy a millisecond.
        *(tmp_path, "bench", "ladder", "--sizes", "16,64,256", "--max-seconds", "0.05", "--only", "python,numpy"),
        *("--output", "out"),
    )
    assert outcome.code == 0, outcome.err
    assert "| pure Python | – | – | ≈ " in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert np.all([point.median_s > 0 for point in read_bench_record(runs(tmp_path)[0]).series[0].points])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["matmul", "--only", ""], "--only: no implementation is named; implementations: python, c-naive"),
        (["matmul", "--padding", "same"], "--padding is of conv2d; matmul multiplies whole matrices: leave it out."),
    ],
)
def test_option_that_would_mean_nothing_is_refused(args: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, "bench", *args)
