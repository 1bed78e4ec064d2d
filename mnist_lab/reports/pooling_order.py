"""Why the CNN's pooling stands before one activation and behind another, where a report has both."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.differences import leaves_of
from mnist_lab.runs.groups import Group

_POOLING, _CONVOLUTION = "MaxPool2d", "Conv2d"


def pooling_order(groups: Sequence[Group]) -> list[str]:
    """Return a sentence with the reason, where the groups' CNNs pool in both orders; else nothing.

    Args:
        groups: Of any models; the own CNN of this package alone is looked at, whose reason is known.
    """
    first: dict[str, None] = {}
    last: dict[str, None] = {}
    for group in groups:
        model = group.record.settings.get("model")
        path = str(model.get("class_path", "")) if isinstance(model, dict) else ""
        if group.record.model != "CNN" or not path.startswith("mnist_lab."):
            continue
        kinds = [layer.kind for layer in leaves_of(group)]
        for place, kind in enumerate(kinds[1:-1], start=1):
            if kind == _POOLING and kinds[place - 1] == _CONVOLUTION:
                first[kinds[place + 1]] = None
            elif kind == _POOLING:
                last[kinds[place - 1]] = None
    if not first or not last:
        return []
    return [
        say(
            "In CNN, pooling stands before {first} and behind {last}: of a function that never falls, the maximum is "
            "the same in either order, and takes fewer values this way.",
            "CNN では、{first} をプーリングの後に、{last} をプーリングの前に置いた。値が減少することのない関数では"
            "どちらの順序でも出力は等しく、プーリングの後に置くほうが計算する値の数が少ないためである。",
            first=listed(list(first)),
            last=listed(list(last)),
        )
    ]
