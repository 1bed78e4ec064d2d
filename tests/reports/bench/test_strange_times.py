"""Times that do not go as the steps do: each is named with its figures, and claimed no more strongly than they bear."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.reports.bench.bench_words import milliseconds
from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


def made_jump(operation: str = "matmul", power: float = 1.1) -> BenchRecord:
    record = made_record(operation)
    grown(record, 1, (0, 0, 0, 0, 0, power))
    return record


def test_jump_of_a_single_timing_is_not_claimed() -> None:
    record = made_jump()
    last = record.series[1].points[-1]
    last.low_s = last.high_s = last.median_s
    last.repeats, record.rounds = 1, 2
    text = text_of(record)
    assert "does not explain the jump" not in text
    assert "From one size to the next" not in text
    assert (
        "With a time that was measured only once (C naive (N = 800), the faster of 2 rounds), the time grew more than "
        "2 times as much as the number of steps for C naive from N = 400 to 800 "
    ) in text
    assert "cannot tell a real jump from something that slowed the machine" in text
    assert "A jump that is real may come from" in text
    said = "Measured only once in the round that counts (1 repeat), and so without quartiles: C naive (N = 800)."
    assert said in section(text, "Conditions")
    assert "C（そのまま）（N = 800）" in section(text_of(record, "ja"), "条件")
    assert "Measured only once" not in text_of(made_record())


@pytest.mark.parametrize(
    ("before_s", "said", "held"),
    [
        ((0.064, 0.066), "It is more than 2 times as much with whichever round's times: that the machine", True),
        ((0.064, 0.09), "It is not more than 2 times as much with every round's times, so that chance", False),
    ],
)
def test_jump_of_a_time_without_repeats_is_held_against_all_rounds(
    before_s: Sequence[float], said: str, *, held: bool
) -> None:
    record = made_jump()
    before, last = record.series[1].points[-2:]
    last.repeats, record.rounds = 1, 2
    before.rounds_s, last.rounds_s = [*before_s], [1.2, last.median_s]
    text = text_of(record)
    assert "cannot tell a real jump" not in text
    assert "minutes apart, gave " in text
    assert f"64.0 and {milliseconds(before_s[1])} ms with C naive at N = 400 and 1,200 and 1,100 ms with C n" in text
    assert said in text
    assert ("A jump that is real may come from" not in text) is held
    assert "C（そのまま）の N = 800 で 1,200 ms と 1,100 ms である。" in text_of(record, "ja")
    before.rounds_s, last.rounds_s = [*before_s], []
    assert "cannot tell a real jump" in text_of(record)


def test_cause_of_a_jump_is_a_supposition_beside_the_caches() -> None:
    record = made_jump()
    assert "which would bear it out or not, are unknown (Table 2)" in text_of(record)
    record.machine["caches"] = "L1d 48 KiB"
    assert "the sizes of the processor's caches (Table 2) can bear it out, and were not varied here" in text_of(record)


def test_jump_of_a_convolution_in_pytorch_is_held_against_what_it_writes_out() -> None:
    record = made_jump("conv2d")
    assert "neighbours that it writes out, nine times the matrix: 11" not in text_of(record)
    record.series[1].name = "torch-1"
    # 9 · 398² · 8 and 9 · 798² · 8 bytes.
    assert "neighbours that it writes out, nine times the matrix: 11 MiB at N = 400 and 44 MiB at N = 800." in text_of(
        record
    )


@pytest.mark.parametrize(("slowest_s", "said"), [(1e-6, "is faster than the fastest at the"), (9e-6, "overlap, so")])
def test_time_without_repeats_that_falls_is_held_against_all_rounds(slowest_s: float, said: str) -> None:
    record = made_record()
    first, second = record.series[1].points[:2]
    first.median_s, second.median_s, second.repeats = 2e-6, 9e-7, 1
    first.rounds_s, second.rounds_s = [2e-6, 3e-6], [9e-7, slowest_s]
    assert said in text_of(record)


@pytest.mark.parametrize(
    ("high", "repeats", "said"),
    [
        (1.01, 5, "of the two do not overlap."),
        (9.0, 5, "overlap, so that it may be"),
        (1.01, 1, "measured only once, so"),
    ],
)
def test_time_that_falls_with_the_size_is_named(high: float, repeats: int, said: str) -> None:
    record = made_record()
    assert "the time falls" not in text_of(record)
    grown(record, 4, (0, -3, -6, -9, -12, -12))
    point = record.series[4].points[1]
    point.median_s = 0.5 * record.series[4].points[0].median_s
    point.low_s, point.high_s, point.repeats = point.median_s, high * point.median_s, repeats
    text = section(text_of(record), "Results")
    assert (
        "With PyTorch (all threads) the time falls from 0.00239 ms at N = 25 to 0.00120 ms at N = 50 (Table 3);" in text
    )
    assert said in text
    assert "that of starting the threads" in text


def test_change_that_makes_it_slower_is_named_with_a_possible_reason() -> None:
    for operation, why in (("conv2d", "written nine times"), ("matmul", "the change costs more time than it saves")):
        record = made_record(operation)
        assert "though changed to be faster" not in text_of(record)
        for point, other in list(zip(record.series[2].points, record.series[1].points, strict=True))[2:]:
            point.median_s = 1.5 * other.median_s
            point.low_s = point.high_s = point.median_s
        text = section(text_of(record), "Results")
        assert (
            "C loop order, though changed to be faster, is slower than C naive beyond the spread of the repeats at N = "
            "100 to 800: it takes up to 1.50 times the time, at N = "
        ) in text
        assert why in text


def test_change_that_is_no_faster_than_an_earlier_version_is_named() -> None:
    record = made_record("conv2d")
    record.series[3].name = "c-blocked"
    naive, slower, blocked = record.series[1:4]
    for point, other, third in zip(naive.points, slower.points, blocked.points, strict=True):
        for entry, factor in ((other, 1.5), (third, 1.01)):
            entry.median_s, entry.low_s, entry.high_s = (
                factor * time_s for time_s in (point.median_s, point.low_s, point.high_s)
            )
    said = section(text_of(record), "Results")
    assert "C loop order, though changed to be faster, is slower than C naive beyond the spread" in said
    assert "C blocked, though changed to be faster, is no faster than C naive at N = 25 to 800 (Table 3): the" in said
    assert "stay in a cache without strips too" in said
    blocked.points[1].low_s = blocked.points[1].high_s = blocked.points[1].median_s = 1.2 * naive.points[1].median_s
    said = section(text_of(record), "Results")
    assert "is slower than C naive beyond the spread of the repeats at N = 50: it takes up to 1.20 times" in said
    assert "Nor is C blocked faster than C naive at N = 25 and 100 to 800, where the inter" in said
    for point in blocked.points[1:]:
        point.median_s = point.low_s = point.high_s = 0.5 * point.median_s
    assert "no faster" not in text_of(record)


def test_rate_of_a_time_measured_once_is_said_to_be_one() -> None:
    record = made_jump()
    record.series[1].points[-1].repeats = 1
    assert " to 0.933 at N = 800 (without repeats)" in text_of(record, figures=("rate",))


def test_library_that_is_slower_than_a_simpler_version_has_a_possible_reason() -> None:
    record = made_record("conv2d")
    assert "is thought to be since" not in text_of(record)
    record.series[3], record.series[4] = record.series[4], record.series[3]
    record.series[3].name, record.series[4].name = "numpy-1", "torch"
    said = section(text_of(record), "Results")
    assert (
        "That PyTorch (all threads) (N = 800) takes longer than NumPy (1 thread) is thought to be since PyTorch writes "
        "each value's 9 neighbours out"
    ) in said
    assert "thought to be since" not in text_of(made_record("matmul"))
