"""What went wrong with runs, or differs between them: each is said, and nothing is built on it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from scipy import stats

from mnist_lab.language import Language, speaking
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.reports.words import RUN_ENDS
from mnist_lab.runs.record_kinds import Status
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run, report

LANGUAGES: tuple[Language, ...] = get_args(Language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [status for status in get_args(Status) if status != "completed"])
def test_runs_that_did_not_end_are_shown_as_such(status: Status, language: Language, tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    short: dict[str, Any] = {"epoch_s": [0.5], "val": [None], "test": None, "max_epochs": 3}
    leave_run(tmp_path / "tb_logs", "FC", 9, status=status, message="It went wrong.", **short)
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    with speaking(language):
        ended = str(RUN_ENDS[status])
    assert f"| fc-mnist/2026-04-17\\_09-09-00 | FC | 9 | {ended} | 1 | 0.500 | 0.500 | – |" in text
    summary = text.partition("## ")[2].partition("## ")[0]
    assert ended in summary
    assert "It went wrong" in summary
    assert "| FC | 101,770 | 3 | 0.500 ± 0 |" in text
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["diverged", "interrupted"])
def test_run_that_never_finished_an_epoch_is_reported(status: Status, language: Language, tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "CNN", 0, epoch_s=[], val=[], test=None, status=status)
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    with speaking(language):
        assert str(RUN_ENDS[status]) in text
    assert list((tmp_path / "report").glob("figures/*")) == []
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)


def test_other_threads_leave_times_uncompared(tmp_path: Path) -> None:
    for seed in range(2):
        leave_run(tmp_path / "tb_logs", "CNN", seed, test=0.98 + seed / 1000)
        leave_run(tmp_path / "tb_logs", "FC", seed, test=0.97 + seed / 2000, threads=8)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "the number of CPU threads differ. Their times are therefore not compared below." in text
    assert "times as fast" not in text
    assert "percentage points lower" in text
    assert "| CPU threads | 2; 8 |" in text


def test_other_data_leave_everything_uncompared(tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "CNN", 0)
    leave_run(tmp_path / "tb_logs", "FC", 0, data="Digits", fell_back=True)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "Neither their times nor their accuracies are compared below." in text
    assert "Digits stands in for MNIST" in text
    assert not re.search(r"times as fast|percentage points (lower|higher)|the same as", text)


def test_slow_epoch_is_pointed_out(tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "FC", 0, epoch_s=[1.9, 1.0, 1.0])
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "In the run fc-mnist/2026-04-17\\_09-00-00, epoch 1 took 1.90 times as long as the median" in text
    assert "No epoch took" not in text


def test_times_that_others_disturbed_are_not_to_be_trusted(tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "FC", 0, others_cpu=(0.01, 0.48, 0.02))
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert (
        "The times of fc-mnist/2026-04-17\\_09-00-00 are not to be trusted: other programs took up to 48 % of the "
        "processor meanwhile." in text
    )
    rows = (tmp_path / "report" / "data" / "epochs.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[-2] for row in rows] == ["others_cpu", "0.01", "0.48", "0.02"]


def test_everything_that_others_disturbed_is_said_so_and_named_once(tmp_path: Path) -> None:
    for seed, slow in enumerate([1.0, 2.5, 9.0]):
        leave_run(tmp_path / "tb_logs", "CNN", seed, epoch_s=[slow, slow, 5 * slow], others_cpu=[0.5] * 3)
        leave_run(tmp_path / "tb_logs", "FC", seed, epoch_s=[1.0] * 3, others_cpu=[0.5] * 3)
    text = report(tmp_path / "report", tmp_path / "tb_logs", "ja")
    assert "学習時間はすべて信頼できない。" in text
    assert text.count("測り直すことが望ましい。") == 1
    assert "実行内の中央値の 1.5 倍を超えたエポックがある（実行 cnn-mnist" in text
    ratio = stats.gmean([7 / 3, 2.5 * 7 / 3, 21.0])
    factor = np.exp(np.std(np.log([1, 2.5, 9]), ddof=1))
    written = f"{ratio:.2g}（{ratio / factor:.2g}–{ratio * factor:.2g}）"
    assert f"の比（CNN ÷ FC）は {written}である。" in text
    assert f"| {written} |" in text
    captions = re.findall(r"^図 \d　(.*)$", text, re.MULTILINE)
    assert ["×印" in caption for caption in captions] == [False, True, False, False]
    assert ["影響を受けた値が含まれる" in caption for caption in captions] == [True, False, False, True]
    figures = draw_figures(find(read_runs([tmp_path / "tb_logs"])).groups)
    assert "X" not in {line.get_marker() for line in figures["accuracy"].axes[0].lines}
    assert figures["time_and_accuracy"].axes[0].get_xlim()[0] >= 0


def test_run_that_was_trained_once_more_is_not_counted(tmp_path: Path) -> None:
    disturbed: dict[str, Any] = {
        "status": "disturbed",
        "message": "other programs took up to 48 % of the processor",
        "name": "first",
    }
    leave_run(tmp_path / "tb_logs", "FC", 0, epoch_s=[9.0] * 3, others_cpu=[0.48] * 3, **disturbed)
    leave_run(tmp_path / "tb_logs", "FC", 0, epoch_s=[1.0] * 3, others_cpu=[0.01] * 3)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert (
        "The run fc-mnist/first was trained once more, since other programs took up to 48 % of the processor "
        "meanwhile, and is not part of the means." in text
    )
    assert "| FC | 101,770 | 1 | 1.00 | 3.00 | 97.00 |" in text
    assert "not to be trusted" not in text


@pytest.mark.parametrize("message", ["Stopped by the system (SIGTERM).", "Stopped from the keyboard."])
def test_japanese_says_in_japanese_why_a_run_was_stopped(message: str, tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "CNN", 0)
    leave_run(tmp_path / "tb_logs", "CNN", 1, status="interrupted", message=message, test=None)
    leave_run(
        tmp_path / "tb_logs",
        "CNN",
        2,
        status="disturbed",
        message="other programs took up to 76 % of the processor in 3 of 3 epochs",
        others_cpu=[0.5, 0.76, 0.6],
    )
    text = report(tmp_path / "ja", tmp_path / "tb_logs", "ja").partition("## モデル")[0]
    assert "ほかのプログラムがプロセッサの最大 76 % を使ったため学習をやり直しており、平均に含めていない。" in text
    assert not re.search("Stopped|other programs", text)


def test_group_that_hardly_learned_stands_first(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    leave_run(tmp_path / "tb_logs", "FC", 0, test=0.19, name="lost", model_settings={"activation": "Sigmoid"})
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    summary = text.partition("## Summary\n\n")[2]
    assert re.match(
        r"This report deals [^.]*\. FC, activation Sigmoid hardly learned: its test accuracy of 19\.0 % is nearer to ",
        summary,
    )


def test_disturbed_runs_are_marked_in_their_table(tmp_path: Path) -> None:
    leave_run(tmp_path / "tb_logs", "FC", 0, others_cpu=(0.01, 0.48, 0.02))
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "| 97.00 | disturbed by other programs (48 %) |" in text
    assert "Crosses: runs that other programs disturbed." in text
