"""What a bench's report claims: no claim without those it leaves out, and none that its own numbers do not bear."""

from __future__ import annotations

from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


def test_polynomials_say_in_each_sentence_whom_they_leave_out() -> None:
    said = section(text_of(made_record()), "Which term dominates")
    out = "Without pure Python, which has too few points"
    assert f"{out}, the error is " in said
    assert f"{out}, the error of points without a part in the fit is smaller with degree 3 for all the others." in said
    assert f"{out}, what dominates the cubic polynomial at the largest size of each is the cubic term for all the" in said
    assert said.count(out) == 5
    japanese = section(text_of(made_record(), "ja"), "どの項が支配的か")
    assert "点の少ない Python（ライブラリなし）を除けば、誤差は、2 次の多項式で" in japanese


def test_two_degrees_are_joined_in_one_japanese_sentence() -> None:
    record = made_record("conv2d")
    grown(record, 1, (0, 0, 0.3, 0.6, 1.2, 2))
    assert " 3 次のほうが小さく、" in section(text_of(record, "ja"), "どの項が支配的か")


def test_jump_to_a_time_measured_once_is_not_held_against_its_spread() -> None:
    record = made_record()
    grown(record, 1, (0, 0, 0, 0, 0, 1.1))
    last = record.series[1].points[-1]
    last.low_s = last.high_s = last.median_s
    last.repeats = 1
    text = text_of(record)
    assert "does not explain the jump" not in text
    assert "Measured only once, so that nothing is known of its spread, was the time of C naive (N = 800)." in text
    assert "Measured only once (1 repeat), and so without quartiles: C naive (N = 800)." in section(text, "Conditions")
    assert "C（そのまま）（N = 800）" in section(text_of(record, "ja"), "条件")
    assert "Measured only once" not in text_of(made_record())


def test_predicted_times_say_what_they_were_made_from() -> None:
    record = made_record()
    record.rounds = 2
    said = section(text_of(record), "What was left out, and why")
    assert "at the time of the decision, times the ratio of the steps, and where it had grown more than the steps" in said
    assert "the fastest of 2 rounds" in said
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
    ) in section(text_of(record), "Results")
