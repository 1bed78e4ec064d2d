"""Numbers of a config that no training can be made of, found before anything is built with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mnist_lab.errors import UsageError
from mnist_lab.language import say

_LARGEST = 2**63 - 1


def check_numbers(config: Mapping[str, Any]) -> None:
    """Refuse NaN, infinity, whole numbers beyond 64 bits, and a negative learning rate.

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
    rate = vars(parts["optimizer"]).get("lr") if parts["optimizer"] else None
    if isinstance(rate, (int, float)) and rate < 0:
        raise UsageError(
            say(
                "optimizer.lr: {rate} is no learning rate; give a number above 0, such as 0.001.",
                "optimizer.lr：{rate} は学習率にできません。0.001 のような正の数を指定してください。",
                rate=rate,
            )
        )
