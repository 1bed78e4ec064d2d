"""A run's record: what was set, how long it took, how accurate it is, how it ended."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from mnist_lab.atomic_write import write_atomically
from mnist_lab.errors import MnistLabError, first_line, reason_of
from mnist_lab.language import say
from mnist_lab.runs.kinds import misfit, unwritable
from mnist_lab.runs.record_kinds import RecordKinds, Status
from mnist_lab.runs.source_code import SourceFile

RECORD_NAME = "record.json"
FORMAT = 1
TRAINING = "training"

EPOCHS = "mnist_lab_epochs"
"""Key of a checkpoint under which a run of this package keeps the epochs so far."""


@dataclass
class EpochRecord:
    """One epoch; a number that is not known is None."""

    epoch: int
    """From 0."""
    steps: int
    """Optimizer steps since the start of the run."""
    epoch_s: float | None = None
    """Training time of this epoch in seconds."""
    train_s: float | None = None
    """Training time since the start of the run in seconds."""
    wall_s: float | None = None
    """Time on the clock since the start of the run in seconds, validation and logging included."""
    samples_per_s: float | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    others_cpu: float | None = None
    """Share of all cores' time that other programs took while it trained, 0 to 1."""
    waited_s: float | None = None
    """Time in seconds that its threads were ready to run and waited for a processor, added up over the threads."""


@dataclass
class RunRecord:
    """Everything that later readers (tables, graphs, reports) need of one run."""

    model: str
    data: dict[str, Any]
    """Name, where it lies, sizes of the splits; ``name`` is what was really used."""
    settings: dict[str, Any]
    """The whole configuration, defaults included."""
    parameters: int
    layers: list[dict[str, Any]]
    versions: dict[str, str]
    device: dict[str, Any]
    started: str
    """ISO 8601 with the offset to UTC."""
    ended: str | None = None
    status: Status = "running"
    message: str | None = None
    """Why it ended, when not completed."""
    resumed_from: str | None = None
    train_s: float | None = None
    wall_s: float | None = None
    epochs: list[EpochRecord] = field(default_factory=list)
    test_loss: float | None = None
    test_accuracy: float | None = None
    best_checkpoint: str | None = None
    """Relative to the run's folder where it lies inside."""
    sweep: dict[str, Any] | None = None
    """Which run of which sweep it is: study, point, repeat; None outside sweeps."""
    made_by: str = "fit"
    """The command that trained it: fit, compare or sweep."""
    code: dict[str, SourceFile] = field(default_factory=dict)
    """The user's files that the network is made of; empty for one that comes along."""
    kind: str = TRAINING
    """What was recorded; a bench, for one, has another record under the same file name."""
    format: int = FORMAT


def record_values(record: RunRecord) -> dict[str, Any]:
    """Return the record as JSON can hold it; infinity becomes text."""
    values: dict[str, Any] = _plain(asdict(record))
    return values


def record_from(values: dict[str, Any]) -> RunRecord:
    """Return the record that ``record_values`` took apart, leaving out what this version does not know.

    Raises:
        TypeError: The values are no record's.
        AttributeError: An epoch is none.
    """
    epochs = epochs_from(values.get("epochs", []))
    return RunRecord(**_known(RunRecord, values | {"epochs": epochs}))


def epochs_from(values: Any) -> list[EpochRecord]:
    """Return the epochs that a checkpoint or a record holds as plain values.

    Raises:
        TypeError: An epoch is none.
        AttributeError: Likewise.
    """
    return [EpochRecord(**_known(EpochRecord, epoch)) for epoch in values]


def with_epoch(epochs: Sequence[EpochRecord], epoch: EpochRecord) -> list[EpochRecord]:
    """Return the epochs with one more; one of the same number, as of an epoch that was cut short, gives way to it."""
    return [*(entry for entry in epochs if entry.epoch < epoch.epoch), epoch]


