"""Runs as reports read them: each with its record, and without a path of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.runs.places import without_home
from mnist_lab.runs.record import RECORD_NAME, TRAINING, RunRecord, kind_of, read_record, read_values

# What tells repeats of one thing apart, or where things lie, and not what was trained.
NOT_COMPARED = (
    "seed_everything",
    "data.seed",
    "ckpt_path",
    "weights_only",
    "threads",  # the record's device has the number that was used
    "scores",  # drawing changes no weight and is no training time
    "trainer.default_root_dir",
    "trainer.logger",
    "trainer.enable_progress_bar",
    "trainer.enable_model_summary",
)
# Of files that are the user's own, the record's SHA-256 tells what is in them.
_PLACES = (".root", ".root_dir", "data.source.path")


@dataclass(frozen=True)
class Run:
    """One training."""

    folder: Path
    name: str
    """Relative to the log directory: ``cnn-mnist/2026-04-17_09-30-00``."""
    record: RunRecord

    @property
    def seeds(self) -> tuple[Any, Any]:
        """The seed of weights and batches, and the seed of the split."""
        return self.record.settings.get("seed_everything"), self.record.data.get("seed")

    @property
    def is_completed(self) -> bool:
        """Whether it was trained and tested to its end."""
        return self.record.status == "completed"

    @property
    def epochs(self) -> int:
        """Epochs that were trained to their end."""
        return len(self.record.epochs)

    @property
    def epoch_s(self) -> float | None:
        """Mean training time of an epoch in seconds, over this run's epochs."""
        times = [epoch.epoch_s for epoch in self.record.epochs if epoch.epoch_s is not None]
        return sum(times) / len(times) if times else None

    @property
    def train_s(self) -> float | None:
        """Training time in seconds."""
        return self.record.train_s

    @property
    def accuracy_percent(self) -> float | None:
        """Test accuracy in per cent."""
        return None if self.record.test_accuracy is None else 100 * self.record.test_accuracy


def read_runs(folders: Iterable[Path]) -> list[Run]:
    """Read the runs in the folders as given; a folder that holds runs stands for all of them, by name.

    Raises:
        UsageError: A folder does not exist.
        MnistLabError: A folder holds no run, or a record is damaged.
    """
    found: dict[Path, Run] = {}
    for folder in folders:
        if not folder.exists():
            raise UsageError(
                say(
                    "There is no run folder '{folder}'; name one such as tb_logs/cnn-mnist/DATE_TIME.",
                    "実行のフォルダ '{folder}' がありません。tb_logs/cnn-mnist/日付_時刻 のように指定してください。",
                    folder=folder,
                )
            )
        inside = sorted(path.parent for path in folder.rglob(RECORD_NAME)) if folder.is_dir() else []
        # What else has been measured lies beside the trainings, such as a bench.
        inside = [path for path in inside if kind_of(read_values(path)) == TRAINING] or inside
        for path in inside or [folder.parent if folder.name == RECORD_NAME else folder]:
            if path.resolve() not in found:
                record = read_record(path)
                found[path.resolve()] = Run(path, name_of(path.resolve(), record), record)
    return list(found.values())


def name_of(folder: Path, record: RunRecord) -> str:
    """Return a run's folder relative to its log directory."""
    root = _text(record.settings.get("trainer", {}).get("default_root_dir"))
    parts = folder.parts
    if root and PureWindowsPath(root).name in parts[:-1]:
        place = len(parts) - 1 - parts[::-1].index(PureWindowsPath(root).name)
        return "/".join(parts[place + 1 :])
    return "/".join(parts[-2:])


def log_dir_of(folder: Path, record: RunRecord) -> Path | None:
    """Return the log directory that a run lies in, ``<log dir>/<name>/<date>``; None where it lies elsewhere.

    Args:
        folder: The run's; a copy may lie anywhere.
        record: Names the directory that it was made in.
    """
    root = PureWindowsPath(_text(record.settings.get("trainer", {}).get("default_root_dir"))).name
    place = folder.resolve().parent.parent
    return place if root and place.name == root else None


def compared_settings(record: RunRecord) -> dict[str, Any]:
    """Return the settings by which runs differ in what they train; see ``compared``."""
    return compared(record.settings)


def compared(settings: Mapping[str, Any], *, places: bool = False) -> dict[str, Any]:
    """Return settings under dotted names without ``init_args``, without those that do not change what is trained.

    Classes are named without their modules.

    Args:
        settings: The whole configuration.
        places: Keep where data lie.
    """
    found: dict[str, Any] = {}
    for key, value in _flat(settings):
        name = key.replace(".init_args", "").removesuffix(".class_path")
        if name not in NOT_COMPARED and (places or not name.endswith(_PLACES)):
            found[name] = value.rpartition(".")[2] if key.endswith(".class_path") and isinstance(value, str) else value
    return found


def _flat(settings: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{key}.")
        elif value != {}:
            yield f"{before}{key}", value


def value_text(value: Any) -> str:
    """Return a setting's value as it is shown."""
    if isinstance(value, list):
        return f"[{', '.join(value_text(entry) for entry in value)}]"
    if isinstance(value, Mapping):
        inner = value.get("class_path")
        return str(inner).rpartition(".")[2] if inner else ", ".join(f"{k}={value_text(v)}" for k, v in value.items())
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and (PurePosixPath(value).is_absolute() or PureWindowsPath(value).is_absolute()):
        return PureWindowsPath(without_home(value)).name
    return str(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
