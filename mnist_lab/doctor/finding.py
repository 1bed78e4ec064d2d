"""One finding of the doctor: a colour and a sentence, with the figures for machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from mnist_lab.errors import first_line
from mnist_lab.language import say

Status = Literal["green", "yellow", "red"]


class Check(NamedTuple):
    """One finding."""

    name: str
    status: Status
    """green: good, or a normal answer; yellow: worth a look; red: training will fail or not be what it seems."""
    sentence: str
    data: dict[str, Any]
    """The figures behind the sentence; what is not known is None."""


def contained(name: str, probe: Callable[[], Check]) -> Check:
    """Return the probe's finding, or a yellow one if the probe itself fails: the doctor never crashes."""
    try:
        return probe()
    except Exception as error:
        sentence = say(
            "could not be checked: {kind}: {why}",
            "確認できませんでした：{kind}：{why}",
            kind=type(error).__name__,
            why=first_line(error),
        )
        return Check(name, "yellow", sentence, {"error": str(error)})
