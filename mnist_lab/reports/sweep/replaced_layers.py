"""Which layers a setting replaces in place, such as an activation: how many, where, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.differences import leaves_of
from mnist_lab.runs.groups import Group
from mnist_lab.sweeps.result import SweepResult


def replaced_layers(result: SweepResult, groups: Mapping[str, Group]) -> list[str]:
    """Return a sentence for each model of which one setting alone was varied, and replaced layers in their places.

    Args:
        result: Of the sweep.
        groups: Each point with its runs, by the point's key.
    """
    found = []
    for model in result.models:
        own = [entry for entry in result.of_model(model) if entry.point.key in groups]
        if len(own) > 1 and all(len(entry.point.values) == 1 for entry in own):
            found += _replaced(model, [groups[entry.point.key] for entry in own])
    return found


def _with_arguments(text: str, name: str, group: Group) -> str:
    """Return a layer with what it was built with, where no sizes say it, such as ``negative_slope=0.01``."""
    if " " in text:
        return text
    arguments = next((entry.get("arguments") for entry in group.record.layers if entry.get("name") == name), "")
    told = [part for part in (arguments or "").split(", ") if part and not part.startswith("inplace=")]
    return f"{text} ({', '.join(told)})" if told else text


def _replaced(model: str, groups: Sequence[Group]) -> list[str]:
    layers = [[_with_arguments(layer.text, layer.name, group) for layer in leaves_of(group)] for group in groups]
    if len({len(texts) for texts in layers}) > 1:
        return []
    places = [place for place, texts in enumerate(zip(*layers, strict=True)) if len(set(texts)) > 1]
    kinds = [{texts[place] for place in places} for texts in layers]
    sizes = {group.record.parameters for group in groups}
    if not places or 0 in places or any(len(kind) != 1 for kind in kinds) or len(sizes) > 1:
        return []
    first, *others = dict.fromkeys(next(iter(kind)) for kind in kinds)
    return [
        say(
            "In {model}, {first} was replaced in {count} (behind {before}) by {others}{alike}; the other layers and "
            "the number of parameters stay as they are.",
            "{model} では、{count}（{before} の直後）の {first} を、{alike}{others} に置き換えた。ほかの層と"
            "パラメータ数は変わらない。",
            alike=say(", all of them alike", "すべて同じく ") if len(places) > 1 else "",
            model=model,
            count=say("1 place", "1 か所")
            if len(places) == 1
            else say("{count} places", "{count} か所", count=len(places)),
            before=listed([layers[0][place - 1] for place in places]),
            first=first,
            others=listed(others, en=" or ", ja="、"),
        )
    ]
