"""A bench's report: its sentences, tables and figures, in both languages, the same bytes each time."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.legend import Legend
from matplotlib.text import Text

from mnist_lab.bench.bench_record import BenchRecord, CacheCount
from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.bench.bench_axes import plain_tick
from mnist_lab.reports.bench.bench_content import compose_bench
from mnist_lab.reports.bench.bench_csv import bench_data
from mnist_lab.reports.bench.bench_figures import draw_bench_figures
from mnist_lab.reports.bench.bench_left_out import left_out_sentences
from mnist_lab.reports.bench.bench_report import BENCH_FILES, write_bench_report
from mnist_lab.reports.bench.bench_sentences import (
    disturbed_sentence,
    ratio_sentences,
)
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.bench_summary import summary_paragraphs
from mnist_lab.reports.bench.bench_tables import (
    checks_table,
    growth_table,
    rate_table,
    ratio_table,
    short_table,
    times_table,
)
from mnist_lab.reports.bench.bench_words import milliseconds, signed
from mnist_lab.reports.bench.ladder_figure import LADDER_STEM, draw_ladder
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.style import report_style
from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


def test_ratios_are_of_the_largest_common_size() -> None:
    said = ratio_sentences(made_record())
    assert "C naive is 50.0 times as fast as pure Python at N = 200 (1 thread)." in said
    (torch,) = (sentence for sentence in said if "1.0 cores busy" in sentence and "NumPy (1" in sentence)
    assert torch.startswith("PyTorch (all threads) is 2.00 times as fast as NumPy (1 thread) at N = 800")
    assert torch.endswith("(on 2 threads, 1.0 cores busy).")


def test_equal_times_are_no_ratio() -> None:
    record = made_record()
    record.series[4].points = record.series[3].points
    (said,) = (sentence for sentence in ratio_sentences(record) if sentence.startswith("PyTorch"))
    assert said.startswith(
        "PyTorch (all threads) and NumPy (1 thread) are about equally fast at N = 800 (< 1 % apart, within the spread "
    )


def test_time_that_grows_far_more_than_the_steps_is_named() -> None:
    record = made_record()
    assert "From one size to the next" not in text_of(record)
    grown(record, 1, (0, 0, 0, 0, 0, 1.1))
    said = section(text_of(record), "Results")
    assert (
        "for C naive from N = 400 to 800 (64.0 to 1,100 ms, 17 times; the steps 8.0 times; a matrix of 1.2 MiB becomes "
        "one of 4.9 MiB) (Table 3). The interquartile ranges of these times are at most "
    ) in said


def test_disturbed_time_is_marked_and_no_part_of_the_summary() -> None:
    record = made_record()
    record.series[1].points[-1].others_cpu = 0.4
    text = text_of(record, figures=("rate",))
    assert "Nothing is said here of the power of C naive" in section(text, "Summary")
    assert "(N = 800)" not in section(text, "Summary")
    rows = [line for line in section(text, "Results").splitlines() if line.startswith("| C naive |")]
    assert "the highest of those without †, 50 %, is that of NumPy (1 thread) and PyTorch (all threads), " in section(
        text, "Results"
    )
    assert "512† |" in rows[0]
    assert "| 3.00 ± 0.00† |" in rows[1]
    assert "| 2.00† | 2.5† | 0.0300† | 0.25† | 1.0 |" in rows[2]
    assert "†" not in text_of(made_record())


def test_everything_left_out_has_its_reason() -> None:
    record = made_record()
    record.status = "interrupted"
    assert left_out_sentences(record) == [
        "CuPy fp32 (its own functions): left out, since CuPy is not installed.",
        "C SIMD: left out, since the C compiler failed: error: no such flag",
        "pure Python: N = 400 and above left out: a call would take about 3.20 s, and 2.00 s are allowed.",
        "PyTorch (all threads): N = 1,600 and above left out: the matrices would take 9.0 GiB, and 8.0 GiB are free.",
        "The measurement was stopped; what was measured until then is all there is.",
    ]


def test_disturbed_times_are_named() -> None:
    record = made_record()
    assert disturbed_sentence(record.measured) is None
    record.series[1].points[2].others_cpu = 0.4
    assert disturbed_sentence(record.measured) == (
        "Other programs took up to 40 % of the processor meanwhile; the times with more than 5 % are not to be "
        "trusted: C naive (N = 100)."
    )


def test_tables_have_units_and_significant_digits() -> None:
    record = made_record()
    times = times_table(record)
    assert times.headings[1:3] == ("N = 25 [ms]", "N = 50 [ms]")
    assert times.rows[1] == ["C naive", "0.0156", "0.125", "1.00", "8.00", "64.0", "512"]
    growth = growth_table(record)
    # 2 · 800³ operations in 0.512 s are 2 GFLOP/s, of 80 with one thread; 3 · 800² · 8 bytes.
    assert growth.rows[1] == ["C naive", "100 to 800", "4", "3.00 ± 0.00", "3", "1.00 → 1.00"]
    assert rate_table(record).rows[1] == ["C naive", "800", "2.00", "2.5", "0.0300", "0.25", "1.0"]
    assert rate_table(record).rows[4][3] == "50"
    assert short_table(record).rows[1][:3] == ["C naive", "800", "512"]


def test_gpus_share_of_the_processors_peak_is_not_given() -> None:
    record = made_record()
    record.series[4].name = "cuda-fp32"
    assert [rate_table(record).rows[4][column] for column in (3, 5)] == ["–", "–"]


def test_gpus_work_is_not_said_to_be_that_of_threads() -> None:
    record = made_record()
    record.series[3].name, record.series[4].name, record.series[4].threads = "torch", "cuda-fp32", 16
    assert checks_table(record).rows[4][2] == "GPU"
    ratios = ratio_table(record)
    assert ratios is not None
    assert ratios.rows[-1][:3] == ["PyTorch CUDA fp32", "PyTorch (all threads)", "GPU / 1"]
    assert ratio_sentences(record)[-1].endswith("(on the GPU).")


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


@pytest.mark.parametrize(("operation", "tables"), [("ladder", 8), ("conv2d", 7)])
def test_text_names_every_table_and_figure(operation: str, tables: int) -> None:
    text = text_of(made_record(operation), figures=FIGURES[operation])
    prose = " ".join(line for line in text.splitlines() if not re.match(r"(Table|Figure) \d+\. |\||!", line))
    numbers = [f"Table {number}" for number in range(1, tables + 1)]
    numbers += [f"Figure {number}" for number in range(1, len(FIGURES[operation]) + 1)]
    assert [name for name in numbers if f"{name}. " not in text] == []
    assert [name for name in numbers if not re.search(rf"{name}(?![\d.])", prose)] == []
    cited = list(dict.fromkeys(re.findall(r"Figure \d", prose)))
    assert cited == sorted(cited)


def test_nothing_is_a_list() -> None:
    assert "\n- " not in text_of(made_record("ladder")) + text_of(made_record())


def test_what_was_left_out_is_prose_that_names_the_limit_once() -> None:
    said = section(text_of(made_record()), "What was left out, and why")
    assert "CuPy fp32 (its own functions) was left out, since CuPy is not installed. C SIMD was left out, since" in said
    assert (
        "take more than 2.00 s were not measured: N = 400 and above for pure Python (about 3.20 s). These times were"
        in said
    )
    assert "N = 1,600 and above for PyTorch (all threads) (9.0 GiB needed, 8.0 GiB free)." in said


def test_report_has_lines_for_the_writers_name() -> None:
    assert "Student number: " in text_of(made_record()).partition("## Summary")[0]


@pytest.mark.parametrize("operation", ["conv2d", "ladder"])
def test_japanese_has_one_way_of_spaces(operation: str) -> None:
    record = made_record(operation)
    record.series[2].name = "c-simd"
    record.counts = [*record.counts, CacheCount("c-simd", 200, 1, 1, 1)] if record.counts else []
    with speaking("ja"), report_style():
        figures = draw_bench_figures(record)
        drawn = [figure for figure, _ in figures.values()] + ([draw_ladder(record)] if operation == "ladder" else [])
        texts = [found.get_text() for figure in drawn for found in figure.findobj(Text)]
        captions = {stem: caption for stem, (_, caption) in figures.items()}
        texts += to_markdown(compose_bench(record, captions)).splitlines()
        assert [text for text in texts if spaced(text) != text] == []


def titles(record: BenchRecord) -> dict[str, str]:
    return {
        stem: " ".join(axes.get_title(loc="left") for axes in figure.axes) + figure.get_suptitle()
        for stem, (figure, _) in draw_bench_figures(record).items()
    }


def test_titles_say_what_can_be_read_off() -> None:
    said = titles(made_record())
    assert said["time_log"] == "Matrix product: the time grows as N to the power 2.97 to 3.00, the steps 3"
    assert said["time"] == "N = 200: pure Python takes 1,980 times as long as PyTorch (all threads)"
    assert said["rate"] == "Matrix product: 0.050 to 50 % of the peak at the largest size"
    assert "degree 2 misses by up to 67 %" in said["residuals"]


def test_power_that_cannot_be_told_is_in_no_title() -> None:
    record = made_record()
    grown(record, 1, (0, 0, 0, 2, 0, 2))
    said = titles(record)["time_log"]
    assert said.startswith("Matrix product: the time grows as N to the power 2.97 to 3.00, the steps 3\n")


@pytest.mark.parametrize("operation", ["matmul", "ladder"])
def test_no_text_of_a_figure_is_cut_off(operation: str) -> None:
    record = made_record(operation)
    for place, name in enumerate(("python", "numpy-1", "numpy", "torch", "cuda-fp32")):
        record.series[place].name = name
    with speaking("ja"), report_style():
        for stem, (figure, _) in draw_bench_figures(record).items():
            figure.savefig(io.BytesIO(), format="svg")
            texts = [text for legend in figure.findobj(Legend) for text in legend.get_texts()]
            texts += [
                text for axes in figure.axes for text in axes.findobj(Text) if text.get_text() == axes.get_title("left")
            ]
            boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
            assert [text for text, box in boxes if box.x0 < 0 or box.x1 > figure.bbox.x1] == [], stem


def test_disturbed_time_is_marked_in_every_figure() -> None:
    record = made_record()
    record.series[1].points[-1].others_cpu = 0.4
    for stem, (figure, caption) in draw_bench_figures(record).items():
        assert any("C naive†" in found.get_text() for found in figure.findobj(Text)), stem
        assert "†: one of the times was disturbed" in caption


def test_run_times_are_in_ms_in_the_figures_as_in_the_tables() -> None:
    record = made_record("ladder")
    drawn = draw_bench_figures(record)
    for stem in ("time_log", "time"):
        (axes,) = drawn[stem][0].axes
        assert axes.get_ylabel().startswith("run time [ms]")
        assert any(512 in np.asarray(line.get_ydata()) for line in axes.lines)
    ladder = draw_ladder(record)
    assert ladder.axes[0].get_xlabel() == "run time [ms], logarithmic"
    assert "512 ms" in [found.get_text() for found in ladder.findobj(Text)]


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
    assert "measurement was stopped" in text


def test_japanese_has_no_english_sentence() -> None:
    with speaking("ja"):
        said = [
            *itertools.chain(*summary_paragraphs(made_record())),
            *ratio_sentences(made_record()),
            *left_out_sentences(made_record()),
        ]
    assert all(sentence.endswith(("。", "）")) for sentence in said)


@pytest.mark.parametrize(("at", "said"), [(10, True), (25, False), (800, False), (900, True), (None, False)])
def test_size_outside_what_was_measured_is_said_to_be_a_continuation(at: int | None, said: bool) -> None:
    record = made_record()
    record.at = at
    text = to_markdown(compose_bench(record, {}))
    assert (f"N = {at} lies outside the sizes that were measured (25 to 800)" in text) is said


def test_data_has_the_medians_of_all_rounds() -> None:
    record = made_record()
    record.series[1].points[0].rounds_s = [0.5, 0.25]
    assert "quartiles, medians of all rounds and shares" in times_table(record).caption
    assert "rounds" not in times_table(made_record()).caption
    rows = bench_data(record)["times.csv"].decode("utf-8-sig").splitlines()
    assert rows[0].endswith(",medians_of_rounds_s")
    assert [row.rpartition(",")[2] for row in rows[1:]].count("0.5 0.25") == 1


def test_conditions_say_why_the_compilers_own_vectors_are_off() -> None:
    record = made_record()
    assert "own vectorising" not in text_of(record)
    record.machine["flags"] = "-O3 -march=native -fno-tree-vectorize -fno-tree-slp-vectorize"
    said = section(text_of(record), "Conditions")
    assert "own vectorising is switched off (-fno-tree-vectorize -fno-tree-slp-vectorize), so that the versions" in said
    assert "自動ベクトル化は無効にした" in section(text_of(record, "ja"), "条件")


def test_blas_is_spelled_out_where_it_is_named() -> None:
    assert text_of(made_record()).count("BLAS (Basic Linear Algebra Subprograms) is the library") == 1
    assert "Subprograms" not in text_of(made_record("conv2d"))
