"""What a bench's report claims: no claim without those it leaves out, and none that its own numbers do not bear."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.catalogue import implementations
from mnist_lab.bench.fits import power_fit
from mnist_lab.language import Language, speaking
from mnist_lab.reports.bench.bench_figures import draw_bench_figures
from mnist_lab.reports.bench.bench_tables import checks_table
from mnist_lab.reports.bench.ladder_figure import ladder_caption
from mnist_lab.reports.style import report_style
from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


def test_polynomials_say_once_whom_they_leave_out() -> None:
    said = section(text_of(made_record()), "Which term dominates")
    out = "pure Python (4 points). What follows on errors and terms is about the others. The error is "
    assert out in said
    assert "The error of points without a part in the fit is smaller with degree 3 for all the others." in said
    assert (
        "What dominates the cubic polynomial at the largest size of each is the cubic term for all the others" in said
    )
    assert said.partition("Table 7. ")[0].count("pure Python") == 1
    japanese = section(text_of(made_record(), "ja"), "どの項が支配的か")
    assert "以下の誤差と項についての記述は、ほかの実装のものである。誤差は、2 次の多項式で" in japanese
    assert "除けば" not in japanese


def test_terms_have_one_name_in_text_and_figures() -> None:
    record = made_record("conv2d")
    with speaking("ja"), report_style():
        legend = draw_bench_figures(record)["terms"][0].legends[0]
        named = [text.get_text() for text in legend.get_texts()]
    assert named == ["定数項", "1 次の項", "2 次の項", "3 次の項"]
    text = text_of(record, "ja")
    assert "定数の項" not in text
    assert "定数項" in section(text, "どの項が支配的か")


def test_two_degrees_are_joined_in_one_japanese_sentence() -> None:
    record = made_record("conv2d")
    grown(record, 1, (0, 0, 0.3, 0.6, 1.2, 2))
    assert " 3 次のほうが小さく、" in section(text_of(record, "ja"), "どの項が支配的か")


def test_predicted_times_say_what_they_were_made_from() -> None:
    record = made_record()
    record.rounds = 2
    said = section(text_of(record), "What was left out, and why")
    assert (
        "at the time of the decision, times the ratio of the steps, and where it had grown more than the steps" in said
    )
    assert "the fastest of 2 rounds, which grow differently too, and so may lead to another time." in said
    assert "見込みと一致しないことがある）" in section(text_of(record, "ja"), "除外したものとその理由")
    record.rounds = 1
    assert "rounds" not in section(text_of(record), "What was left out, and why")


def test_transfers_are_listed_by_a_rule_that_is_stated() -> None:
    record = made_record("conv2d")
    for series in record.series:
        for point in series.points:
            point.size *= 16
    assert (
        "Of those that reach 10 % of the peak transfer rate, with operands and result of 256 MiB and more together, "
        "nearer to that peak than to the peak of arithmetic come "
    ) in (said := section(text_of(record), "Results"))
    assert "Below 10 % the transfer is no limit, and of less than 256 MiB a cache may hold much" in said


def test_wide_times_are_named_once_and_their_ratios_are_of_a_size_with_trusted_times() -> None:
    record = made_record()
    wide = record.series[2].points
    wide[0].high_s, wide[-1].high_s = 1.3 * wide[0].median_s, 1.21 * wide[-1].median_s
    record.series[2].name = "c-simd"
    text = text_of(record)
    assert "more than 10 % of the median: C SIMD (N = 800: 22 %)." in section(text, "Results")
    assert "none of these uses, 1 have an interquartile range above 10 % (data/times.csv)" in section(text, "Results")
    assert text.count("22 %") == 1
    assert "| C SIMD | C naive | 1 / 1 | 400 | 2.50 |" in text
    assert "C SIMD is 2.50 times as fast as C naive (N = 400, 1 thread each)" in section(text, "Summary")
    assert "‡" not in text
    assert "C（SIMD 命令）（N = 800 で 22 %）" in section(text_of(record, "ja"), "結果")
    assert "more than 10 %" not in text_of(made_record())


def test_wide_times_are_counted_as_a_reader_of_the_data_counts_them() -> None:
    record = made_record()
    for place, share in ((0, 0.104), (1, 0.1001), (2, 0.0999)):
        for point in record.series[place + 1].points[-1:]:
            point.low_s, point.high_s = point.median_s, (1 + share) * point.median_s
    said = section(text_of(record), "Results")
    assert "more than 10 % of the median: C naive (N = 800: 10.4 %) and C loop order (N = 800: 10.01 %)." in said


def test_ratio_without_a_size_of_trusted_times_has_one_digit_and_says_so() -> None:
    record = made_record()
    once, wide, _, disturbed = record.series[1].points[-4:]
    once.repeats, disturbed.others_cpu, wide.high_s = 1, 0.4, 1.2 * wide.median_s
    text = text_of(record)
    assert "| NumPy (1 thread) | C naive | 1 / 1 | 400 | 20.0 |" in text
    assert "NumPy (1 thread) is 20.0 times as fast as C naive (N = 400, 1 thread each)" in section(text, "Summary")
    assert "(repeated, with an interquartile range of at most 10 % of the median, and not disturbed" in text
    assert "‡" not in text
    for point in record.series[1].points[2:]:
        point.others_cpu, point.repeats = 0.0, 1
    text = text_of(record)
    assert "| NumPy (1 thread) | C naive | 1 / 1 | 800 | 20‡ |" in text
    assert "| C naive | pure Python | 1 / 1 | 50 | 50.0 |" in text
    assert "‡: there is no such size; the ratio at the largest size of both, with one digit." in text
    said = "NumPy (1 thread) is about 20 times as fast as C naive (uncertain, N = 800, 1 thread each)"
    assert said in section(text, "Summary")
    assert "（不確か、N = 800、どちらも 1 スレッド）" in section(text_of(record, "ja"), "要約")
    for point in record.series[1].points:
        point.others_cpu, point.repeats, point.high_s = 0.4, 5, 1.01 * point.median_s
    text = text_of(record)
    assert "| NumPy (1 thread) | C naive | 1 / 1 | 800 | 20.0† |" in text
    assert "†: there is no such size, and other programs disturbed a time of the largest of both." in text


def test_titles_that_leave_out_a_disturbed_time_say_so() -> None:
    record = made_record()
    for stem in ("time", "rate"):
        (axes,) = draw_bench_figures(record)[stem][0].axes
        assert "†" not in axes.get_title("left")
    for point in record.series[1].points:
        point.others_cpu = 0.4
    for stem in ("time", "rate"):
        (axes,) = draw_bench_figures(record)[stem][0].axes
        assert axes.get_title("left").endswith(" (without †)")


def test_memory_that_is_needed_is_said_to_be_more_than_the_matrices() -> None:
    record = made_record()
    said = section(text_of(record), "What was left out, and why")
    # 3 · 1,600² · 8 bytes are 0.057 GiB.
    assert "Operands and result in float64 take 0.1 GiB at N = 1,600 of it; the rest is " in said
    assert "Of the free memory 80 % may be used." in said
    assert "写しを作らない実装についても" in text_of(record, "ja")
    assert record.series[-1].stop is not None
    record.series[-1].stop.needed = 1.0
    assert "Operands and result in float64 take" not in text_of(record)


@pytest.mark.parametrize(
    ("caches", "said"),
    [(None, "not recorded"), ("", "unknown: the system does not tell"), ("L1d 48 KiB", "L1d 48 KiB")],
)
def test_sizes_of_the_caches_stand_with_the_machine(caches: str | None, said: str) -> None:
    record = made_record()
    record.machine |= {} if caches is None else {"caches": caches}
    assert f"| cache sizes (of one core) | {said} |" in text_of(record)


def test_figures_are_read_with_their_numbers() -> None:
    record = made_record("conv2d")
    grown(record, 1, (0, 0, 0, 0, 0, 1.5))
    text = text_of(record, figures=("time_log", "time", "rate", "terms", "residuals"))
    said = section(text, "Results")
    # 5e-8 · 200² and 5e-11 · 200² + 1e-6 s.
    assert (
        "the largest at which all were measured, pure Python takes 667 times the time of NumPy (1 thread) (2.00 a"
        in said
    )
    assert (
        "In Figure 2 the highest point is that of pure Python at N = 200, 2.00 ms, beside 0.500 ms (25 % of it) at N"
        in (said)
    )
    assert (
        "18 of the 28 points are lower than 1 % of it and lie on the axis, so that they are to be read in Figure 1."
        in (said)
    )
    assert "fall from their highest rate to the largest size, so that a step takes more than 1.25 times as long" in said
    assert ": C naive from 17.8 GFLOP/s at N = 400 to 6.33 at N = 800. That large" in said
    terms = section(text, "Which term dominates")
    assert "In Figure 5 the largest residual of degree 2 is that of C naive at N = " in terms
    assert "(Figure 4)" in terms


def test_title_says_that_powers_in_brackets_are_no_part_of_its_range() -> None:
    record = made_record()
    grown(record, 1, (0, 0, 0, 2, 0, 2))
    (axes,) = draw_bench_figures(record)["time_log"][0].axes
    assert axes.get_title("left").endswith(", the steps 3\n(without the powers in brackets: not told)")
    assert "C naive: power (3.40)" in axes.get_legend_handles_labels()[1]
    assert "C loop order: power 3.00" in axes.get_legend_handles_labels()[1]
    record.series[2].points[-1].others_cpu = 0.4
    (axes,) = draw_bench_figures(record)["time_log"][0].axes
    assert axes.get_title("left").endswith("(without the powers in brackets: not told and disturbed)")
    (axes,) = draw_bench_figures(made_record())["time_log"][0].axes
    assert "\n" not in axes.get_title("left")


def test_threads_that_are_slower_at_small_sizes_are_named_with_a_hypothesis() -> None:
    record = made_record()
    assert "can take longer" not in text_of(record)
    record.series[3].name = "torch-1"
    for point in record.series[4].points[:2]:
        point.median_s = point.low_s = point.high_s = 4e-5
    said = section(text_of(record), "Results")
    assert (
        "At small sizes more threads can take longer than one: PyTorch (all threads) takes 22.5 "
        "times the time of PyTorch (1 thread) at N = 25 (0.0400 against 0.00178 ms, more than 1.2 times up to N = 50). "
        "A hypothesis, not tested here: "
    ) in said


def test_bars_of_the_ladder_are_not_read_by_their_length() -> None:
    assert "the length of a bar is not its time" in ladder_caption()
    with speaking("ja"):
        assert "棒の長さは時間に比例しない" in ladder_caption()
    assert "1 つずつ" not in section(text_of(made_record("ladder"), "ja"), "要約")


def test_power_is_called_other_than_the_steps_only_where_the_corrected_interval_misses_it() -> None:
    record = made_record()
    fit = power_fit(record.series[1].points)
    assert fit is not None
    assert fit.half(1) == pytest.approx(fit.high - fit.exponent)
    record.series = record.series[1:3]
    grown(record, 0, (0, 0, 0, 0.1, 0.13, 0.3))
    text = text_of(record)
    assert (
        "The run time grows as N to the power 3.09 with C naive: the interval does not hold 3, but once corrected "
        "for 2 "
        "intervals it does, so that it cannot be told apart from N to the power 3."
    ) in section(text, "Summary")
    assert "faster than" not in section(text, "Summary")
    assert "Where the power differs" not in text
    assert "2 intervals of 95 % are read at once in Table 4: " in section(text, "What this report cannot know")
    marked = made_record()
    marked.series[1].points[-1].others_cpu = 0.4
    assert "4 intervals of 95 % are read at once in Table 4 (without †): " in text_of(marked)
    assert "では、† を除く 4 個の 95 % 信頼区間を" in text_of(marked, "ja")
    record.series = record.series[:1]
    text = text_of(record)
    assert "3.09 with C naive: faster than N to the power 3" in section(text, "Summary")
    assert "are read at once" not in text
    assert "区別できない" in text_of(made_close(), "ja")


def made_close() -> BenchRecord:
    record = made_record()
    grown(record, 1, (0, 0, 0, 0.1, 0.13, 0.3))
    return record


@pytest.mark.parametrize("operation", ["matmul", "conv2d", "ladder"])
def test_table_says_what_each_implementation_does(operation: str) -> None:
    record = made_record(operation)
    record.series = [replace(record.series[1], name=entry.name) for entry in implementations(operation)]
    record.series += [replace(record.series[1], name=name) for name in ("mine.py:product", "mine.c")]
    for language in get_args(Language):
        with speaking(language):
            table = checks_table(record)
        said = [row[1] for row in table.rows]
        assert all(said)
        assert len(set(said)) == len(said)
        assert "mine.py" in said[-2]
        assert "mine.c" in said[-1]


def test_summary_names_the_share_of_the_peak_and_the_dominant_term() -> None:
    record = made_record()
    said = section(text_of(record), "Summary")
    assert (
        "At the largest size of each, the share of the measured peak is highest with NumPy (1 thread) and PyTorch (all "
        "threads), 50 %, and lowest with pure Python, 0.050 % (Table 5). "
    ) in said
    assert (
        "The dominant term of the cubic polynomial there is the cubic term for C naive, C loop order, NumPy (1 thread) "
        "and PyTorch (all threads) (100 %) (Table 7; without pure Python, whose points are too few)."
    ) in said
    record.series[1].points[-1].others_cpu = 0.4
    said = section(text_of(record), "Summary")
    assert "there is the cubic term for C loop order, NumPy" in said
    assert "and C naive, one of whose times was disturbed)" in said
    ladder = section(text_of(made_record("ladder")), "Summary")
    assert "the share of the measured peak is highest" in ladder
    assert "dominant term" not in ladder
    japanese = section(text_of(made_record(), "ja"), "要約")
    assert "最も大きな項は、" in japanese
    assert "最大性能に対する割合が最も高いのは" in japanese


def test_ladder_has_two_digits_of_a_time_that_spreads() -> None:
    record = made_record("ladder")
    record.series[2].name = "c-simd"
    record.series[1].points[-1].high_s *= 1.2
    text = text_of(record)
    assert "2.5 times as fast as C naive" not in section(text, "Summary")
    assert "or measured only once, have two digits." in text
    assert "C naive takes 20 times as long as NumPy" in text
