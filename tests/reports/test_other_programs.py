"""What is said of other programs that ran meanwhile: as much of it as was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.other_programs import other_programs
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_limits import run_limits
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "While a run trained, other programs took at most 3.1 % of the processor in an epoch in the 2 of 3 runs "
            "of which it was recorded (times.csv).",
        ),
        (
            "ja",
            "学習中にほかのプログラムがプロセッサを使った割合は、3 回の実行のうち記録のある 2 回では最も多いエポックで "
            "3.1 % であった（times.csv）。",
        ),
    ],
)
def test_runs_without_a_record_of_others_are_told_from_the_rest(language: Language, said: str) -> None:
    with speaking(language):
        assert other_programs([0.004, None, 0.031], where="times.csv", repeated=True).startswith(said)


@pytest.mark.parametrize(
    ("repeated", "effect"),
    [
        (
            True,
            "what of it changes from run to run is part of the spread, what lasts through the whole measurement is "
            "not.",
        ),
        (False, "its effect is part of the times."),
    ],
)
def test_a_spread_is_spoken_of_where_there_is_one(repeated: bool, effect: str) -> None:
    for shares in ([0.0, 0.0], [None, None]):
        assert other_programs(shares, where="times.csv", repeated=repeated).endswith(f"recorded; {effect}")


def test_runs_that_do_not_count_are_told_from_those_whose_shares_are_given() -> None:
    said = other_programs([0.02], where="times.csv", repeated=True, some_left_out=True)
    assert said.startswith("While a run that counts trained, other programs took at most 2.0 % ")
    with speaking("ja"):
        said = spaced(other_programs([0.02], where="times.csv", repeated=True, some_left_out=True))
    assert said.startswith("結果に含めた実行では、学習中にほかのプログラムがプロセッサを使った割合は、")


def test_an_idle_machine_is_written_as_0() -> None:
    assert "at most 0 % of the processor" in other_programs([0.0, 0.0], where="times.csv", repeated=True)


@pytest.mark.parametrize(
    ("language", "others", "said"),
    [
        ("en", (), "What else the machine was doing during the runs was not recorded; its effect is part of the"),
        ("ja", (), "実行中に計算機がほかに何をしていたかは記録されておらず、その影響は学習時間に含まれる。"),
        (
            "en",
            (0.01, 0.0, 0.02),
            "While a run trained, other programs took at most 2.0 % of the processor in an epoch (data/epochs.csv). "
            "What else the machine was doing was not recorded; its effect is part of the times.",
        ),
        (
            "ja",
            (0.01, 0.0, 0.02),
            "プロセッサを使った割合は、最も多いエポックで 2.0 % であった（data/epochs.csv）。",
        ),
    ],
)
def test_what_others_took_is_called_recorded_where_it_is(
    language: Language, others: tuple[float, ...], said: str, tmp_path: Path
) -> None:
    leave_run(tmp_path, "FC", 0, others_cpu=others)
    with speaking(language):
        assert said in " ".join(run_limits(find(read_runs([tmp_path])).groups))