def write_record(record: RunRecord, folder: Path) -> Path:
    """Write ``record.json`` into the run's folder in one move, so that no crash leaves half a file.

    Settings that JSON has no word for, such as infinity or a date, become text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RECORD_NAME
    text = json.dumps(record_values(record), indent=2, ensure_ascii=False, allow_nan=False, default=str)
    write_atomically(path, f"{text}\n".encode())
    return path


def read_record(folder: Path) -> RunRecord:
    """Read the record of the run in ``folder``.

    Raises:
        MnistLabError: There is none, or it is not one of ours.
    """
    path = folder / RECORD_NAME
    values = read_values(folder)
    if kind_of(values) != TRAINING:
        raise MnistLabError(
            say(
                "{path} is the record of a {kind}, and not of a training.",
                "{path} は学習ではなく、{kind} の記録です。",
                path=path,
                kind=kind_of(values),
            )
        )
    if values.get("format") != FORMAT:
        raise _other_format(path, repr(values.get("format")))
    required = [entry.name for entry in fields(RunRecord) if MISSING is entry.default is entry.default_factory]
    missing = [name for name in required if name not in values]
    if missing:
        raise MnistLabError(
            say(
                "{path} lacks {names}; make the run again.",
                "{path} に {names} がありません。もう一度学習してください。",
                path=path,
                names=", ".join(missing),
            )
        )
    if found := unwritable(values) or misfit(values, RecordKinds):
        raise _damaged(path, found)
    try:
        return record_from(values)
    except TypeError:
        raise MnistLabError(
            say(
                "{path} has epochs that are none; make the run again.",
                "{path} のエポックの記録が正しくありません。もう一度学習してください。",
                path=path,
            )
        ) from None


def kind_of(values: Mapping[str, Any]) -> str:
    """Return what a record is of; those without a kind are of trainings."""
    return str(values.get("kind", TRAINING))


def read_values(folder: Path) -> dict[str, Any]:
    """Return what the record in ``folder`` holds, of whatever kind it is.

    Raises:
        MnistLabError: There is none, or it holds no values.
    """
    path = folder / RECORD_NAME
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise MnistLabError(
            say(
                "No run in {folder}: {name} is missing; name a folder that fit has made.",
                "{folder} に実行がありません：{name} が見つかりません。fit が作成したフォルダを指定してください。",
                folder=folder,
                name=RECORD_NAME,
            )
        ) from None
    except OSError as error:
        raise MnistLabError(
            say("{path} cannot be read: {why}.", "{path} を読み込めません：{why}。", path=path, why=reason_of(error))
        ) from None
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, a number of thousands of digits
        why = first_line(error)
        if "set_int_max_str_digits" in why:  # Python's advice to its programmers
            why = say("a number in it has thousands of digits", "何千桁もの数が含まれています")
        raise _damaged(path, why) from None
    if not isinstance(values, dict):
        raise _other_format(path, type(values).__name__)
    return values


def _other_format(path: Path, found: str) -> MnistLabError:
    return MnistLabError(
        say(
            "{path} has format {found}, and this version of mnist_lab reads format {known}; make the run again, or "
            "read it with the version that wrote it.",
            "{path} の形式は {found} ですが、このバージョンの mnist_lab が読めるのは形式 {known} です。もう一度学習"
            "するか、このファイルを作成したバージョンで読んでください。",
            path=path,
            found=found,
            known=FORMAT,
        )
    )


def _damaged(path: Path, why: str) -> MnistLabError:
    return MnistLabError(
        say(
            "{path} is damaged ({why}); make the run again.",
            "{path} は壊れています（{why}）。もう一度学習してください。",
            path=path,
            why=why,
        )
    )


def _known(kind: type[RunRecord | EpochRecord], values: dict[str, Any]) -> dict[str, Any]:
    """Return the entries that this version knows; a later one may write more."""
    names = {entry.name for entry in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
