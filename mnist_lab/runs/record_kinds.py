"""Of which kind each value of a record is; reports compute with them, whoever has written the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

Status = Literal["running", "completed", "interrupted", "diverged", "out_of_memory", "failed", "disturbed"]
"""How a run ended; ``disturbed``: completed, and trained once more since other programs had a part in its time."""

_LARGEST = 2.0**63
# Numbers with the least and the most that they can be.
_Count = Annotated[int, (0, _LARGEST)]
_Share = Annotated[float, (0, 1)]
_Time = Annotated[float, (0, 1e12)]
_Name = Annotated[str, (1, 200)]  # it is drawn in figures
_Score = Annotated[float, (-1e39, 1e39)]  # beyond what 32 bits hold


class _Epoch(TypedDict, total=False):
    epoch: _Count
    steps: _Count
    epoch_s: _Time | None
    train_s: _Time | None
    wall_s: _Time | None
    samples_per_s: _Score | None
    train_loss: _Score | None
    train_accuracy: _Share | None
    val_loss: _Score | None
    val_accuracy: _Share | None
    others_cpu: _Share | None
    waited_s: _Time | None


class _Layer(TypedDict, total=False):
    name: str
    depth: Annotated[int, (0, 1000)]
    output_shape: list[_Count]
    parameters: _Count
    formula: str
    attribute: str
    shape_formula: str
    arguments: str


class _MissingValues(TypedDict, total=False):
    treatment: Literal["drop", "mean"]
    rows: _Count
    dropped_rows: _Count
    values: dict[str, _Count]


class _Data(TypedDict, total=False):
    name: _Name
    requested_name: _Name
    fell_back: bool
    location: str
    settings: dict[str, Any]
    sha256: str | None
    input_shape: list[_Count]
    feature_names: list[str] | None
    class_names: list[str]
    split_sizes: dict[str, _Count]
    seed: _Count | None
    categories: dict[str, list[str]]
    missing: _MissingValues | None
    unseen: dict[str, dict[str, dict[str, _Count]]]


class _Settings(TypedDict, total=False):
    trainer: dict[str, Any]
    model: dict[str, Any]
    data: dict[str, Any]
    optimizer: dict[str, Any] | None
    lr_scheduler: dict[str, Any] | None


class _Device(TypedDict, total=False):
    type: str
    name: str
    threads: _Count
    precision: str
    platform: str


class _Sweep(TypedDict, total=False):
    name: str
    study: str
    within: Annotated[float, (0, 100)]
    unit: str
    repeat: _Count
    base: str
    values: dict[str, Any]
    machine: str


class _SourceFile(TypedDict, total=False):
    text: str
    sha256: str


class RecordKinds(TypedDict, total=False):
    """``record.json``."""

    model: _Name
    data: _Data
    settings: _Settings
    parameters: _Count
    layers: list[_Layer]
    versions: dict[str, str]
    device: _Device
    started: str
    ended: str | None
    status: Status
    message: str | None
    resumed_from: str | None
    train_s: _Time | None
    wall_s: _Time | None
    epochs: list[_Epoch]
    test_loss: _Score | None
    test_accuracy: _Share | None
    best_checkpoint: str | None
    sweep: _Sweep | None
    made_by: str
    code: dict[str, _SourceFile]
