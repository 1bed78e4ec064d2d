from __future__ import annotations

from pathlib import Path

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from mnist_lab.reports.sweep.varied import varied_sentences, varied_table
from mnist_lab.sweeps.result import SweepResult
from tests.reports.sweep.test_sweep_report import small_grid
from tests.sweeps.made_results import result


def two_models() -> SweepResult:
    points = [result({"model.hidden": hidden}, parameters=1) for hidden in ([], [16], [64])]
    points += [
        result({"model.channels": [count] * 2, "model.hidden": hidden}, "CNN", parameters=count)
        for count in (2, 4)
        for hidden in ([], [16], [64])
    ]
    return SweepResult(tuple(points))


def test_values_stand_as_in_the_table_of_results() -> None:
    assert [row[2] for row in varied_table(two_models()).rows] == ["none, 16, 64", "2-2, 4-4", "none, 16, 64"]
    with speaking("ja"):
        assert [row[2] for row in varied_table(two_models()).rows] == ["なし、16、64", "2-2、4-4", "なし、16、64"]


def test_what_was_varied_together_is_joined_by_words() -> None:
    with speaking("ja"):
        found = spaced("".join(varied_sentences(two_models())))
    assert "CNN では、チャンネル数（2 通り）と隠れ層のノード数（3 通り）を変えた。" in found


def test_no_english_comma_stands_between_japanese(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "ja")
    assert ", " not in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_point_without_a_note_has_a_dash(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "en")
    assert "|  |" not in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
