"""What is said of several groups at once: once what holds of all, and of many how many."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.run_content import find, summary
from mnist_lab.reports.run_observations import run_observations
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run


def leave(log_dir: Path, widths: int, repeats: int, spread: float = 0.01) -> None:
    """Leave runs of models of so many widths; the wider, the slower and the better."""
    for width in range(1, widths + 1):
        for seed in range(repeats):
            noise = spread * seed * (-1) ** width
            leave_run(
                log_dir,
                "FC",
                seed,
                name=f"{width}-{seed}",
                epoch_s=[width + noise] * 3,
                test=0.9 + (width + noise) / 1000,
                model_settings={"hidden": [width]},
                parameters=1000 * width,
            )


def said(log_dir: Path, language: Language) -> str:
    with speaking(language):
        return spaced("|".join(summary(find(read_runs([log_dir])))))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "The training of an epoch takes 1.00 s with FC, hidden 1, 2.00 s with FC, hidden 2 and 3.00 s with FC, "
            "hidden 3."
            "|The test accuracy is 90.10 % with FC, hidden 1, 90.20 % with FC, hidden 2 and 90.30 % with FC, hidden 3."
            "|From a single run, whether they differ by more than the noise cannot be said.",
        ),
        (
            "ja",
            "1 エポックの学習時間は、FC（隠れ層のノード数 1）が 1.00 s、FC（隠れ層のノード数 2）が 2.00 s、"
            "FC（隠れ層のノード数 3）が 3.00 s であった。"
            "|テスト精度は、FC（隠れ層のノード数 1）が 90.10 %、FC（隠れ層のノード数 2）が 90.20 %、"
            "FC（隠れ層のノード数 3）が 90.30 % であった。"
            "|1 回だけの実行があるため、差があるかどうかは判断できない。",
        ),
    ],
)
def test_single_runs_are_listed_and_said_once_to_be_too_few(language: Language, text: str, tmp_path: Path) -> None:
    leave(tmp_path, 3, 1)
    assert said(tmp_path, language) == text


def test_that_two_repeats_are_few_is_said_once(tmp_path: Path) -> None:
    leave(tmp_path, 3, 2, spread=0.9)
    assert said(tmp_path, "en").count("With n = 2 the test misses most differences") == 1
    assert said(tmp_path, "ja").count("n = 2 では実際にある差も見落としやすい") == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "The training time per epoch goes from 1.00 s with FC, hidden 1 to 6.00 s with FC, hidden 6."
            "|The test accuracy goes from 90.10 % with FC, hidden 1 to 90.60 % with FC, hidden 6."
            "|From a single run, whether they differ by more than the noise cannot be said.",
        ),
        (
            "ja",
            "1 エポックの学習時間は FC（隠れ層のノード数 1）の 1.00 s から "
            "FC（隠れ層のノード数 6）の 6.00 s までである。"
            "|テスト精度は FC（隠れ層のノード数 1）の 90.10 % から FC（隠れ層のノード数 6）の 90.60 % までである。"
            "|1 回だけの実行があるため、差があるかどうかは判断できない。",
        ),
    ],
)
def test_of_many_groups_the_range_is_said(language: Language, text: str, tmp_path: Path) -> None:
    leave(tmp_path, 6, 1)
    assert said(tmp_path, language) == text


def test_of_many_repeated_groups_differences_are_counted(tmp_path: Path) -> None:
    leave(tmp_path, 6, 3)
    assert (
        "Of the 5 pairs with FC, hidden 1 whose difference in time per epoch was tested, 5 differ by more than the "
        "noise."
    ) in said(tmp_path, "en")
    assert said(tmp_path, "ja").count("組のうち、") == 2


def test_many_groups_are_observed_in_few_sentences(tmp_path: Path) -> None:
    leave(tmp_path, 6, 3)
    found = find(read_runs([tmp_path]))
    observed = run_observations(found.groups, found.comparisons)
    assert [sentence for sentence in observed if "parameters" in sentence] == [
        f"By {cite('results')}, FC, hidden 6 has 6.00 times as many parameters as FC, hidden 1 (6,000 against 1,000)."
    ]
    assert len(observed) == 3
