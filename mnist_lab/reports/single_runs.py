"""The table of single runs: seeds, end, times, accuracy, and where other programs had a part in the times."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.sections import run_table
from mnist_lab.reports.words import RUN_ENDS, word
from mnist_lab.runs.disturbance import disturbed_shares
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import significant


def single_runs(groups: Sequence[Group]) -> TableBlock:
    """Return one row a run; the column of disturbed times is there where a run has any."""
    runs = [(run, group.label) for group in groups for run in group.runs]
    apart = any(run.seeds[0] != run.seeds[1] for run, _ in runs)
    busy = any(disturbed_shares(run.record) for run, _ in runs)
    rows = []
    for run, label in runs:
        row = [run.name, label, " / ".join(map(str, run.seeds if apart else run.seeds[:1]))]
        row += [str(RUN_ENDS[run.record.status]), str(run.epochs), *_figures(run)]
        rows.append([*row, _busy(run)] if busy else row)
    headings = ["run", "configuration", "seeds_apart" if apart else "seed", "status", "epochs"]
    headings += ["epoch_s", "train_s", "accuracy", *(["busy"] if busy else [])]
    return run_table(headings, rows, (2, 4, 5, 6, 7))


def _figures(run: Run) -> tuple[str, str, str]:
    return (
        "–" if run.epoch_s is None else significant(run.epoch_s),
        "–" if run.train_s is None else significant(run.train_s),
        "–" if run.accuracy_percent is None else f"{run.accuracy_percent:.2f}",
    )


def _busy(run: Run) -> str:
    shares = disturbed_shares(run.record)
    return f"{word('disturbed')} ({100 * max(shares):.0f} %)" if shares else "–"
