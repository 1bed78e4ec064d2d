"""A bench's report: its sentences, tables and figures, in both languages, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import Language, speaking
from mnist_lab.reports.bench.bench_content import compose_bench
from mnist_lab.reports.bench.bench_report import BENCH_FILES, write_bench_report
from mnist_lab.reports.bench.bench_sentences import (
    degree_warnings,
    disturbed_sentence,
    dominance_sentences,
    growth_sentences,
    left_out_sentences,
    ratio_sentences,
    step_sentences,
)
from mnist_lab.reports.bench.bench_tables import growth_table, short_table, times_table
from mnist_lab.reports.bench.ladder import LADDER_STEM
from mnist_lab.reports.markdown import to_markdown
from tests.bench.points import made_record


@pytest.mark.parametrize(("operation", "power"), [("matmul", "3.00"), ("conv2d", "2.00")])
def test_growth_is_said_of_each(operation: str, power: str) -> None:
    said = growth_sentences(made_record(operation))
    assert said[1].startswith("The run time of the ")
    assert f"in C naive grows with the {power}-th power of the matrix size (± 0.00 with 95 % confidence; " in said[1]
    assert said[1].endswith("N = 100, 200, 400, 800).")
    assert len(said) == 5


def test_too_few_sizes_say_nothing_of_growth() -> None:
    record = made_record()
    record.series[0].points = record.series[0].points[:2]
    assert growth_sentences(record)[0] == "pure Python: 2 sizes are too few to tell how the run time grows."


def test_steps_that_take_longer_with_larger_matrices_explain_a_power_above_that_of_the_steps() -> None:
    record = made_record()
    assert step_sentences(record) == []
    naive = record.series[1]
    for point in naive.points:
        point.median_s *= point.size / naive.points[0].size
    assert step_sentences(record) == [
        "C naive: a step took 4.00 ns at N = 100 and 32.0 ns at N = 800, 8.0 times as long, so the power is above "
        "the 3 of the number of steps."
    ]


def test_ratios_are_of_the_largest_common_size() -> None:
    said = ratio_sentences(made_record())
    assert "C naive is 50 times as fast as pure Python at N = 200 (1 thread)." in said
    (torch,) = (sentence for sentence in said if "1.0 cores busy" in sentence and "NumPy (1" in sentence)
    assert torch.startswith("PyTorch (all threads) is 2.0 times as fast as NumPy (1 thread) at N = 800")
    assert torch.endswith("(on 2 threads, 1.0 cores busy).")


def test_equal_times_are_no_ratio() -> None:
    record = made_record()
    record.series[4].points = record.series[3].points
    (said,) = (sentence for sentence in ratio_sentences(record) if sentence.startswith("PyTorch"))
    assert said.startswith("PyTorch (all threads) and NumPy (1 thread) are equally fast at N = 800 (within 5 %; ")


def test_dominant_term_is_named_at_both_ends_or_where_asked() -> None:
    record = made_record()
    assert "C naive: at N = 800 the cubic term of the cubic polynomial is 100 %." in dominance_sentences(record)
    record.at = 10
    said = dominance_sentences(record)
    assert "NumPy (1 thread): at N = 10 the constant term of the cubic polynomial is 95 %." in said


def test_few_points_are_warned_of_with_the_reason() -> None:
    (warning,) = degree_warnings(made_record())
    assert "Too few points to tell a quadratic from a cubic polynomial: pure Python (4)." in warning
    assert "through N points there is always a polynomial of degree N − 1 with error 0" in warning


def test_everything_left_out_has_its_reason() -> None:
    record = made_record()
    record.status = "interrupted"
    assert left_out_sentences(record) == [
        "CuPy fp32 (its own functions): left out, since CuPy is not installed.",
        "C SIMD: left out, since the C compiler failed: error: no such flag",
        "pure Python: N = 400 and above left out: a call would take about 3.20 s, and 2.00 s are allowed.",
        "PyTorch (all threads): N = 1,600 and above left out: the matrices would take 9.0 GiB, and 8.0 GiB are free.",
        "The measurement was stopped from the keyboard; what was measured until then is all there is.",
    ]


def test_disturbed_times_are_named() -> None:
    record = made_record()
    assert disturbed_sentence(record.measured) is None
    record.series[1].points[2].others_cpu = 0.4
    assert disturbed_sentence(record.measured) == (
        "Other programs took up to 40 % of the processor meanwhile; these times are not to be trusted: C "
        "naive (N = 100)."
    )


def test_tables_have_units_and_significant_digits() -> None:
    record = made_record()
    times = times_table(record)
    assert times.headings[1:3] == ("N=25 [ms]", "N=50 [ms]")
    assert times.rows[1] == ["C naive", "0.0156", "0.125", "1.00", "8.00", "64.0", "512"]
    growth = growth_table(record)
    # 2 · 800³ operations in 0.512 s are 2 GFLOP/s, of 80 with one thread; 3 · 800² · 8 bytes.
    assert growth.rows[1][:5] == ["C naive", "3.00 ± 0.00", "3", "1.00 → 1.00", "800"]
    assert growth.rows[1][5:] == ["2.00", "2.5", "0.0300", "0.25", "1.0"]
    assert growth.rows[4][6] == "50"
    assert short_table(record).rows[1][:3] == ["C naive", "800", "512"]


def test_gpus_share_of_the_processors_peak_is_not_given() -> None:
    record = made_record()
    record.series[4].name = "cuda-fp32"
    assert [growth_table(record).rows[4][column] for column in (6, 8)] == ["–", "–"]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


@pytest.mark.parametrize(
    ("operation", "language"),
    [
        pytest.param("matmul", "en", marks=pytest.mark.slow),
        pytest.param("conv2d", "ja", marks=pytest.mark.slow),
        ("ladder", "ja"),
    ],
)
def test_same_record_gives_the_same_bytes(operation: str, language: Language, tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_bench_report(tmp_path / name, made_record(operation), language)
    first, second = files_in(tmp_path / "first"), files_in(tmp_path / "second")
    assert first == second
    missing = {"ladder"} if operation != "ladder" else {"terms", "residuals"}
    figures = {name for name in BENCH_FILES if name.partition("/")[2].partition(".")[0] not in missing}
    assert set(first) - {".mnist_lab-files.json"} == {"report.md", "report.html", *figures}


def test_report_numbers_its_tables_and_figures() -> None:
    text = to_markdown(compose_bench(made_record("ladder"), dict.fromkeys((LADDER_STEM, "time_log"), "what it shows")))
    assert [number for number in range(1, 9) if f"Table {number}." in text] == [1, 2, 3, 4, 5, 6]
    assert [number for number in range(1, 9) if f"Figure {number}." in text] == [1, 2]
    assert "borne out" in text


def test_record_without_a_point_is_reported_all_the_same(tmp_path: Path) -> None:
    record: BenchRecord = made_record()
    record.series, record.status = [], "interrupted"
    write_bench_report(tmp_path, record, "en")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Nothing was measured." in text
    assert "stopped from the keyboard" in text


def test_japanese_has_no_english_sentence() -> None:
    with speaking("ja"):
        said = [*growth_sentences(made_record()), *ratio_sentences(made_record()), *left_out_sentences(made_record())]
    assert all(sentence.endswith(("。", "）")) for sentence in said)


@pytest.mark.parametrize(("at", "said"), [(10, True), (25, False), (800, False), (900, True), (None, False)])
def test_size_outside_what_was_measured_is_said_to_be_a_continuation(at: int | None, said: bool) -> None:
    record = made_record()
    record.at = at
    text = to_markdown(compose_bench(record, {}))
    assert (f"N = {at} lies outside the sizes that were measured (25 to 800)" in text) is said
