"""What the models of several records are called: by their class, and where that is not enough by file or SHA-256."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.source_code import changed_files, identity_of


def model_names(records: Sequence[RunRecord]) -> list[str]:
    """Return a name for the model of each record, the same for the same code.

    Networks of one's own that share a class name are told apart by their files (``clean.Net``, ``two.Net``), and
    versions of one file by the beginning of its SHA-256 (``Net mynet.py 1a2b3c4d``).
    """
    keys = [(record.model, str(identity_of(record.code))) for record in records]
    first = dict(zip(reversed(keys), reversed(records), strict=True))
    names = {
        key: _told_apart(record, [other for other in first.values() if other.model == record.model])
        for key, record in first.items()
    }
    return [names[key] for key in keys]


def _told_apart(record: RunRecord, others: Sequence[RunRecord]) -> str:
    """Return the name of a model among those of its class name, each of another code."""
    paths = {_path_of(other) for other in others}
    name = _path_of(record) if len(paths) > 1 else record.model
    beside = [other for other in others if _path_of(other) == _path_of(record)]
    changed = dict.fromkeys(file for other in beside for file in changed_files(record.code, other.code))
    parts = [f"{file} {record.code[file]['sha256'][:8]}" for file in changed if file in record.code]
    return f"{name} {', '.join(parts)}" if parts else name


def _path_of(record: RunRecord) -> str:
    """Return file and class, ``clean.Net``; of a model that comes along its class alone."""
    model = record.settings.get("model")
    path = model.get("class_path") if isinstance(model, dict) else None
    return path if record.code and isinstance(path, str) else record.model
