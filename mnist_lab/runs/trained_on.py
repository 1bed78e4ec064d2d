"""What a network was trained on: the data, its classes in order, the split, the scale; and what differs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mnist_lab.language import say
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared, value_text
from mnist_lab.runs.source_code import SourceCode, SourceFile, changed_files

TRAINED_ON = "mnist_lab_trained_on"
"""Key of a checkpoint under which a run of this package says what it was trained on."""

# Where a source's files lie and how they are read: what counts is what is in them, which features and which classes.
# What is the same throughout a training, or its record would be wrong of the epochs before a resume.
_OF_TRAINING = ("optimizer", "lr_scheduler", "lr_interval")
_ALSO_OF_TRAINING = (
    "data.batch_size",
    "trainer.precision",
    "trainer.accumulate_grad_batches",
    "trainer.gradient_clip_val",
    "trainer.gradient_clip_algorithm",
)
# How the same step is computed, which may depend on the machine.
_IMPLEMENTATIONS = ("optimizer.fused", "optimizer.foreach", "optimizer.capturable")
OF_OWN_NETWORKS = ("loss", "label_smoothing")
"""Options of the training of one's own network; a Classifier has them among its own arguments."""

_READING = ("root", "path", "mirrors", "encoding", "separator", "inputs", "classes")
# Settings that came later, with the value that earlier runs had without saying so.
_UNSAID = {"missing": "error"}
_ABSENT = object()


@dataclass(frozen=True)
class TrainedOn:
    """Plain values, as a checkpoint and JSON hold them."""

    model: str
    """Name of the model's class."""
    model_settings: dict[str, Any]
    data: str
    """Name of the data set that was used."""
    sha256: str | None
    """Of its files; None where the name says it all."""
    input_shape: list[int]
    feature_names: list[str] | None
    class_names: list[str]
    """In the order of the labels, which is the order of the network's outputs."""
    source: dict[str, Any]
    """The source's settings that have a part in which samples there are and which of them test."""
    val_fraction: float | None
    seed: int
    """Of the split into training and validation."""
    mean: list[float]
    """Of the training split, in stored units: what the inputs were standardised with."""
    std: list[float]
    categories: dict[str, list[str]] = field(default_factory=dict)
    """By column of texts: those that the training split has, in the order of the features."""
    code: dict[str, SourceFile] = field(default_factory=dict)
    """The user's files that the network is made of."""
    training: dict[str, Any] | None = None
    """What a training that goes on takes over: optimizer, schedule, seed, batch size; None: not said."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same."""

    option: str
    """Where it is set, such as ``data.seed``."""
    there: Any
    here: Any

    def __str__(self) -> str:
        return say(
            "{option}: {there} there, {here} here",
            "{option}：学習時 {there}、今回 {here}",
            option=self.option,
            there=value_text(self.there),
            here=value_text(self.here),
        )


def trained_on(
    model: str, data: Mapping[str, Any], settings: Mapping[str, Any], code: SourceCode | None = None
) -> TrainedOn:
    """Return what a run trains on.

    Args:
        model: Name of the model's class.
        data: As a record describes it (``DataDescription.to_dict``).
        settings: The whole configuration.
        code: The user's files that the network is made of.
    """
    of_model = {
        name: value
        for name, value in compared(settings).items()
        if name.startswith("model.") or name in OF_OWN_NETWORKS
    }
    return TrainedOn(
        model=model,
        model_settings=of_model,
        data=data["name"],
        sha256=data.get("sha256"),
        input_shape=list(data["input_shape"]),
        feature_names=data.get("feature_names"),
        class_names=list(data["class_names"]),
        source={
            name: value
            for name, value in data.get("settings", {}).items()
            if name not in _READING and _UNSAID.get(name, _ABSENT) != value
        },
        val_fraction=settings.get("data", {}).get("val_fraction"),
        seed=data["seed"],
        mean=list(data["mean"]),
        std=list(data["std"]),
        categories=dict(data.get("categories") or {}),
        code=dict(code or {}),
        training=_of_training(settings),
    )


