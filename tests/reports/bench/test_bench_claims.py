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
