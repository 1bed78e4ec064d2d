"""Which model is trained where config and command line name different ones, and what becomes of its arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.training.replaced_models import with_one_model
from tests.commands.program import call, only_record
from tests.own_networks import ARGUMENTS, write

PERCEPTRON = "--config=---\nmodel:\n  class_path: Perceptron\n  init_args:\n    hidden: [30]\ndata: {seed: 1e-3}\n"
NET = ("--model", "mynet.Net")


@pytest.mark.parametrize("args", [(PERCEPTRON, *NET), (*NET, PERCEPTRON), (PERCEPTRON, "--model=mynet.Net")])
def test_model_of_the_command_line_counts_wherever_it_stands(args: tuple[str, ...]) -> None:
    kept, notes = with_one_model(args)
    (config,) = (arg for arg in kept if arg.startswith("--config="))
    assert "Perceptron" not in config
    assert "hidden" not in config
    assert "seed: 1e-3" in config
    assert [arg for arg in kept if arg != config] == [arg for arg in args if arg != PERCEPTRON]
    assert notes == [
        "Model: mynet.Net, in place of the config's Perceptron, whose arguments (hidden: [30]) are left out."
    ]


@pytest.mark.parametrize("model", ["Perceptron", "mnist_lab.models.Perceptron"])
def test_arguments_of_the_same_class_stay(model: str) -> None:
    args = [PERCEPTRON, f"--model={model}"]
    assert with_one_model(args) == (args, [])


def test_last_config_counts_where_the_command_line_names_no_model() -> None:
    later = "--config=---\nmodel: mynet.Net\n"
    kept, notes = with_one_model([PERCEPTRON, later])
    assert ("Perceptron" in kept[0], kept[1]) == (False, later)
    assert len(notes) == 1


def test_class_with_arguments_in_one_option_is_known() -> None:
    kept, _ = with_one_model([PERCEPTRON, '--model={"class_path": "FC", "init_args": {"hidden": [8]}}'])
    assert "Perceptron" not in kept[0]


def test_config_without_a_model_stays() -> None:
    args = ["--config=---\ndata: {seed: 1}\n", *NET]
    assert with_one_model(args) == (args, [])


@pytest.mark.parametrize("first", [NET, ("--config", "fc.yaml")], ids=["model first", "config first"])
def test_own_network_takes_the_place_of_the_configs_model(tmp_path: Path, first: tuple[str, ...]) -> None:
    write(tmp_path, ARGUMENTS)
    rest = ("--config", "fc.yaml") if first == NET else NET
    outcome = call(tmp_path, "fit", *first, *rest, "--data.source", "Digits", "--trainer.max_epochs", "1")
    assert outcome.code == 0, outcome.err
    assert "Model: mynet.Net, in place of the config's FC, whose arguments" in outcome.out
    record = only_record(tmp_path)
    assert (record.model, record.settings["model"]["init_args"]["hidden"]) == ("Net", 8)