def trained_on_of(record: RunRecord) -> TrainedOn:
    """Return what the run of a record was trained on.

    Raises:
        KeyError: The record does not say.
    """
    return trained_on(record.model, record.data, record.settings, record.code)


def trained_on_from(values: Mapping[str, Any]) -> TrainedOn:
    """Return what ``to_dict`` took apart, leaving out what this version does not know.

    Raises:
        TypeError: Something is missing.
    """
    known = {entry.name for entry in fields(TrainedOn)}
    return TrainedOn(**{name: value for name, value in values.items() if name in known})


def model_differences(there: TrainedOn, here: TrainedOn) -> list[Difference]:
    """Return how the networks differ in class and settings."""
    found = [Difference("model", there.model, here.model)] if there.model != here.model else []
    names = dict.fromkeys([*there.model_settings, *here.model_settings])
    return found + _differing(names, there.model_settings, here.model_settings) + code_differences(there, here)


def training_differences(there: TrainedOn, here: TrainedOn) -> list[Difference]:
    """Return how the trainings differ in what one that goes on takes over; none where one of the two does not say."""
    if there.training is None or here.training is None:
        return []
    found = _differing(dict.fromkeys([*there.training, *here.training]), there.training, here.training)
    # Of another class all settings are others.
    classes = {entry.option for entry in found} & set(_OF_TRAINING)
    return [entry for entry in found if entry.option.partition(".")[0] not in classes or entry.option in classes]


def code_differences(there: TrainedOn, here: TrainedOn) -> list[Difference]:
    """Return which of the user's files hold other code; where one of the two says nothing of its code, none does."""
    if not there.code or not here.code:
        return []
    return [
        Difference(f"code in {name} (SHA-256)", _digest(there.code, name), _digest(here.code, name))
        for name in changed_files(there.code, here.code)
    ]


def data_differences(there: TrainedOn, here: TrainedOn) -> list[Difference]:
    """Return how the data differ: the data set, what is in its files, its features, its classes and their order."""
    if there.data != here.data:
        return [Difference("data.source", there.data, here.data)]
    found = []
    if there.class_names != here.class_names:
        found.append(Difference("classes", there.class_names, here.class_names))
    if there.feature_names != here.feature_names:
        found.append(Difference("features", there.feature_names, here.feature_names))
    if not found and there.sha256 != here.sha256:
        found.append(Difference("content of the data (SHA-256)", _short(there.sha256), _short(here.sha256)))
    return found


def split_differences(there: TrainedOn, here: TrainedOn) -> list[Difference]:
    """Return how the cuts into training, validation and test samples differ."""
    names = dict.fromkeys([*there.source, *here.source])
    found = _differing(names, there.source, here.source, "data.source.")
    if there.val_fraction is not None and there.val_fraction != here.val_fraction:
        found.append(Difference("data.val_fraction", there.val_fraction, here.val_fraction))
    if there.seed != here.seed:
        found.append(Difference("data.seed", there.seed, here.seed))
    return found


def _of_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        name: value
        for name, value in compared(settings).items()
        if (name.split(".")[0] in _OF_TRAINING or name in _ALSO_OF_TRAINING) and name not in _IMPLEMENTATIONS
    }
    return found | {"seed_everything": settings.get("seed_everything")}


def _differing(
    names: Sequence[str] | Mapping[str, Any], there: Mapping[str, Any], here: Mapping[str, Any], before: str = ""
) -> list[Difference]:
    return [
        Difference(f"{before}{name}", there.get(name), here.get(name))
        for name in names
        if _plain(there.get(name)) != _plain(here.get(name))
    ]


def _plain(value: Any) -> Any:
    """Return tuples as the lists that they become in a file."""
    return [_plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def _digest(code: SourceCode, name: str) -> str:
    return _short(code[name]["sha256"] if name in code else None)


def _short(digest: str | None) -> str:
    return "–" if digest is None else f"{digest[:12]}…"
