"""A report's words in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.reports.differences import LayerChange
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.prose import SLOW, Condition, Prose, Reached, faster, n_text, p_text
from mnist_lab.reports.style import Language
from mnist_lab.reports.words import CONDITIONS_EN, STATUS_EN, TABLES_EN, WORDS_EN
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run, without_places
from mnist_lab.runs.spread import Spread, significant, text_of


class English(Prose):
    """English."""

    language: Language = "en"
    word = WORDS_EN
    status = STATUS_EN

    def title(self, labels: Sequence[str], data: str) -> str:
        shown = _and(labels) if len(labels) <= 3 else f"{len(labels)} configurations"
        return f"{shown} on {data}: training time and accuracy"

    def speed(self, comparison: Comparison) -> str:
        fast, slow, ratio = faster(comparison)
        return (
            f"{fast.label} trains {text_of(ratio)} times as fast per epoch as {slow.label} "
            f"({text_of(fast.epoch_s)} s against {text_of(slow.epoch_s)} s per epoch, {n_text(comparison)})."
        )

    def accuracy(self, comparison: Comparison) -> str:
        change = comparison.change
        points = text_of(Spread(abs(change.mean), change.sd, change.n), decimals=2)
        second, first = comparison.second, comparison.first
        levels = (
            f"({text_of(second.accuracy_percent, decimals=2)} % against "
            f"{text_of(first.accuracy_percent, decimals=2)} %, {n_text(comparison)})"
        )
        if change.mean == 0 and not change.sd:
            return f"The test accuracy of {second.label} is the same as that of {first.label} {levels}."
        side = "lower" if change.mean < 0 else "higher"
        return f"The test accuracy of {second.label} is {points} percentage points {side} than that of {first.label} {levels}."

    def verdict(self, comparison: Comparison) -> str:
        test = comparison.test
        what = {"time": "time per epoch", "accuracy": "test accuracy"}[comparison.quantity]
        between = f"between {comparison.first.label} and {comparison.second.label}"
        if test.reason == "too_few":
            return f"Whether the difference in {what} {between} is larger than the noise cannot be said from one run."
        if test.reason == "constant":
            return f"The difference in {what} {between} was exactly the same each time, so that no t-test applies."
        assert test.p is not None
        shown = f"({self.test_name(comparison)}, {n_text(comparison)}, {p_text(test.p)})"
        power = (
            " With n = 2 the test has one degree of freedom and misses most differences; more repeats are needed."
            if min(test.n) == 2
            else ""
        )
        if test.is_larger_than_noise:
            return f"The difference in {what} {between} is larger than the noise {shown}.{power}"
        return f"The difference in {what} {between} cannot be told from the noise {shown}.{power}"

    def test_name(self, comparison: Comparison) -> str:
        name = {"paired": "paired t-test over the seeds", "welch": "Welch's t-test"}[comparison.test.name]
        corrected = f", Holm-corrected for {comparison.tests_in_family} tests" if comparison.tests_in_family > 1 else ""
        return f"{name}, two-sided{corrected}"

    def changed(self, first: Group, second: Group, changes: Sequence[LayerChange]) -> str:
        removed = [change.first.text for change in changes if change.change == "removed" and change.first]
        added = [change.second.text for change in changes if change.change == "added" and change.second]
        became = [
            f"{change.first.text} became {change.second.text}"
            for change in changes
            if change.first and change.second and change.first.text != change.second.text
        ]
        parts = []
        if removed:
            parts.append(f"{_and(removed)} {'was' if len(removed) == 1 else 'were'} removed")
        if added:
            parts.append(f"{_and(added)} {'was' if len(added) == 1 else 'were'} added")
        parts += became
        head = f"From {first.label} to {second.label}, "
        old, new = first.record.parameters, second.record.parameters
        if not parts:
            same = "the layers with weights stay as they are" if old == new else "the layers change in size"
            return f"{head}{same}; the number of parameters {_from_to(old, new)}."
        return f"{head}{'; '.join(parts)}. The number of parameters {_from_to(old, new)}."

    def settings_changed(self, count: int) -> str:
        return (
            f"{count} settings differ; all others are the same. A dash: the model has no such setting."
            if count > 1
            else "One setting differs; all others are the same. A dash: the model has no such setting."
        )

    def single(self, group: Group) -> str:
        return (
            f"{group.label} takes {text_of(group.epoch_s)} s of training per epoch and reaches a test accuracy of "
            f"{text_of(group.accuracy_percent, decimals=2)} % (n = {len(group.completed)})."
        )

    def conditions_differ(self, conditions: Sequence[Condition]) -> str:
        text = f"These runs were not made under the same conditions: {_and([CONDITIONS_EN[c] for c in conditions])} differ."
        if "data" in conditions:
            return f"{text} Neither their times nor their accuracies are compared below."
        if {"device", "threads"} & set(conditions):
            return f"{text} Their times are therefore not compared below."
        return f"{text} This may have a part in every difference below."

    def split(self, sizes: Mapping[str, int]) -> str:
        return f"{sizes.get('train', 0):,} training, {sizes.get('val', 0):,} validation, {sizes.get('test', 0):,} test samples"

    def stands_in(self, used: str, missing: str) -> str:
        return f"{used} stands in for {missing}, which was not to be had."

    def measured(self) -> str:
        return (
            "Training time is the time of the training steps alone: no validation, no checkpoints, no logging. The time per "
            "epoch of a run is the mean over its epochs. Test accuracy is that of the epoch with the best validation "
            "accuracy. Behind ± stands the standard deviation over n runs; its size decides how many digits are shown."
        )

    def figure_title(self, stem: str, groups: Sequence[Group], reached: Sequence[Reached], mark: float | None) -> str:
        few = len(groups) <= 2
        if stem == "accuracy_over_time" and few and len(reached) == len(groups) and mark is not None:
            times = _and([f"{entry.group.label} in {significant(entry.train_s.mean, 2)} s" for entry in reached])
            return f"{mark:.1f} % validation accuracy: {times} of training"
        if stem == "time_per_epoch" and few and all(group.epoch_s for group in groups):
            return "Training time of an epoch: " + ", ".join(
                f"{group.label} {significant(group.epoch_s.mean, 2)} s" for group in groups if group.epoch_s
            )
        if stem == "accuracy" and few and all(group.accuracy_percent for group in groups):
            return "Test accuracy: " + ", ".join(
                f"{group.label} {group.accuracy_percent.mean:.1f} %" for group in groups if group.accuracy_percent
            )
        return {
            "accuracy_over_time": "Validation accuracy over training time",
            "time_per_epoch": "Training time of an epoch",
            "accuracy": "Test accuracy",
            "time_and_accuracy": "Training time against test accuracy; area: number of parameters",
        }[stem]

    def figure_caption(self, stem: str, groups: Sequence[Group]) -> str:
        bars = "error bars: standard deviation"
        return {
            "accuracy_over_time": f"Validation accuracy at the end of each epoch over the training time until then. Thick: mean over the runs, {bars} in both directions; thin: single runs.",
            "time_per_epoch": f"Training time per epoch. Bars: mean over the runs, {bars}; points: single runs.",
            "accuracy": f"Test accuracy; the axis does not begin at 0. Large marks: mean over the runs, {bars}; small points: single runs.",
            "time_and_accuracy": f"Training time of a whole run against its test accuracy; the area of a mark is proportional to the number of parameters. Mean over the runs, {bars}.",
        }[stem]

    def figure_number(self, number: int, caption: str) -> str:
        return f"Figure {number}. {caption}"

    def layers_beside(self, first: Group, second: Group) -> str:
        return (
            f"The layers of {first.label} beside those of {second.label}; behind ⇒ the output shape, without the batch."
        )

    def model_caption(self, group: Group) -> str:
        return f"{group.label}: {group.record.parameters:,} parameters."

    def nothing_strange(self) -> str:
        return f"No epoch took more than {SLOW} times as long as the median of its run."

    def table_caption(self, name: str) -> str:
        return TABLES_EN[name]

    def reached(self, mark_percent: float, reached: Sequence[Reached]) -> str:
        parts = [
            f"{entry.group.label} in epoch {entry.epoch}, after {text_of(entry.train_s)} s of training"
            for entry in reached
        ]
        return (
            f"A mean validation accuracy of {mark_percent:.1f} %, the highest that all reach, is reached by "
            f"{_and(parts)}."
        )

    def sizes(self, first: Group, second: Group, slower: Spread | None) -> str:
        small, large = sorted((first, second), key=lambda group: group.record.parameters)
        ratio = significant(large.record.parameters / small.record.parameters)
        text = (
            f"{large.label} has {ratio} times as many parameters as {small.label} "
            f"({large.record.parameters:,} against {small.record.parameters:,})"
        )
        return f"{text}; an epoch takes {text_of(slower)} times as long." if slower else f"{text}."

    def slow_epoch(self, run: Run, epoch: int, factor: float) -> str:
        return (
            f"In the run {run.name}, epoch {epoch} took {significant(factor, 2)} times as long as the median of the run's "
            "epochs; it is part of the means, and a reason to measure again."
        )

    def not_completed(self, run: Run, label: str) -> str:
        why = f": {without_places(run.record.message)}" if run.record.message else ""
        return f"The run {run.name} ({label}) {self.status[run.record.status]} and is not part of the means{why.rstrip('.')}."

    def limits(self, groups: Sequence[Group], test_sd_points: float | None) -> list[str]:
        found = [
            "The times hold for the device, threads and versions named above; elsewhere their ratio may be another.",
            "What else the machine was doing during the runs is not recorded; it is part of the spread.",
            "Each configuration was trained as it stands. Whether another learning rate, more epochs or another size would "
            "change the order was not tried here.",
            "The report says what was measured, not why.",
        ]
        if test_sd_points is not None:
            found.insert(
                2,
                "The spread of the accuracies comes of the seeds (weights, batches, split); the test samples are the same "
                f"in all runs. Their limited number alone is worth {significant(test_sd_points, 2)} percentage points "
                "(standard deviation √(p(1 − p)/N), the largest of the configurations).",
            )
        if any(group.repeats_seeds for group in groups):
            found.insert(
                0,
                "Some runs of one configuration share their seeds. Their accuracies are not independent, so that the spread of the accuracies, and p, come out too small.",
            )
        if any(len(group.completed) == 1 for group in groups):
            found.insert(0, "Of a configuration with a single run no spread is known.")
        return found

    def open_place(self) -> str:
        return "Your own words go here. The report leaves this open on purpose."

    def questions(self, groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
        times = [c for c in comparisons if c.quantity == "time" and c.test.is_larger_than_noise]
        found = []
        if times:
            slow = faster(times[0])[1]
            found.append(
                f"Why does an epoch of {slow.label} take longer? Look at the output shapes of the layers, not at the "
                "parameters alone."
            )
        found += [
            "To make it faster, or more accurate, what would you change, from what to what? Train it, and report what "
            "came out.",
            "How small can the model become while the accuracy holds?",
        ]
        if len(groups) > 1:
            found.append("So for this problem, which would you choose, and for which purpose?")
        return found


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _from_to(old: int, new: int) -> str:
    return f"stays at {old:,}" if old == new else f"went from {old:,} to {new:,}"
