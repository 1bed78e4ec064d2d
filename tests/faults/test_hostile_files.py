"""Checkpoints and records that somebody has tampered with: nothing in them is run, and each ends in one line."""

from __future__ import annotations

import collections
import copy
import io
import json
import os
import pickle
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.commands.program import SMALL, fit
from tests.faults.hostile import STRANGE, Path_, run_case, with_strange_values

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore::UserWarning")]

# Of a checkpoint: what this package reads, and what Lightning and torch restore.
_PROGRESS = ("loops", "fit_loop")
PLACES: list[Path_] = [
    *((name,) for name in ("epoch", "global_step", "pytorch-lightning_version", "state_dict", "loops", "callbacks")),
    *((name,) for name in ("optimizer_states", "lr_schedulers", "hyper_parameters", "mnist_lab_epochs")),
    ("mnist_lab_trained_on",),
    ("state_dict", "network.1.weight"),
    _PROGRESS,
    (*_PROGRESS, "epoch_progress"),
    (*_PROGRESS, "epoch_progress", "current", "completed"),
    (*_PROGRESS, "epoch_loop.batch_progress"),
    (*_PROGRESS, "epoch_loop.batch_progress", "is_last_batch"),
    ("optimizer_states", 0),
    ("optimizer_states", 0, "state"),
    ("optimizer_states", 0, "state", 0, "exp_avg"),
    ("optimizer_states", 0, "param_groups"),
    ("optimizer_states", 0, "param_groups", 0, "lr"),
    ("optimizer_states", 0, "param_groups", 0, "params"),
    ("lr_schedulers", 0),
    ("lr_schedulers", 0, "last_epoch"),
    ("mnist_lab_epochs", 0),
    ("mnist_lab_trained_on", "class_names"),
    ("mnist_lab_trained_on", "mean"),
]
# Of a record: every entry, and those further in that reports compute with.
INSIDE_RECORD: list[Path_] = [
    ("data", "name"),
    ("data", "split_sizes"),
    ("data", "split_sizes", "test"),
    ("data", "input_shape"),
    ("data", "settings"),
    ("settings", "trainer"),
    ("settings", "trainer", "default_root_dir"),
    ("settings", "model"),
    ("settings", "optimizer"),
    ("device", "name"),
    ("device", "type"),
    ("device", "threads"),
    ("versions", "torch"),
    ("layers", 0),
    ("layers", 0, "depth"),
    ("layers", 0, "output_shape"),
    ("layers", 0, "parameters"),
    ("epochs", 0),
    *(("epochs", 0, name) for name in ("epoch", "steps", "epoch_s", "train_s", "val_accuracy", "train_loss")),
]


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return os.mkdir, (str(self.file),)


