"""What a report says, whatever the language: English and Japanese each put it in their own words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mnist_lab.reports.differences import LayerChange
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.style import Language
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread

Condition = Literal["data", "device", "threads", "precision", "versions"]


# An epoch that took so many times as long as the median of its run is worth a remark.
SLOW = 1.5


@dataclass(frozen=True)
class Reached:
    """When a group's mean validation accuracy first reached a mark."""

    group: Group
    epoch: int
    """Counted from 1."""
    train_s: Spread
    """Training time until the end of that epoch."""


class Prose(ABC):
    """The words of one language."""

    language: Language
    word: Mapping[str, str]
    """Headings of sections, columns and axes, by short names; units stand in square brackets."""
    status: Mapping[str, str]
    """How a run ended, by the record's ``status``."""

    @abstractmethod
    def title(self, labels: Sequence[str], data: str) -> str:
        """Return the report's title."""

    @abstractmethod
    def speed(self, comparison: Comparison) -> str:
        """Say how many times as fast the faster of two groups trains."""

    @abstractmethod
    def accuracy(self, comparison: Comparison) -> str:
        """Say by how many points the accuracies of two groups differ."""

    @abstractmethod
    def verdict(self, comparison: Comparison) -> str:
        """Say whether a difference is larger than the noise, and by which test."""

    @abstractmethod
    def test_name(self, comparison: Comparison) -> str:
        """Name the test."""

    @abstractmethod
    def changed(self, first: Group, second: Group, changes: Sequence[LayerChange]) -> str:
        """Say which layers differ, from what to what, and what that does to the number of parameters."""

    @abstractmethod
    def settings_changed(self, count: int) -> str:
        """Introduce the table of settings that differ."""

    @abstractmethod
    def single(self, group: Group) -> str:
        """Say what one group alone came to."""

    @abstractmethod
    def conditions_differ(self, conditions: Sequence[Condition]) -> str:
        """Say which conditions differ and what is therefore not compared."""

    @abstractmethod
    def split(self, sizes: Mapping[str, int]) -> str:
        """Name the sizes of the splits."""

    @abstractmethod
    def stands_in(self, used: str, missing: str) -> str:
        """Say that other data stand in for what was asked for."""

    @abstractmethod
    def measured(self) -> str:
        """Define training time and test accuracy, and what stands behind ±."""

    @abstractmethod
    def figure_title(self, stem: str, groups: Sequence[Group], reached: Sequence[Reached], mark: float | None) -> str:
        """Return a figure's title, which says what is to be seen."""

    @abstractmethod
    def figure_caption(self, stem: str, groups: Sequence[Group]) -> str:
        """Say what a figure shows and what its marks mean."""

    @abstractmethod
    def figure_number(self, number: int, caption: str) -> str:
        """Put a figure's number before its caption."""

    @abstractmethod
    def layers_beside(self, first: Group, second: Group) -> str:
        """Return the caption of the table with two models beside each other."""

    @abstractmethod
    def model_caption(self, group: Group) -> str:
        """Return the caption of one model's layer table."""

    @abstractmethod
    def nothing_strange(self) -> str:
        """Say that there is nothing more to observe."""

    @abstractmethod
    def table_caption(self, name: str) -> str:
        """Say what a table shows."""

    @abstractmethod
    def reached(self, mark_percent: float, reached: Sequence[Reached]) -> str:
        """Say when each group reached an accuracy that all reached."""

    @abstractmethod
    def sizes(self, first: Group, second: Group, slower: Spread | None) -> str:
        """Compare numbers of parameters, and the times with them.

        Args:
            first: One group.
            second: The other.
            slower: Time per epoch of the one with more parameters divided by the other's; None where not compared.
        """

    @abstractmethod
    def slow_epoch(self, run: Run, epoch: int, factor: float) -> str:
        """Say that one epoch of a run took much longer than its others."""

    @abstractmethod
    def not_completed(self, run: Run, label: str) -> str:
        """Say that a run is not counted, and why."""

    @abstractmethod
    def limits(self, groups: Sequence[Group], test_sd_points: float | None) -> list[str]:
        """Say what the report cannot know."""

    @abstractmethod
    def open_place(self) -> str:
        """Return what stands where the reader is to write."""

    @abstractmethod
    def questions(self, groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
        """Return the questions that the reader's interpretation answers."""


def prose(language: Language) -> Prose:
    """Return the words of a language."""
    from mnist_lab.reports.prose_en import English
    from mnist_lab.reports.prose_ja import Japanese

    return Japanese() if language == "ja" else English()


def p_text(p: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def faster(comparison: Comparison) -> tuple[Group, Group, Spread]:
    """Return the faster group, the slower one, and how many times as fast it is."""
    if comparison.change.mean >= 1 or comparison.inverse is None:
        return comparison.second, comparison.first, comparison.change
    return comparison.first, comparison.second, comparison.inverse


def n_text(comparison: Comparison) -> str:
    """Return ``n = 3``, or both numbers where they differ."""
    first, second = comparison.test.n
    return f"n = {first}" if first == second else f"n = {first}, {second}"
