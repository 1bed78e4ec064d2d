"""The settings that tell runs apart: those that are seldom set come first, for the cell that shows them is short."""

from __future__ import annotations

from typing import Any

import pytest

from mnist_lab.data import MNIST, CSVTable, ExcelTable, Intervals, Source
from mnist_lab.models import FC, Perceptron
from mnist_lab.training.headline import headline_settings, setting_text


def settings(source: dict[str, Any] | None = None, **trainer: Any) -> dict[str, Any]:
    """A configuration as csv_table.yaml has it."""
    return {
        "seed_everything": 0,
        "trainer": {"max_epochs": 3, "limit_train_batches": None, "overfit_batches": 0.0, "max_steps": -1} | trainer,
        "model": {"class_path": "Perceptron", "init_args": {"hidden": [10]}},
        "data": {"source": {"class_path": "x", "init_args": source or {}}, "batch_size": 16, "seed": 0},
        "optimizer": {"class_path": "torch.optim.Adam", "init_args": {"lr": 0.01}},
        "lr_scheduler": None,
    }


def shown(known: dict[str, Any], source: type[Source], network: type = Perceptron) -> str:
    return ", ".join(headline_settings(known, network, source).values())


TABLE = {"path": "D:\\data\\penguins.xlsx", "label": "species", "inputs": None, "missing": "error", "seed": 0}


@pytest.mark.parametrize(
    ("kind", "changed", "first"),
    [
        (CSVTable, {}, "hidden 10, max_epochs 3"),
        (CSVTable, {"missing": "drop"}, "missing drop, hidden 10, max_epochs 3"),
        (CSVTable, {"inputs": ["a", "b"]}, "inputs a-b, hidden 10, max_epochs 3"),
        (CSVTable, {"seed": 2}, "source.seed 2, hidden 10, max_epochs 3"),
        (ExcelTable, {"missing": "drop"}, "xlsx, missing drop, hidden 10, max_epochs 3"),
    ],
)
def test_own_data_show_how_they_are_read_and_not_what_their_config_says(
    kind: type[Source], changed: dict[str, Any], first: str
) -> None:
    assert shown(settings(TABLE | changed), kind) == first


@pytest.mark.parametrize(
    ("trainer", "first"),
    [
        ({"limit_train_batches": 100}, "100 batches, "),
        ({"limit_train_batches": 1}, "1 batch, "),
        ({"limit_train_batches": 0.25}, "0.25 of all batches, "),
        ({"limit_train_batches": 1.0}, "hidden 10, "),
        ({"overfit_batches": 2}, "overfit_batches 2, "),
        ({"max_steps": 7}, "max_steps 7, "),
    ],
)
def test_run_that_is_cut_short_says_so_first(trainer: dict[str, Any], first: str) -> None:
    assert shown(settings(TABLE, **trainer), CSVTable).startswith(first)


def test_what_is_usual_depends_on_the_data() -> None:
    known = settings({"root": "/somewhere/else"})
    assert shown(known, Intervals) == "hidden 10, batch_size 16, max_epochs 3"
    assert shown(known, MNIST, FC) == "hidden 10, lr 0.01, lr_scheduler none, batch_size 16, max_epochs 3"


def test_repeat_is_told_by_one_seed_and_own_seeds_by_two() -> None:
    known = settings(TABLE)
    known["seed_everything"] = known["data"]["seed"] = 1
    assert shown(known, CSVTable) == "hidden 10, seed 1, max_epochs 3"
    known["data"]["seed"] = 2
    assert shown(known, CSVTable) == "hidden 10, seed 1, data_seed 2, max_epochs 3"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("hidden", [64, 32], "hidden 64-32"),
        ("hidden", [], "hidden []"),
        ("activation", "Tanh", "Tanh"),
        ("lr_scheduler", "none", "lr_scheduler none"),
        ("batch_size", 32, "batch_size 32"),
    ],
)
def test_setting_is_written_in_few_words(name: str, value: object, text: str) -> None:
    assert setting_text(name, value) == text
