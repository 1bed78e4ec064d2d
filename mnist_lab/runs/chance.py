"""Runs that hardly learned: their accuracy is nearer to that of guessing than to that of the best."""

from __future__ import annotations

from mnist_lab.runs.record import RunRecord


def chance_of(record: RunRecord) -> float | None:
    """Return the share of right answers that guessing among the classes gives; None where their number is unknown.

    Args:
        record: Names the classes, or has the output layer whose nodes are counted instead.
    """
    names = record.data.get("class_names")
    if names:
        return 1 / len(names)
    shape = record.layers[-1].get("output_shape") if record.layers else None
    return 1 / shape[-1] if shape and shape[-1] > 1 else None


def hardly_learned(accuracy: float, best: float, chance: float | None) -> bool:
    """Return whether an accuracy lies below the middle between guessing and the best.

    Args:
        accuracy: 0 to 1.
        best: The highest of those that are compared, 0 to 1.
        chance: Of guessing, 0 to 1; None where it is not known, and nothing can be said.
    """
    return chance is not None and accuracy < (chance + best) / 2
