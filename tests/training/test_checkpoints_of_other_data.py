"""Several runs of one model, on other data, other splits, by other commands: none is taken for another."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from tests.commands.program import call, runs

FIT = ("--config", "csv_table.yaml", "--trainer.max_epochs=4", "--data.source.label=kind", "--data.batch_size=8")


def table(
    path: Path, shift: float, kinds: tuple[str, ...] = ("cat", "dog"), columns: tuple[str, ...] = ("a", "b")
) -> None:
    """Write 40 rows in which the first column tells the kinds apart, at a place of its own for each table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "kind"])
        for row in range(40):
            kind = row % len(kinds)
            writer.writerow([*(shift + 10 * kind + row % 5 + place for place in range(len(columns))), kinds[kind]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    table(tmp_path / "pets.csv", 0)
    table(tmp_path / "far.csv", -500, kinds=("dog", "cat"))
    return tmp_path


def fit(folder: Path, data: str, *args: str) -> Path:
    before = set(runs(folder))
    outcome = call(folder, "fit", *FIT, f"--data.source.path={data}", *args)
    assert outcome.code == 0, outcome.err
    (run,) = set(runs(folder)) - before
    return run


def last_line(folder: Path, *args: str) -> str:
    """Return the one line in which a command is refused."""
    outcome = call(folder, *args)
    assert outcome.code == 2, outcome.out + outcome.err
    lines = [line for line in outcome.err.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    return lines[0]


def test_best_is_that_of_the_same_data(folder: Path) -> None:
    pets = fit(folder, "pets.csv")
    fit(folder, "far.csv")
    outcome = call(folder, "test", *FIT, "--data.source.path=pets.csv", "--ckpt_path=best")
    assert outcome.code == 0, outcome.err
    (said,) = [line for line in outcome.out.splitlines() if line.startswith("Checkpoint: ")]
    assert str(Path(*pets.parts[-3:])) in said


def test_best_is_that_of_the_same_samples(folder: Path) -> None:
    """Rows left out are other samples than means in their place; so is another split, but for ``predict``."""
    text = (folder / "pets.csv").read_text(encoding="utf-8")
    (folder / "gaps.csv").write_text(text.replace("\n1,2,", "\n,2,"), encoding="utf-8")
    drop, mean = "--data.source.missing=drop", "--data.source.missing=mean"
    dropped, filled, cut = (fit(folder, "gaps.csv", *more) for more in ([drop], [mean], [mean, "--data.seed=1"]))
    asked = ("--data.source.path=gaps.csv", "--ckpt_path=best")
    for command, how, run in (("test", drop, dropped), ("predict", drop, dropped), ("test", mean, filled)):
        outcome = call(folder, command, *FIT, *asked, how)
        assert outcome.code == 0, outcome.err
        assert str(Path(*run.parts[-3:], "checkpoints")) in outcome.out, (command, how)
    said = last_line(folder, "predict", *FIT, *asked, mean, "--data.source.test_fraction=0.3")
    assert f"{Path(*cut.parts[-3:])} differs in " in said
    assert "data.source.test_fraction: 0.2 there, 0.3 here" in said


def test_last_does_not_go_on_with_another_table(folder: Path) -> None:
    fit(folder, "pets.csv")
    more = ("--data.source.path=far.csv", "--trainer.max_epochs=8")
    said = last_line(folder, "fit", *FIT, *more, "--ckpt_path=last")
    assert "no run of this model with these settings on these data" in said


def test_named_checkpoint_of_another_table_is_refused(folder: Path) -> None:
    checkpoint = fit(folder, "pets.csv") / "checkpoints" / "last.ckpt"
    table(folder / "same_names.csv", 3)
    for command in ("fit", "validate", "test"):
        more = ("--data.source.path=same_names.csv", "--trainer.max_epochs=8")
        said = last_line(folder, command, *FIT, *more, f"--ckpt_path={checkpoint}")
        assert "was trained on other data (content of the data (SHA-256): " in said
        assert "Use the config it was made with" in said


def test_other_classes_are_named(folder: Path) -> None:
    checkpoint = fit(folder, "pets.csv") / "checkpoints" / "last.ckpt"
    table(folder / "renamed.csv", 0, kinds=("dog", "zebra"))
    said = last_line(folder, "test", *FIT, "--data.source.path=renamed.csv", f"--ckpt_path={checkpoint}")
    assert "classes: [cat, dog] there, [dog, zebra] here" in said


def test_predict_names_and_scales_as_the_training_did(folder: Path) -> None:
    """New rows with one class renamed: the outputs keep the names and the scale that the network learned."""
    checkpoint = fit(folder, "pets.csv", "--trainer.max_epochs=30") / "checkpoints" / "last.ckpt"
    table(folder / "renamed.csv", 0, kinds=("zebra", "dog"))
    outcome = call(folder, "predict", *FIT, "--data.source.path=renamed.csv", f"--ckpt_path={checkpoint}")
    assert outcome.code == 0, outcome.err
    with (folder / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["label"], row["predicted"]) for row in rows} == {("zebra", "cat"), ("dog", "dog")}


def test_predict_wants_the_features_that_were_learned(folder: Path) -> None:
    checkpoint = fit(folder, "pets.csv") / "checkpoints" / "last.ckpt"
    table(folder / "others.csv", 0, columns=("b", "c"))
    said = last_line(folder, "predict", *FIT, "--data.source.path=others.csv", f"--ckpt_path={checkpoint}")
    assert "was trained on other inputs (a, b) than these (b, c)" in said


@pytest.mark.parametrize("option", ["--data.seed=1", "--data.val_fraction=0.3", "--data.source.seed=3"])
def test_other_split_is_refused_with_the_way_out(option: str, folder: Path) -> None:
    run = fit(folder, "pets.csv")
    for command in ("validate", "test"):
        said = last_line(folder, command, *FIT, "--data.source.path=pets.csv", option, "--ckpt_path=best")
        name = option.partition("=")[0]
        assert "was trained on another split of the data" in said
        assert f"Give {name} " in said
        assert str(run / "config.yaml")[-40:] in said


def test_runs_of_a_comparison_do_not_hide_ones_own(tmp_path: Path) -> None:
    small = ("--data.source=Digits", "--model.hidden=[4]", "--trainer.max_epochs=1")
    own = call(tmp_path, "fit", "--config", "fc.yaml", *small)
    assert own.code == 0, own.err
    (run,) = runs(tmp_path)
    shared = ("--data.source=Digits", "--trainer.max_epochs=1", "--repeats=1")
    compared = call(tmp_path, "compare", "fc.yaml", "perceptron.yaml", *shared, "--model.hidden=[4]")
    assert compared.code == 0, compared.err
    outcome = call(tmp_path, "validate", "--config", "fc.yaml", *small, "--ckpt_path=best")
    assert outcome.code == 0, outcome.err
    assert run.name in next(line for line in outcome.out.splitlines() if line.startswith("Checkpoint: "))


def test_checkpoint_without_a_word_on_its_data_is_taken_with_one(folder: Path) -> None:
    checkpoint = fit(folder, "pets.csv") / "checkpoints" / "last.ckpt"
    content = torch.load(checkpoint, weights_only=True)
    del content["mnist_lab_trained_on"]
    elsewhere = folder / "elsewhere.ckpt"
    torch.save(content, elsewhere)
    outcome = call(folder, "test", *FIT, "--data.source.path=far.csv", f"--ckpt_path={elsewhere}")
    assert outcome.code == 0, outcome.err
    assert sum("it does not say on which data it was trained" in line for line in outcome.out.splitlines()) == 1
    # In its run's folder the record says it.
    torch.save(content, checkpoint)
    said = last_line(folder, "test", *FIT, "--data.source.path=far.csv", f"--ckpt_path={checkpoint}")
    assert "was trained on other data" in said


def test_folder_of_own_data_carries_the_files_name_and_old_names_are_found(folder: Path) -> None:
    run = fit(folder, "pets.csv")
    assert run.parent.name == "perceptron-pets"
    run.parent.rename(run.parent.with_name("perceptron-csvtable"))
    outcome = call(folder, "test", *FIT, "--data.source.path=pets.csv", "--ckpt_path=last")
    assert outcome.code == 0, outcome.err
    assert "perceptron-csvtable" in outcome.out
