import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.other_programs import other_programs


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


@pytest.mark.parametrize(("repeated", "effect"), [(True, "of the spread."), (False, "of the times.")])
def test_a_spread_is_spoken_of_where_there_is_one(repeated: bool, effect: str) -> None:
    for shares in ([0.0, 0.0], [None, None]):
        assert other_programs(shares, where="times.csv", repeated=repeated).endswith(f"its effect is part {effect}")


def test_an_idle_machine_is_written_as_0() -> None:
    assert "at most 0 % of the processor" in other_programs([0.0, 0.0], where="times.csv", repeated=True)
