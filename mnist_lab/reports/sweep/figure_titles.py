"""Titles of a sweep's panels: of one or two models, between which numbers their points lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.sweep.families import Family
from mnist_lab.reports.title_width import WIDEST, fitting
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals

MOST_MODELS = 2
"""That a title has numbers of."""


def time_title(families: Sequence[Family], name: str) -> str:
    """Return the title of the training times over a parameter; without numbers where some are not to be trusted."""
    points = [entry for family in families for entry in family.points]
    spans = _spans(families, points, lambda entry: significant(entry.train_s), "s")
    if any(entry.disturbed for entry in points):
        spans = ""
    return fitting(
        spans and say("Training time: {spans}", "学習時間：{spans}", spans=spans),
        say("Training time by {name}", "{name}と学習時間", name=name),
    )


def accuracy_title(families: Sequence[Family], on_scale: Sequence[PointResult], name: str) -> str:
    """Return the title of the test accuracies over a parameter.

    Args:
        families: What the figure shows.
        on_scale: The points whose accuracies lie on the axis.
        name: Of the parameter.
    """
    decimals = accuracy_decimals(on_scale)
    spans = _spans(families, on_scale, lambda entry: f"{100 * entry.test_accuracy:.{decimals}f}", "%")
    return fitting(
        spans and say("Test accuracy: {spans}", "テスト精度：{spans}", spans=spans),
        say("Test accuracy by {name}", "{name}とテスト精度", name=name),
    )


def model_time_title(families: Sequence[Family], name: str) -> str:
    """Return the title of one model's training times over a parameter.

    Args:
        families: Of the model.
        name: Of the parameter.
    """
    model, points = families[0].model, [entry for family in families for entry in family.points]
    untold = any(family.mixed for family in families) or any(entry.disturbed for entry in points)
    return span_title(
        model,
        word("train_s"),
        [] if untold else [significant(entry.train_s) for entry in points],
        say("Training time of {model} by {name}", "{name}と {model} の学習時間", model=model, name=name),
    )


def span_title(model: str, quantity: str, texts: Sequence[str], short: str, *, widest: float = WIDEST) -> str:
    """Return between which numbers a model's points lie.

    Args:
        model: Whose points are shown.
        quantity: What is shown of them, with its unit in brackets.
        texts: The numbers; none where they are not to be trusted.
        short: The title that stands in for one that has no numbers or does not fit.
        widest: That there is room for.
    """
    if not texts:
        return fitting(short)
    name, _, unit = quantity.rpartition(" ")
    said = say(
        "{model} {name}: {span} {unit}",
        "{model} の{name}：{span} {unit}",
        model=model,
        name=name,
        span=_span(texts),
        unit=unit.strip("[]"),
    )
    return fitting(said, short, widest=widest)


def _span(texts: Sequence[str]) -> str:
    low, high = min(texts, key=_number), max(texts, key=_number)
    return low if low == high else say("{low} to {high}", "{low}〜{high}", low=low, high=high)


def _spans(
    families: Sequence[Family], counted: Sequence[PointResult], write: Callable[[PointResult], str], of_unit: str
) -> str:
    """Return the smallest and the largest number of each model; empty where there are more models, or medians alone."""
    models: dict[str, list[str]] = {}
    for family in families:
        models.setdefault(family.model, []).extend(write(entry) for entry in family.points if entry in counted)
    if len(models) > MOST_MODELS or any(family.mixed for family in families) or not all(models.values()):
        return ""
    each = [
        say(
            "{model} {span} {unit}",
            "{model} は {span} {unit}",
            model=model,
            span=_span(texts),
            unit=of_unit,
        )
        for model, texts in models.items()
    ]
    return listed(each, en=", ")


def _number(text: str) -> float:
    return float(text.replace(",", ""))
