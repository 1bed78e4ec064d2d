"""validate, test and predict: which checkpoint they mean, and those that do not fit."""

from __future__ import annotations

import csv
import math
import pickle
import re
import shutil
from pathlib import Path

import pytest
import torch

from mnist_lab.runs.record import read_record, write_record
from tests.commands.program import SMALL, call, everything_in, fit, refused

Trained = tuple[Path, Path]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A folder, and the one run made in it."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, fit(folder)


def last(run: Path) -> str:
    return str(run / "checkpoints" / "last.ckpt")


def rows_of(text: str) -> dict[str, str]:
    """Return the rows of the table; a value that takes several lines is put together again."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("│")[1:-1]]
        if cells and cells[0]:
            rows.append(cells)
        elif cells:
            rows[-1][1] += cells[1]
    return dict(rows)


@pytest.mark.parametrize("asked", ["last", "best", "file"])
@pytest.mark.parametrize("command", ["validate", "test"])
def test_scores_are_those_of_the_run(command: str, asked: str, trained: Trained) -> None:
    folder, run = trained
    before = everything_in(folder)
    outcome = call(folder, command, *SMALL, "--ckpt_path", last(run) if asked == "file" else asked)
    assert outcome.code == 0, outcome.err
    record = read_record(run)
    epoch = record.epochs[-1]
    tests = command == "test"
    loss, accuracy = (record.test_loss, record.test_accuracy) if tests else (epoch.val_loss, epoch.val_accuracy)
    rows = rows_of(outcome.out)
    assert rows.pop("checkpoint") in outcome.out.splitlines()[0]
    assert accuracy is not None
    assert rows == {
        "model": "FC",
        "data": "Digits",
        "split": "test" if tests else "validation",
        "samples": "299" if tests else "125",
        "loss": f"{loss:.4f}",
        "accuracy [%]": f"{100 * accuracy:.2f}",
    }
    # A test leaves its pictures, in their folder and for TensorBoard; else nothing is written.
    new = everything_in(folder) - before
    others = {path for path in new if run / "test" not in (path, path.parent)}
    assert len(others) <= int(tests)
    assert all(path.parent == run and path.name.startswith("events.out.tfevents.") for path in others)


def test_share_of_the_test_set_is_counted_as_such(trained: Trained) -> None:
    folder, run = trained
    limits = ["--trainer.limit_test_batches=2", "--data.eval_batch_size=50"]
    outcome = call(folder, "test", *SMALL, *limits, "--ckpt_path", last(run))
    assert outcome.code == 0, outcome.err
    assert rows_of(outcome.out)["samples"] == "100"


def test_scores_are_told_in_japanese(trained: Trained) -> None:
    folder, run = trained
    outcome = call(folder, "validate", *SMALL, "--ckpt_path", last(run), "--language=ja")
    assert outcome.code == 0, outcome.err
    rows = rows_of(outcome.out)
    assert list(rows) == ["モデル", "データ", "分割", "サンプル数", "損失", "精度 [%]", "チェックポイント"]
    assert rows["分割"] == "検証用"


@pytest.mark.parametrize("path", ["predictions.csv", "new/予測.csv"])
def test_predictions_agree_with_the_runs_accuracy(path: str, trained: Trained, tmp_path: Path) -> None:
    _, run = trained
    outcome = call(tmp_path, "predict", *SMALL, "--ckpt_path", last(run), "--predictions", path)
    assert outcome.code == 0, outcome.err
    with (tmp_path / path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["index"]) for row in rows] == list(range(299))
    right = sum(row["label"] == row["predicted"] for row in rows)
    assert right / len(rows) == pytest.approx(read_record(run).test_accuracy)
    assert all(0.1 <= float(row["probability"]) <= 1 for row in rows)


def test_predictions_that_cannot_be_written_are_refused(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = "file/predictions.csv"
    args = ["predict", *SMALL, "--ckpt_path", last(trained[1]), "--predictions", path]
    before = everything_in(tmp_path)
    outcome = call(tmp_path, *args)
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert line.startswith("Error: --predictions: file cannot be written: ")
    assert line.endswith("is no folder; name another.")
    assert outcome.out == ""
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("command", ["validate", "test", "predict"])
def test_a_checkpoint_must_be_named(command: str, tmp_path: Path) -> None:
    message = refused(tmp_path, command, *SMALL)
    assert message.startswith(f"--ckpt_path is missing: {command} needs trained weights; give a .ckpt file, or 'last'")


@pytest.mark.parametrize("command", ["fit", "validate", "test", "predict"])
def test_missing_file_is_refused(command: str, tmp_path: Path) -> None:
    message = refused(tmp_path, command, *SMALL, "--ckpt_path=no.ckpt")
    assert message == "--ckpt_path: there is no file 'no.ckpt'; give a .ckpt file, 'last' or 'best'."


@pytest.mark.parametrize("asked", ["last", "best"])
@pytest.mark.parametrize("command", ["fit", "test"])
def test_newest_of_no_runs_is_refused(command: str, asked: str, tmp_path: Path) -> None:
    message = refused(tmp_path, command, *SMALL, "--ckpt_path", asked)
    assert f"on these data in {Path('tb_logs', 'fc-digits')} has left a checkpoint; train first" in message


def test_newest_run_without_a_checkpoint_is_passed_over(trained: Trained, tmp_path: Path) -> None:
    run = fit(tmp_path)
    later = run.with_name("9999-01-01_00-00-00")
    later.mkdir()
    (later / "record.json").write_text("{}", encoding="utf-8")
    for asked in ("last", "best"):
        assert call(tmp_path, "test", *SMALL, "--ckpt_path", asked).code == 0


@pytest.mark.parametrize("outside", ["absolute", "relative"])
def test_best_checkpoint_outside_the_run_is_not_followed(outside: str, tmp_path: Path) -> None:
    run = fit(tmp_path)
    record = read_record(run)
    assert record.best_checkpoint is not None
    elsewhere = Path(shutil.copy(run / record.best_checkpoint, tmp_path / "other.ckpt"))
    record.best_checkpoint = str(elsewhere) if outside == "absolute" else "../../../other.ckpt"
    write_record(record, run)
    named = Path("tb_logs", "fc-digits", run.name)
    message = refused(tmp_path, "test", *SMALL, "--ckpt_path=best")
    assert message == (
        f"The record of {named} names as its best checkpoint {named / record.best_checkpoint}, which lies outside the "
        "run's folder and is not followed; if it is the one that you mean, give it as --ckpt_path."
    )
    record.status = "running"
    write_record(record, run)
    message = refused(tmp_path, "fit", *SMALL, "--ckpt_path=last")
    assert "which lies outside the run's folder and is not followed" in message


@pytest.mark.parametrize("command", ["fit", "test"])
def test_checkpoint_of_another_class_is_refused(command: str, trained: Trained, tmp_path: Path) -> None:
    run = trained[1]
    message = refused(tmp_path, command, "--config=cnn.yaml", "--data.source=Digits", "--ckpt_path", last(run))
    assert message == (
        f"--ckpt_path: {last(run)} is a checkpoint of FC, the config says CNN. "
        f"Use the config it was made with ({run / 'config.yaml'})."
    )


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ("[9]", "network.1.weight is 8×784 there and 9×784 here"),
        ("[8,8]", "network.3.weight is 10×8 there and 8×8 here"),
        ("[]", "network.1.weight is 8×784 there and 10×784 here"),
    ],
)
def test_checkpoint_of_other_widths_is_refused(hidden: str, said: str, trained: Trained, tmp_path: Path) -> None:
    message = refused(tmp_path, "test", *SMALL, f"--model.hidden={hidden}", "--ckpt_path", last(trained[1]))
    assert "is a checkpoint of another FC: " in message
    assert said in message


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("command", ["fit", "validate", "test", "predict"])
def test_weights_that_are_no_numbers_are_refused(command: str, value: float, trained: Trained, tmp_path: Path) -> None:
    content = torch.load(last(trained[1]), weights_only=True)
    content["state_dict"]["network.1.weight"][0, 0] = value
    torch.save(content, tmp_path / "diverged.ckpt")
    message = refused(tmp_path, command, *SMALL, "--ckpt_path=diverged.ckpt", code=1)
    assert message == (
        "--ckpt_path: diverged.ckpt holds no usable weights: network.1.weight has NaN or infinite values, as after a "
        "training that diverged. Give another."
    )


@pytest.mark.parametrize("kind", ["truncated", "flipped", "text", "empty", "pickle", "tensor"])
@pytest.mark.parametrize("command", ["fit", "validate"])
def test_damaged_checkpoint_is_refused(kind: str, command: str, trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "bad.ckpt"
    sound = Path(last(trained[1])).read_bytes()
    if kind == "tensor":
        torch.save({"weights": torch.zeros(3)}, path)
    else:
        flipped = bytearray(sound)
        state = torch.load(last(trained[1]), weights_only=True)["state_dict"]
        weight = state["network.1.weight"].numpy().tobytes()
        # Amid the weights, where the file's structure stays whole.
        flipped[sound.index(weight) + 20] ^= 0x10
        content = {"truncated": sound[: len(sound) // 2], "flipped": bytes(flipped), "text": b"hello", "empty": b""}
        path.write_bytes((content | {"pickle": pickle.dumps({"state_dict": {}}, protocol=4)})[kind])
    message = refused(tmp_path, command, *SMALL, "--ckpt_path=bad.ckpt", code=1)
    assert message.startswith("--ckpt_path: bad.ckpt ")
    assert message.endswith("; give another.")
    assert "weights_only" not in message
    assert not re.search(r"Errno|EOFError|\(\d+\)|message be improved", message)
    assert ("(it is empty)" in message) == (kind == "empty")


def test_resume_with_another_optimizer_is_refused(trained: Trained, tmp_path: Path) -> None:
    other = ["--trainer.max_epochs=3", "--optimizer=SGD", "--optimizer.lr=0.1"]
    message = refused(tmp_path, "fit", *SMALL, *other, "--ckpt_path", last(trained[1]))
    assert "was trained with other settings (optimizer: Adam there, SGD here); a training goes on with those" in message


def test_resume_without_a_part_of_the_optimizers_state_is_refused(trained: Trained, tmp_path: Path) -> None:
    content = torch.load(last(trained[1]), weights_only=True)
    for entries in content["optimizer_states"][0]["state"].values():
        del entries["exp_avg_sq"]
    torch.save(content, tmp_path / "bad.ckpt")
    message = refused(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2", "--ckpt_path=bad.ckpt", code=1)
    assert message == (
        "--ckpt_path: bad.ckpt is not as Lightning writes checkpoints (optimizer_states: KeyError: 'exp_avg_sq'); "
        "give another."
    )


def test_resume_goes_on_where_the_optimizer_keeps_other_values_for_each_parameter(tmp_path: Path) -> None:
    """Adafactor keeps two vectors for a matrix and one for a vector."""
    settings = ("--optimizer=Adafactor", "--trainer.limit_train_batches=2")
    fit(tmp_path, *settings)
    run = fit(tmp_path, *settings, "--trainer.max_epochs=2", "--ckpt_path=last")
    assert [epoch.steps for epoch in read_record(run).epochs] == [2, 4]


def test_resume_with_nothing_left_is_refused(trained: Trained, tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", *SMALL, "--ckpt_path", last(trained[1]))
    assert message.endswith(
        "has 1 epochs behind it and --trainer.max_epochs is 1; there is nothing left to train. "
        "Raise --trainer.max_epochs."
    )


def test_resume_from_weights_alone_is_refused(tmp_path: Path) -> None:
    keep = ["--trainer.callbacks+=ModelCheckpoint", "--trainer.callbacks.save_weights_only=true"]
    run = fit(tmp_path, *keep, "--trainer.callbacks.filename=weights")
    path = run / "checkpoints" / "weights.ckpt"
    assert call(tmp_path, "test", *SMALL, "--ckpt_path", str(path)).code == 0
    message = refused(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2", "--ckpt_path", str(path))
    assert message.endswith("holds weights only, no optimizer; training cannot go on from it.")
