"""What CNN and FC stand for: said once, before a report uses the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.language import Phrase, say
from mnist_lab.runs.groups import Group

_KINDS: Mapping[str, Phrase] = {
    "CNN": Phrase("with convolutional layers (CNN)", "畳み込み層を持つモデル（CNN）"),
    "FC": Phrase("of fully connected layers only (FC)", "全結合層だけのモデル（FC）"),
}


def model_kinds(groups: Sequence[Group]) -> list[str]:
    """Return one sentence on those of CNN and FC that occur; nothing of a network of one's own, whatever its name."""
    ours = dict.fromkeys(group.record.model for group in groups if not group.record.code)
    kinds = [str(_KINDS[model]) for model in ours if model in _KINDS]
    if not kinds:
        return []
    return [
        say(
            "This report deals with a model {kinds}.",
            "本レポートでは、{kinds}を扱う。",
            kinds=say(" and one ", "と").join(kinds),
        )
    ]
