"""The summary of runs: what stands behind ± is said once, and nothing is called a difference that is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_lab.language import Language, say, spaced, speaking
from mnist_lab.reports.run_content import find, summary
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run, report


def test_difference_that_is_not_significant_is_not_asserted(tmp_path: Path) -> None:
    for seed, (one, other) in enumerate([(1.0, 1.1), (1.1, 1.0), (1.0, 1.02)]):
        leave_run(tmp_path / "tb_logs", "CNN", seed, epoch_s=[one] * 3, test=0.97 + seed / 500)
        leave_run(tmp_path / "tb_logs", "FC", seed, epoch_s=[other] * 3, test=0.974 - seed / 500)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert (
        "The training of an epoch takes 1.03 ± 0.06 s (mean ± standard deviation, n = 3) with CNN and 1.04 ± 0.05 s "
        "with FC. The difference cannot" in text
    )
    assert not re.search(r"times as fast|percentage points (lower|higher)", text)


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", "as CNN: 0.500 ± 0 s (mean ± standard deviation, n = 3) against 3.00 ± 0.10 s per epoch;"),
        ("ja", "FC が 0.500 ± 0 s（平均 ± 標準偏差、n = 3）、CNN が 3.00 ± 0.10 s であり、"),
    ],
)
def test_what_stands_behind_plus_minus_is_said_where_it_is_first_used(
    language: Language, first: str, tmp_path: Path
) -> None:
    with speaking(language):
        said = spaced(" ".join(summary(find(cnn_and_fc(tmp_path)))))
        meaning = spaced(say("mean ± standard deviation", "平均 ± 標準偏差"))
    assert first in said
    assert said.count(meaning) == 1


@pytest.mark.parametrize("counts", [(1, 1), (1, 3), (3, 1)])
def test_deviation_is_explained_only_where_there_is_one(counts: tuple[int, int], tmp_path: Path) -> None:
    for model, count in zip(("CNN", "FC"), counts, strict=True):
        for seed in range(count):
            leave_run(tmp_path, model, seed, epoch_s=[1 + seed / 10] * 3, test=0.97 + seed / 1000)
    with speaking("ja"):
        said = " ".join(summary(find(read_runs([tmp_path]))))
    assert said.count("（平均 ± 標準偏差、n = 3）") == int(counts != (1, 1))


def test_runs_of_one_model_explain_their_deviation(tmp_path: Path) -> None:
    for seed in range(3):
        leave_run(tmp_path, "CNN", seed, epoch_s=[1 + seed / 10] * 3)
    assert summary(find(read_runs([tmp_path])))[-1].endswith("(mean ± standard deviation, n = 3).")
