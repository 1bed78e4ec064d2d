"""What the models are is said once, before a report uses their names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.document import Paragraph, TableBlock
from mnist_lab.reports.model_kinds import model_kinds
from mnist_lab.reports.run_content import compose, find
from tests.reports.records import cnn_and_fc

FIGURES = ["accuracy", "accuracy_over_time", "time_and_accuracy", "time_per_epoch"]


@pytest.mark.parametrize(
    ("language", "first", "precision"),
    [
        (
            "en",
            "This report deals with a model with convolutional layers (CNN) and one of fully connected layers only "
            "(FC).",
            "32-bit floating point (32-true)",
        ),
        (
            "ja",
            "本レポートでは、畳み込み層を持つモデル（CNN）と全結合層だけのモデル（FC）を扱う。",
            "32 ビット浮動小数点（32-true）",
        ),
    ],
)
def test_names_of_models_and_precisions_are_explained_once(
    language: Language, first: str, precision: str, tmp_path: Path
) -> None:
    with speaking(language):
        blocks = compose(find(cnn_and_fc(tmp_path)), FIGURES).blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert texts[0].startswith(first)
    assert "".join(texts).count("（FC）" if language == "ja" else "(FC)") == 1
    assert precision in [row[1] for block in blocks if isinstance(block, TableBlock) for row in block.rows]


def test_network_of_ones_own_is_not_explained_by_its_name(tmp_path: Path) -> None:
    (group, *_) = find(cnn_and_fc(tmp_path)).groups
    own = replace(group.record, code={"mynet.py": {"text": "", "sha256": "1a"}})
    assert model_kinds([group]) == ["This report deals with a model with convolutional layers (CNN)."]
    mine = replace(group, runs=(replace(group.runs[0], record=own),))
    assert model_kinds([mine]) == []
    with speaking("ja"):
        assert model_kinds([group, mine]) == [
            "本レポートでは、畳み込み層を持つモデル（CNN）と自作のモデル（mnist_lab.models.CNN）を扱う。"
        ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "This report deals with a model of fully connected layers only (FC) and one of fully connected layers "
            "only, without dropout (Perceptron).",
        ),
        (
            "ja",
            "本レポートでは、全結合層だけのモデル（FC）とドロップアウトを持たない全結合層だけのモデル（Perceptron）を扱う。",
        ),
    ],
)
def test_no_model_is_left_out_where_kinds_are_explained(language: Language, said: str, tmp_path: Path) -> None:
    (_, group) = find(cnn_and_fc(tmp_path)).groups
    other = replace(group, runs=(replace(group.runs[0], record=replace(group.record, model="Perceptron")),))
    with speaking(language):
        assert model_kinds([group, other]) == [said]
