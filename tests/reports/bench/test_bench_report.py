"""A bench's report: its sentences, tables and figures, in both languages, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from matplotlib.text import Text

from mnist_lab.bench.bench_record import BenchRecord, CacheCount
from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.bench.bench_content import compose_bench
from mnist_lab.reports.bench.bench_figures import draw_bench_figures, plain_tick
from mnist_lab.reports.bench.bench_prose import summary_sentences
from mnist_lab.reports.bench.bench_report import BENCH_FILES, write_bench_report
from mnist_lab.reports.bench.bench_sentences import (
    degree_warnings,
    disturbed_sentence,
    left_out_sentences,
    ratio_sentences,
)
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.bench_tables import growth_table, short_table, times_table
from mnist_lab.reports.bench.bench_words import milliseconds, signed
from mnist_lab.reports.bench.ladder import LADDER_STEM, draw_ladder
from mnist_lab.reports.markdown import to_markdown
from tests.bench.points import made_record


def text_of(record: BenchRecord, language: Language = "en", figures: Sequence[str] = ()) -> str:
    with speaking(language):
        return to_markdown(compose_bench(record, dict.fromkeys(figures, "what it shows")))


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def grown(record: BenchRecord, place: int, powers: Sequence[float]) -> None:
    """Let the time of a step grow from size to size with these powers of two."""
    for point, power in zip(record.series[place].points, powers, strict=True):
        point.median_s *= 2**power


@pytest.mark.parametrize(("operation", "degree"), [("matmul", 3), ("conv2d", 2)])
def test_powers_are_said_in_one_sentence(operation: str, degree: int) -> None:
    summary = section(text_of(made_record(operation)), "Summary")
    assert f"grows as N to the power {degree}; the run time grows as N to a power between" in summary
    assert f"and {degree}.00 ± 0.00 with " in summary
    assert "- " not in summary


def test_too_few_sizes_say_nothing_of_growth() -> None:
    record = made_record()
    record.series[0].points = record.series[0].points[:2]
    said = "pure Python was measured at fewer than three large sizes, too few to tell how the time grows."
    assert said in text_of(record)


@pytest.mark.parametrize(
    ("powers", "said"),
    [
        ((0, 1, 2, 3, 4, 5), "C naive (a step took 4.00 ns at N = 100 and 32.0 ns at N = 800, 8.0 times as long)."),
        ((0, -1, -2, -3, -4, -5), "The power is below 3, with an interval that does not hold 3, for C naive (a step"),
        ((0, 0, 0, 2, 0, 2), "C naive the interval holds 3, so that the power cannot be said to differ from it."),
    ],
)
def test_power_is_above_or_below_that_of_the_steps_only_where_the_interval_says_so(
    powers: Sequence[float], said: str
) -> None:
    record = made_record()
    record.series = record.series[1:3]
    grown(record, 0, powers)
    grown(record, 1, (0, 2, 4, 6, 8, 10))  # so that not every interval holds 3
    assert said in section(text_of(record), "Summary")


def test_ratios_are_of_the_largest_common_size() -> None:
    said = ratio_sentences(made_record())
    assert "C naive is 50 times as fast as pure Python at N = 200 (1 thread)." in said
    (torch,) = (sentence for sentence in said if "1.0 cores busy" in sentence and "NumPy (1" in sentence)
    assert torch.startswith("PyTorch (all threads) is 2.00 times as fast as NumPy (1 thread) at N = 800")
    assert torch.endswith("(on 2 threads, 1.0 cores busy).")


def test_equal_times_are_no_ratio() -> None:
    record = made_record()
    record.series[4].points = record.series[3].points
    (said,) = (sentence for sentence in ratio_sentences(record) if sentence.startswith("PyTorch"))
    assert said.startswith("PyTorch (all threads) and NumPy (1 thread) are equally fast at N = 800 (within 5 %; ")


def test_dominant_term_is_named_at_both_ends_or_where_asked() -> None:
    record = made_record()
    said = section(text_of(record), "Which term dominates")
    assert "At the largest size of each, what dominates the cubic polynomial is the cubic term for C naive," in said
    record.at = 10
    said = section(text_of(record), "Which term dominates")
    assert "At N = 10, what dominates the cubic polynomial is the constant term for NumPy (1 thread)" in said
    assert "O(N³)" not in said


def test_cubic_term_of_quadratic_steps_is_no_cubic_growth() -> None:
    record = made_record("conv2d")
    grown(record, 1, (0, 0, 0, 0, 0.3, 0.9))
    said = "A cubic term that dominates does not make the growth O(N³): the steps are of degree 2"
    assert said in section(text_of(record), "Which term dominates")


def test_time_that_grows_far_more_than_the_steps_is_named() -> None:
    record = made_record()
    assert "From one size to the next" not in text_of(record)
    grown(record, 1, (0, 0, 0, 0, 0, 1.1))
    said = section(text_of(record), "Results")
    assert "for C naive from N = 400 to 800 (64.0 to 1,100 ms, 17 times; the steps 8.0 times) (Table 3)" in said


def test_disturbed_time_is_marked_and_no_part_of_the_summary() -> None:
    record = made_record()
    record.series[1].points[-1].others_cpu = 0.4
    text = text_of(record, figures=("rate",))
    assert "Nothing is said here of the power of C naive" in section(text, "Summary")
    assert "(N = 800)" not in section(text, "Summary")
    rows = [line for line in section(text, "Results").splitlines() if line.startswith("| C naive |")]
    assert "NumPy (1 thread) comes nearest of those without †, with 50 %" in section(text, "Results")
    assert "512† |" in rows[0]
    assert "| 3.00 ± 0.00† |" in rows[1]
    assert "†" not in text_of(made_record())


def test_few_points_are_warned_of_with_the_reason() -> None:
    (warning,) = degree_warnings(made_record())
    assert "Too few points to tell a quadratic from a cubic polynomial: pure Python (4 points)." in warning
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
    assert times.headings[1:3] == ("N = 25 [ms]", "N = 50 [ms]")
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


FIGURES = {
    "ladder": ("time_log", "time", "rate", LADDER_STEM),
    "conv2d": ("time_log", "time", "rate", "terms", "residuals"),
}


@pytest.mark.parametrize(("operation", "tables"), [("ladder", 7), ("conv2d", 6)])
def test_text_names_every_table_and_figure(operation: str, tables: int) -> None:
    text = text_of(made_record(operation), figures=FIGURES[operation])
    prose = " ".join(line for line in text.splitlines() if not re.match(r"(Table|Figure) \d+\. |\||!", line))
    numbers = [f"Table {number}" for number in range(1, tables + 1)]
    numbers += [f"Figure {number}" for number in range(1, len(FIGURES[operation]) + 1)]
    assert [name for name in numbers if f"{name}. " not in text] == []
    assert [name for name in numbers if not re.search(rf"{name}(?![\d.])", prose)] == []
    cited = list(dict.fromkeys(re.findall(r"Figure \d", prose)))
    assert cited == sorted(cited)


def test_only_what_was_left_out_is_a_list() -> None:
    text = text_of(made_record("ladder")) + text_of(made_record())
    lists = {block.partition("\n")[0] for block in text.split("\n## ") if "\n- " in block}
    assert lists == {"What was left out, and why"}


@pytest.mark.parametrize("operation", ["conv2d", "ladder"])
def test_japanese_has_one_way_of_spaces(operation: str) -> None:
    record = made_record(operation)
    record.series[2].name = "c-simd"
    record.counts = [*record.counts, CacheCount("c-simd", 200, 1, 1, 1)] if record.counts else []
    with speaking("ja"):
        figures = draw_bench_figures(record)
        drawn = [figure for figure, _ in figures.values()] + ([draw_ladder(record)] if operation == "ladder" else [])
        texts = [found.get_text() for figure in drawn for found in figure.findobj(Text)]
        captions = {stem: caption for stem, (_, caption) in figures.items()}
        texts += to_markdown(compose_bench(record, captions)).splitlines()
        assert [text for text in texts if spaced(text) != text] == []


def test_estimated_time_is_said_to_be_one_with_how_it_was_made() -> None:
    text = text_of(made_record("ladder"))
    assert "The time of pure Python (≈) was not measured but estimated: that at N = 200, 400 ms, times the" in text
    assert "| ≈ 25,600 | – |" in text
    assert "about 50 times as fast as pure Python: borne out" in text
    title = draw_ladder(made_record("ladder")).get_suptitle()
    assert title == "N = 800: PyTorch (all threads) is about 2,000 times as fast as pure Python (estimated)"


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (0.87, "1.15 times as fast as C SIMD: within 1.2 times, borne out"),
        (1.1, "takes 1.10 times as long as C SIMD: within 1.2 times, borne out"),
        (0.5, "2.0 times as fast as C SIMD: not borne out"),
    ],
)
def test_numpy_that_should_take_as_long_is_borne_out_where_it_does(factor: float, said: str) -> None:
    record = made_record("ladder")
    record.series[2].name = "c-simd"
    for point, other in zip(record.series[3].points, record.series[2].points, strict=True):
        point.median_s = factor * other.median_s
    assert said in text_of(record)


def test_title_and_summary_name_the_same_largest_power() -> None:
    record = made_record()
    grown(record, 2, (0, 0.2, 0.4, 0.6, 0.8, 1))
    (axes,) = draw_bench_figures(record)["time"][0].axes
    assert axes.get_title(loc="left") == "Matrix product: the largest power is 3.20 ± 0.00 (C loop order)"
    assert "and 3.20 ± 0.00 with C loop order" in text_of(record)


def test_figures_have_units_and_powers_of_ten_and_a_shade_for_each_step_of_c() -> None:
    assert [plain_tick(value, 0) for value in (1e-5, 1, 100, 25)] == ["10⁻⁵", "10⁰", "10²", "25"]
    texts = [found.get_text() for found in draw_bench_figures(made_record())["rate"][0].findobj(Text)]
    assert "peak of 1 thread: 80.0 GFLOP/s" in texts
    styles = styles_of_series(["c-naive", "c-loop-order", "c-blocked", "c-simd", "c-threads"])
    assert len({style.colour for style in styles.values()}) == 5


@pytest.mark.parametrize(
    ("value", "said"), [(10063.4, "10,100"), (999.7, "1,000"), (92.1, "92.1"), (0.0001234, "0.000123")]
)
def test_times_have_three_digits(value: float, said: str) -> None:
    assert milliseconds(value / 1000) == said


def test_coefficients_have_three_digits() -> None:
    assert [signed(value) for value in (-1063757.0, 17069882.0, 105.0, 0.00008, 0)] == [
        *("−1.06×10⁶", "1.71×10⁷", "105", "8.00×10⁻⁵", "0"),
    ]


def test_record_without_a_point_is_reported_all_the_same(tmp_path: Path) -> None:
    record: BenchRecord = made_record()
    record.series, record.status = [], "interrupted"
    write_bench_report(tmp_path, record, "en")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "Nothing was measured." in text
    assert "stopped from the keyboard" in text


def test_japanese_has_no_english_sentence() -> None:
    with speaking("ja"):
        said = [*summary_sentences(made_record()), *ratio_sentences(made_record()), *left_out_sentences(made_record())]
    assert all(sentence.endswith(("。", "）")) for sentence in said)


@pytest.mark.parametrize(("at", "said"), [(10, True), (25, False), (800, False), (900, True), (None, False)])
def test_size_outside_what_was_measured_is_said_to_be_a_continuation(at: int | None, said: bool) -> None:
    record = made_record()
    record.at = at
    text = to_markdown(compose_bench(record, {}))
    assert (f"N = {at} lies outside the sizes that were measured (25 to 800)" in text) is said
