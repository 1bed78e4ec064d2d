"""The ladder's report: why C alone is not enough, each rung's check, and what the simulated cache says of it."""

from __future__ import annotations

import pytest

from mnist_lab.bench.bench_record import CacheCount
from mnist_lab.reports.bench.ladder_figure import draw_ladder
from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


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
        (0.5, "2.00 times as fast as C SIMD: not borne out"),
    ],
)
def test_numpy_that_should_take_as_long_is_borne_out_where_it_does(factor: float, said: str) -> None:
    record = made_record("ladder")
    record.series[2].name = "c-simd"
    for point, other in zip(record.series[3].points, record.series[2].points, strict=True):
        point.median_s = factor * other.median_s
    assert said in text_of(record)


def test_summary_says_why_c_alone_is_not_enough() -> None:
    text = text_of(made_record("ladder"))
    said = section(text, "Summary")
    assert text.startswith("# Matrix size and run time: the matrix product from Python to NumPy, rung by rung")
    assert "C naive takes 20.0 times as long as NumPy: writing the same three loops in C is not enough (T" in said
    assert "C loop order (fewer cache misses) became 2.50 times as fast as the rung before." in said
    assert "キャッシュミスを減らした C（ループの順序）は前の段の 2.50 倍" in section(
        text_of(made_record("ladder"), "ja"), "要約"
    )
    assert "C loop order takes 8.00 times the time of NumPy." in said


def test_report_says_why_it_has_no_polynomials() -> None:
    record = made_record("ladder")
    assert "the ladder compares the rungs at one size" in text_of(record)
    for series in record.series:
        series.points = series.points[-4:]
    assert "4 points are too few to tell a quadratic from a cubic one, which takes 6." in text_of(record)


def test_counts_of_the_cache_are_held_against_the_hypotheses() -> None:
    record = made_record("ladder")
    record.counts = [
        CacheCount("c-naive", 200, 16_000_000, 9_000_000, 1_000_000),
        CacheCount("c-loop-order", 200, 24_000_000, 1_000_000, 1_000_000),
        CacheCount("c-blocked", 200, 18_000_000, 600_000, 40_000),
        CacheCount("c-simd", 200, 17_500_000, 400_000, 40_000),
    ]
    said = section(text_of(record), "The ladder, rung by rung")
    assert (
        "the misses of the first-level cache go from 9.00 to 1.00 million, by a factor of 9.0, which bears out" in said
    )
    assert (
        "the misses of the last-level cache go from 1.000 to 0.040 million, by a factor of 25, which bears out" in said
    )
    assert (
        "From C naive to C loop order, the reads and writes rise from 16.0 to 24.0 million, it is thought since" in said
    )
    assert "the reads and writes go from 18.0 to 17.5 million, which does not bear out the hypothesis." in said
    assert "does not tell them apart" not in said
    record.counts[3].data_refs = 1_750_000
    said = section(text_of(record), "The ladder, rung by rung")
    assert "which bears out the hypothesis. Vectors and registers both lower that count, which does not tell" in said


def test_rung_that_changes_several_things_is_borne_out_for_all_of_them_together() -> None:
    record = made_record("ladder")
    record.series[1].name, record.series[2].name = "c-blocked", "c-simd"
    text = text_of(record)
    said = "2.50 times as fast as C blocked: borne out for vector width, registers and packing together, which this "
    assert said in text
    assert "（ベクトル幅、レジスタ、並べ替えを合わせた効果であり、" in text_of(record, "ja")
    for point, other in zip(record.series[2].points, record.series[1].points, strict=True):
        point.median_s = other.median_s
    assert "about as fast as C blocked (1.00 times, less than 1.2): not borne out at this size" in text_of(record)


def test_lost_rate_is_read_beside_the_counted_misses() -> None:
    record = made_record("ladder")
    grown(record, 1, (0, 0, 0, 0, 0, 1.1))
    said = section(text_of(record, figures=("rate",)), "Results")
    assert (
        "is a possible reason: in a simulated cache, 50 % with C naive of the reads and writes missed the first level "
        "(Table 8); the misses of the real one were not counted, so that it remains a supposition."
    ) in said
    record.counts = []
    assert "is a possible reason, not tested here." in text_of(record, figures=("rate",))


def test_share_of_misses_that_rises_is_named_with_its_counts() -> None:
    record = made_record("ladder")
    record.counts = [
        CacheCount("c-blocked", 200, 18_400_000, 630_000, 37_000),
        CacheCount("c-simd", 200, 1_745_000, 383_000, 45_000),
    ]
    said = section(text_of(record), "The ladder, rung by rung")
    assert (
        "The share of reads and writes that miss the first-level cache rises from 3.4 to 22 % from C blocked to C "
        "SIMD: the misses go from 0.63 to 0.38 million, the reads and writes from 18.4 to 1.7 million. The "
        "misses fall too, but "
    ) in said
    assert "the misses of the last-level cache rise from 0.037 to 0.045 million, it is thought since a and b" in said
    record.counts[1].first_misses, record.counts[1].last_misses = 50_000, 30_000
    said = section(text_of(record), "The ladder, rung by rung")
    assert "rise" not in said


def test_figure_of_the_rungs_is_read() -> None:
    said = text_of(made_record("ladder"), figures=("ladder",))
    assert (
        "In Figure 1 the bars end between ≈ 25,600 ms with pure Python and 12.8 ms with PyTorch (all threads); the "
        "largest step, about 50 times, is that from pure Python to C naive."
    ) in said
