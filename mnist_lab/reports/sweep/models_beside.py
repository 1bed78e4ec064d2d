"""How the models of a sweep differ from each other: layer by layer, at the values that they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from mnist_lab.language import say
from mnist_lab.reports.changes import layers_beside
from mnist_lab.reports.document import Block, Paragraph
from mnist_lab.reports.model_tables import MOST_LAYER_TABLES
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import compared_settings
from mnist_lab.sweeps.result import SweepResult

Pair = tuple[Group, Group]


def models_beside(result: SweepResult, groups: Mapping[str, Group]) -> list[Block]:
    """Return the layers of the first model beside those of the others; nothing where there is one, or many.

    Args:
        result: Of the sweep.
        groups: Each point with its runs, by the point's key.
    """
    of_models = [
        [groups[entry.point.key] for entry in result.of_model(model) if entry.point.key in groups]
        for model in result.models
    ]
    known = [own for own in of_models if own]
    found: list[Block] = []
    for other in known[1:] if len(known) <= MOST_LAYER_TABLES else ():
        pair = _most_alike(known[0], other)
        found += [Paragraph(_which(pair)), *layers_beside(*pair)]
    return found


def _most_alike(some: Sequence[Group], others: Sequence[Group]) -> Pair:
    """Return the first pair with the most settings of the same value; the one with more layers comes first."""
    pair = max(product(some, others), key=_in_common)
    one, other = sorted(pair, key=lambda group: -len(group.record.layers))
    return one, other


def _in_common(pair: Pair) -> int:
    first, second = (compared_settings(group.record) for group in pair)
    return sum(name in second and second[name] == value for name, value in first.items())


def _which(pair: Pair) -> str:
    return say(
        "How the models differ is shown by the example of {first} and {second}.",
        "モデルどうしの違いを、{first} と {second} を例に示す。",
        first=pair[0].label,
        second=pair[1].label,
    )
