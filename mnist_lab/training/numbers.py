"""Numbers of a config that no training can be made of, found before anything is built with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mnist_lab.errors import UsageError
from mnist_lab.language import say

_LARGEST = 2**63 - 1
# Schedules that set the rate themselves, whatever the optimizer's is.
_SETS_THE_RATE = ("OneCycleLR", "CyclicLR")
_ABOVE_0 = {
    "OneCycleLR": ("max_lr",),
    "CyclicLR": ("max_lr", "step_size_up", "step_size_down"),
    "ConstantLR": ("factor",),
}


def check_numbers(config: Mapping[str, Any]) -> None:
    """Refuse NaN, infinity, whole numbers beyond 64 bits, times that are none, and rates that train nothing.

    Args:
        config: As parsed; ``optimizer``, ``lr_scheduler`` and ``trainer`` are looked at.

    Raises:
        UsageError: A number is none.
    """
    parts = {"trainer": config.get("trainer")}
    for name in ("optimizer", "lr_scheduler"):
        chosen = config.get(name)
        parts[name] = chosen.get("init_args") if chosen else None
    for part, settings in parts.items():
        for name, value in vars(settings).items() if settings else ():
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(
                    say(
                        "{part}.{name}: {value} is no number to train with; give a finite one.",
                        "{part}.{name}：{value} では学習できません。有限の数を指定してください。",
                        part=part,
                        name=name,
                        value=value,
                    )
                )
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise UsageError(
                    say(
                        "{part}.{name}: {value} is more than a computer counts to; give a smaller number.",
                        "{part}.{name}：{value} は大きすぎます。より小さい数を指定してください。",
                        part=part,
                        name=name,
                        value=value,
                    )
                )
    _check_time(vars(parts["trainer"]).get("max_time") if parts["trainer"] else None)
    schedule = config.get("lr_scheduler")
    kind = schedule["class_path"].rpartition(".")[2] if schedule else ""
    _check_schedule(kind, vars(parts["lr_scheduler"]) if parts["lr_scheduler"] else {})
    rate = vars(parts["optimizer"]).get("lr") if parts["optimizer"] else None
    if isinstance(rate, (int, float)) and (rate < 0 or (rate == 0 and kind not in _SETS_THE_RATE)):
        raise UsageError(
            say(
                "optimizer.lr: {rate} is no learning rate; give a number above 0, such as 0.001.",
                "optimizer.lr：{rate} は学習率にできません。0.001 のような正の数を指定してください。",
                rate=rate,
            )
        )


def _check_time(given: Any) -> None:
    """Refuse a time in units that there are not, or longer than Python counts."""
    if not isinstance(given, dict):
        return
    try:
        timedelta(**given)
    except (TypeError, OverflowError) as error:
        raise UsageError(
            say(
                "trainer.max_time: {given} is no time; give DD:HH:MM:SS, or days, hours, minutes and seconds as in "
                "{example}.",
                "trainer.max_time：{given} は時間として読めません。DD:HH:MM:SS の形か、{example} のように days、hours、"
                "minutes、seconds で指定してください。",
                given=given,
                example="{minutes: 10}",
            )
        ) from error


def _check_schedule(kind: str, settings: Mapping[str, Any]) -> None:
    """Refuse numbers with which a schedule's rate is never above 0, or that torch divides by."""
    for name in _ABOVE_0.get(kind, ()):
        value = settings.get(name)
        numbers = value if isinstance(value, list) else [value]
        if any(isinstance(number, (int, float)) and number <= 0 for number in numbers):
            raise UsageError(
                say(
                    "lr_scheduler.{name}: {value} is too low for {kind}; give a number above 0.",
                    "lr_scheduler.{name}：{kind} に対して {value} は小さすぎます。0 より大きい数を指定してください。",
                    name=name,
                    value=value,
                    kind=kind,
                )
            )
