"""What the smallest models would be at half and at twice the limit: how much of the answer hangs on it."""

from __future__ import annotations

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import point_name
from mnist_lab.reports.sweep.bound_text import bound_text, needed_percent
from mnist_lab.reports.sweep.sentences import margin_text
from mnist_lab.sweeps.result import PointResult, SweepResult, margin_points, smallest_within

_FACTORS = (0.5, 2.0)


def at_other_limits(result: SweepResult, within: float) -> list[str]:
    """Return what the smallest models would be at half and at twice the limit, and at which of the two the same.

    A limit that one validation sample sets is not halved.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
    """
    now = smallest_within(result.points, within)
    margin = margin_points(result.points, within)
    others = [within * factor for factor in _FACTORS if margin_points(result.points, within * factor) != margin]
    found = [(_limit(result, other), smallest_within(result.points, other)) for other in others]
    if len(found) == len(_FACTORS) and all(small == now for _, small in found):
        return [
            say(
                "With a limit of {each}, the smallest would be the same.",
                "限度を {each}のどちらとした場合も、最小の設定は変わらない。",
                each=listed([limit for limit, _ in found], en=" or "),
            )
        ]
    return [_at(result, limit, None if small == now else small) for limit, small in found]


def _limit(result: SweepResult, within: float) -> str:
    """Return a limit with the validation accuracy that it asks for."""
    bound, short = bound_text(result.points, needed_percent(result.points, within))
    return say(
        "{margin} ({bound}{short})",
        "{margin}（検証精度の下限 {bound}{short}）",
        margin=margin_text(result.points, within).strip(),
        bound=bound,
        short=short and say("; {short}", "、{short}", short=short),
    )


def _at(result: SweepResult, limit: str, small: dict[str, PointResult | None] | None) -> str:
    """Name the smallest models at another limit; None: the same as at this one."""
    if small is None:
        return say(
            "With a limit of {limit}, the smallest would be the same.",
            "限度を {limit}とした場合、最小の設定は変わらない。",
            limit=limit,
        )
    none = [model for model, entry in small.items() if entry is None]
    return say(
        "With a limit of {limit}, the smallest would be {each}{none}.",
        "限度を {limit}とした場合、最小の設定は {each} となる{none}。",
        limit=limit,
        each=listed([with_size(entry, result) for entry in small.values() if entry], ja="と"),
        none=say("; no {models} would reach it", "（{models} にはない）", models=listed(none, en=" or "))
        if none
        else "",
    )


def with_size(entry: PointResult, result: SweepResult) -> str:
    """Name a point, with its model where there are several, and its number of parameters."""
    return say(
        "{model}{name} ({parameters:,} parameters)",
        "{model}{name}（パラメータ数 {parameters:,}）",
        model=say("{model}, ", "{model} の", model=entry.model) if len(result.models) > 1 else "",
        name=point_name(entry),
        parameters=entry.parameters,
    )
