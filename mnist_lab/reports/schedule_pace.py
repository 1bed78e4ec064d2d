"""How often a learning rate schedule moves on: what its settings are counted in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.language import listed, say

_MOVES_WHEN_NOTHING_IMPROVES = "ReduceLROnPlateau"


def with_pace(name: str, text: str, settings: Mapping[str, Any]) -> str:
    """Return a setting's value, of a learning rate schedule with the epochs or steps after which it takes effect.

    Args:
        name: The setting's name.
        text: Its value.
        settings: By name, those that are the same in all runs; ``lr_interval`` says what the schedule counts.
    """
    if name == "lr_scheduler.gamma" and (when := _times_gamma_when(settings)):
        return say("{text} (times {text} {when})", "{text}（{when} {text} 倍）", text=text, when=when)
    schedule, one = settings.get("lr_scheduler"), _every(settings, 1)
    if name != "lr_scheduler" or not one or schedule == _MOVES_WHEN_NOTHING_IMPROVES:
        return text
    if settings.get("lr_scheduler.gamma") is not None and _times_gamma_when(settings):
        return text  # the row of gamma says it
    return say("{text} (moves on {when})", "{text}（{when}更新）", text=text, when=one)


def _times_gamma_when(settings: Mapping[str, Any]) -> str:
    """Return when the rate is multiplied by gamma; empty where that is not known or not so simple."""
    schedule = settings.get("lr_scheduler")
    if schedule == "ExponentialLR":
        return _every(settings, 1)
    if schedule == "StepLR":
        return _every(settings, settings.get("lr_scheduler.step_size"))
    if schedule == "MultiStepLR":
        return _after(settings, settings.get("lr_scheduler.milestones"))
    return ""


def _every(settings: Mapping[str, Any], count: Any) -> str:
    if not isinstance(count, int):
        return ""
    if settings.get("lr_interval") == "epoch":
        one = say("after each epoch", "1 エポックごとに")
        return one if count == 1 else say("after every {count} epochs", "{count} エポックごとに", count=count)
    if settings.get("lr_interval") == "step":
        one = say("after each optimizer step", "重みの更新 1 回ごとに")
        return (
            one
            if count == 1
            else say("after every {count} optimizer steps", "重みの更新 {count} 回ごとに", count=count)
        )
    return ""


def _after(settings: Mapping[str, Any], counts: Any) -> str:
    if not isinstance(counts, Sequence) or isinstance(counts, str) or not counts:
        return ""
    names = listed([str(count) for count in counts])
    if settings.get("lr_interval") == "epoch":
        return say("after {names} epochs", "{names} エポックの後に", names=names)
    if settings.get("lr_interval") == "step":
        return say("after {names} optimizer steps", "重みの更新 {names} 回の後に", names=names)
    return ""