def pickles(sound: dict[str, Any], executed: Path) -> Iterator[tuple[str, bytes]]:
    """Yield files that would run something."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle {protocol}", pickle.dumps(Payload(executed), protocol)
    for name, content in {
        "alone": Payload(executed),
        "beside": sound | {"more": Payload(executed)},
        "as weights": sound | {"state_dict": Payload(executed)},
        "as a weight": sound | {"state_dict": {"network.1.weight": Payload(executed)}},
        "as hyper parameters": sound | {"hyper_parameters": {"hidden": Payload(executed)}},
        "as a key": sound | {"callbacks": {"a": [Payload(executed)]}},
    }.items():
        for new in (True, False):
            file = io.BytesIO()
            torch.save(content, file, _use_new_zipfile_serialization=new)
            yield f"payload {name}, {'zip' if new else 'legacy'}", file.getvalue()
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as parts:
        parts.writestr("archive/data.pkl", pickle.dumps(Payload(executed)))
        parts.writestr("archive/version", "3")
        parts.writestr("../../OUT", "out")
    yield "zip with a path that leads out", inside.getvalue()


def damaged(sound: bytes) -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "text", b"hello"
    for share in (0.1, 0.5, 0.9, 0.999):
        yield f"the first {share:.1%}", sound[: int(len(sound) * share)]
    for place in range(0, len(sound), len(sound) // 12):
        flipped = bytearray(sound)
        flipped[place] ^= 0x55
        yield f"byte {place} flipped", bytes(flipped)


def saved(content: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit(tmp_path_factory.mktemp("trained"))


def test_no_checkpoint_is_run_or_ends_in_a_traceback(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    last = trained / "checkpoints" / "last.ckpt"
    sound = torch.load(last, weights_only=True)
    executed = tmp_path / "executed"
    cases = [
        *pickles(sound, executed),
        *damaged(last.read_bytes()),
        ("weights alone", saved(sound["state_dict"])),
        *((f"{name} alone", saved(value)) for name, value in STRANGE.items() if value is not ...),
        *((name, saved(content)) for name, content in with_strange_values(sound, PLACES)),
    ]
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    found: list[str] = []
    ends: collections.Counter[str] = collections.Counter()
    for number, (name, content) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "hostile.ckpt").write_bytes(content)
        for command in ("fit", "test") if number < 20 or number % 5 == 0 else ("fit",):
            args = [*SMALL, "--trainer.max_epochs=2", "--trainer.limit_train_batches=2", "--ckpt_path=hostile.ckpt"]
            found += run_case(tmp_path, folder, f"{command} {name}", command, *args)
            ends[command] += 1
        assert not executed.exists(), f"{name} was run"
        shutil.rmtree(folder)
    with capsys.disabled():
        report = f"{len(cases)} hostile checkpoints, {sum(ends.values())} commands: 0 run, {len(found)} complaints"
        sys.stdout.write(f"\n{report}\n")
    assert found == []


def test_no_record_ends_in_a_traceback(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = json.loads((trained / "record.json").read_text(encoding="utf-8"))
    swept = {
        "name": "../../../OUT",
        "study": "s",
        "within": 0.5,
        "unit": "point-0",
        "repeat": 0,
        "base": "../OUT",
        "values": {"model.hidden": [8], "../OUT": 3},
        "machine": "m",
    }
    places = [(name,) for name in sound] + INSIDE_RECORD
    contents = [
        *with_strange_values(sound, places),
        *with_strange_values(copy.deepcopy(sound) | {"sweep": swept}, [("sweep", name) for name in swept]),
        ("a sweep that leads out", sound | {"sweep": swept}),
        ("half a character", sound | {"model": "\ud800"}),
        ("mathematics", sound | {"model": "$\\frac{1}{$"}),
        ("markup", sound | {"model": "<script>alert(1)</script>", "message": "</html>"}),
        ("control characters", sound | {"model": "a\x00b\x1b[2J\n"}),
        ("a long name", sound | {"model": "x" * 100_000}),
        ("no parameters", sound | {"parameters": 0}),
        (
            "no time",
            sound | {"train_s": 0, "epochs": [entry | {"epoch_s": 0, "train_s": 0} for entry in sound["epochs"]]},
        ),
    ]
    cases = [(name, json.dumps(content).encode()) for name, content in contents] + [
        ("empty", b""),
        ("no UTF-8", b'{"model": "\xff\xfe"}'),
        ("100,000 lists", b"[" * 100_000),
        ("400 lists in an entry", json.dumps(sound | {"more": eval("[" * 90 + "]" * 90)}).encode()),
        ("5,000 digits", json.dumps(sound).replace('"parameters": ', '"parameters": ' + "1" * 5000, 1).encode()),
        ("1e999", json.dumps(sound | {"train_s": 0.123456}).replace("0.123456", "1e999").encode()),
        ("a list", b"[]"),
        ("a number", b"5"),
    ]
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    found: list[str] = []
    for number, (name, content) in enumerate(cases):
        folder = tmp_path / str(number)
        run = folder / "tb_logs" / "fc-digits" / "run"
        run.mkdir(parents=True)
        (run / "record.json").write_bytes(content)
        found += run_case(tmp_path, folder, f"report {name}", "report", "tb_logs")
        strays = [path for path in folder.iterdir() if path.name not in ("tb_logs", "reports")]
        found += [f"report {name}: left {path.name}" for path in strays]
        shutil.rmtree(folder)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(cases)} hostile records: {len(found)} complaints\n")
    assert found == []
