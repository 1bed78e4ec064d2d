"""That a model pools at all of a sweep's points: no part of what was varied, and every layer behind it is smaller."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.language import listed, say
from mnist_lab.reports.differences import leaves_of
from mnist_lab.runs.groups import Group
from mnist_lab.sweeps.result import SweepResult

_SHORT = "pooling"


def pooling_everywhere(result: SweepResult, groups: Mapping[str, Group]) -> list[str]:
    """Return a sentence for each model that pools at all of its points.

    Args:
        result: Of the sweep.
        groups: Each point with its runs, by the point's key.
    """
    found = []
    for model in result.models:
        own = [entry for entry in result.of_model(model) if entry.point.key in groups]
        if any(key.endswith(_SHORT) for entry in own for key in entry.point.values):
            continue
        pools = [[layer.text for layer in leaves_of(groups[entry.point.key]) if "Pool" in layer.kind] for entry in own]
        if pools and all(pools):
            found.append(
                say(
                    "{model} pools at all points ({kinds}), so that Flatten and the Linear behind it are smaller than "
                    "without pooling.",
                    "{model} には、どの設定でもプーリング層（{kinds}）がある。そのため、Flatten の出力とその後の "
                    "Linear の入力は、プーリングのない場合より小さい。",
                    model=model,
                    kinds=listed(list(dict.fromkeys(text for texts in pools for text in texts))),
                )
            )
    return found
