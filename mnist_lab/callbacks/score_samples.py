"""The samples whose scores are drawn: some of each class in class order; of one-dimensional data, the axis as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mnist_lab.errors import DataError
from mnist_lab.language import listed, say

if TYPE_CHECKING:
    from mnist_lab.pictures.score_picture import Scene

_PLACES_ON_THE_AXIS = 401
# More classes than that are counted, not listed, where they have too few samples.
_MOST_CLASSES_NAMED = 5


@dataclass(frozen=True, eq=False)
class ScoreSamples:
    """Samples of a split as the network takes them.

    Attributes:
        inputs: Up to so many of each class, in class order, ``(n, *input shape)``.
        labels: Their classes, int64 ``(n,)``.
        all_inputs: Of one-dimensional data, all of the split, ``(N, 1)``; else empty.
        all_labels: Likewise, int64 ``(N,)``.
    """

    inputs: Tensor
    labels: Tensor
    all_inputs: Tensor
    all_labels: Tensor

    @property
    def is_one_dimensional(self) -> bool:
        """Whether a sample is one number, so that the number can be the x axis."""
        return self.inputs.shape[1:] == (1,)

    @property
    def drawn_inputs(self) -> Tensor:
        """The inputs ``(P, *input shape)`` over which lines are drawn."""
        if not self.is_one_dimensional:
            return self.inputs
        low, high = float(self.all_inputs.min()), float(self.all_inputs.max())
        return torch.linspace(low, high, _PLACES_ON_THE_AXIS).unsqueeze(1)

    def counts(self, num_classes: int) -> list[int]:
        """Return how many samples of each class there are."""
        counts: list[int] = torch.bincount(self.labels, minlength=num_classes).tolist()
        return counts


def take_samples(batches: Iterable[Any], per_class: int) -> ScoreSamples:
    """Take the first samples of each class.

    Args:
        batches: Each unpacks into inputs ``(N, *input shape)`` and labels ``(N,)``.
        per_class: Most samples of a class.

    Raises:
        DataError: There are none.
    """
    inputs: list[Tensor] = []
    labels: list[Tensor] = []
    whole: list[tuple[Tensor, Tensor]] = []
    counts: dict[int, int] = {}
    for batch_inputs, batch_labels in batches:
        here = batch_labels.cpu()
        if batch_inputs.shape[1:] == (1,):
            whole.append((batch_inputs.cpu(), here))
        for label in here.unique().tolist():
            members = (here == label).nonzero().flatten()[: per_class - counts.get(label, 0)]
            counts[label] = counts.get(label, 0) + len(members)
            inputs.append(batch_inputs[members.to(batch_inputs.device)].cpu())
            labels.append(here[members])
    if not labels:
        raise DataError(
            say(
                "ScoreCurves: there are no samples whose scores could be drawn; give the data a test split.",
                "ScoreCurves：スコアを描くサンプルがありません。テストデータのあるデータを指定してください。",
            )
        )
    all_labels = torch.cat(labels)
    order = all_labels.argsort(stable=True)
    every = [torch.cat(parts) for parts in zip(*whole, strict=True)] or [torch.empty(0, 1), torch.empty(0).long()]
    return ScoreSamples(torch.cat(inputs)[order], all_labels[order], *every)


def too_few(counts: Sequence[int], class_names: Sequence[str], per_class: int, split: str) -> str | None:
    """Return the line on classes with fewer samples than are wanted; None where there are none.

    Args:
        counts: Samples of each class that there are.
        class_names: Their names.
        per_class: As many are wanted.
        split: What they are samples of, as it is said.
    """
    few = [f"{name} ({count})" for name, count in zip(class_names, counts, strict=True) if count < per_class]
    if not few:
        return None
    if len(few) > _MOST_CLASSES_NAMED:
        left = len(few) - _MOST_CLASSES_NAMED
        few[_MOST_CLASSES_NAMED:] = [say("{left} more", "ほか {left} クラス", left=left)]
    return say(
        "Scores: fewer than {wanted} {split} samples of {few}; those that there are are drawn.",
        "スコア：{split}が {wanted} 個に満たないクラスがあります（{few}）。あるだけを描きます。",
        wanted=per_class,
        split=split,
        few=listed(few),
    )


def scene_of(samples: ScoreSamples, class_names: Sequence[str], datamodule: Any, split: str) -> Scene:
    """Return what stays the same in all pictures of these samples.

    Args:
        samples: The samples.
        class_names: One for each of the network's outputs.
        datamodule: Where it says how inputs were standardised, and what they are called, these are used; or None.
        split: What they are samples of, as it is said.
    """
    from mnist_lab.pictures.bands import class_bands, interval_bands, why_hills
    from mnist_lab.pictures.score_picture import Scene

    counts = samples.counts(len(class_names))
    if not samples.is_one_dimensional:
        most = max(counts)
        label = say(
            "{split} samples in class order, up to {most} of each class",
            "クラス順に並べた{split}（各クラス最大 {most} 個）",
            split=split,
            most=most,
        )
        positions = torch.arange(len(samples.labels)).double().numpy()
        return Scene(class_names, positions, class_bands(counts), label, len(samples.labels))
    bands = interval_bands(_as_stored(samples.all_inputs, datamodule).numpy(), samples.all_labels.numpy())
    values = _as_stored(samples.inputs, datamodule)
    return Scene(
        class_names,
        _as_stored(samples.drawn_inputs, datamodule).numpy(),
        bands,
        say("input: {name}", "入力：{name}", name=_input_name(datamodule)),
        len(samples.labels),
        is_measured=True,
        caption=why_hills(bands, class_names),
        marks=[values[samples.labels == label].numpy() for label in range(len(class_names))],
    )


def _as_stored(inputs: Tensor, datamodule: Any) -> Tensor:
    """Return one-dimensional inputs ``(N, 1)`` as they were before they were standardised, double ``(N,)``."""
    scale = getattr(datamodule, "standardisation", None)
    values = inputs.double().flatten()
    return values if scale is None else values * float(scale.std) + float(scale.mean)


def _input_name(datamodule: Any) -> str:
    names = getattr(datamodule, "feature_names", None)
    return names[0] if names else say("one number", "一つの数")
