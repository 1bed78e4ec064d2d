"""The progress of a comparison: a bar on a terminal, and a line for each run that ends."""

from __future__ import annotations

from rich.console import Console
from rich.progress import TimeRemainingColumn

from mnist_lab.cli.terminal_progress import TerminalProgress
from mnist_lab.language import say
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.spread import significant


class CompareProgress(TerminalProgress):
    """Counts the runs."""

    def __init__(self, configs: int, repeats: int, console: Console) -> None:
        """Begin at nothing done.

        Args:
            configs: Number of configurations.
            repeats: Runs of each; the warm-up comes on top.
            console: Where to write.
        """
        self._runs = configs * repeats
        self._cold = configs
        self._done = 0
        super().__init__(say("warm-up", "ウォームアップ"), configs, console, TimeRemainingColumn())

    def warmed_up(self) -> None:
        """Count a run of the warm-up."""
        self._cold -= 1
        self._bar.update(self._task, advance=1)
        if not self._cold:  # from here on the bar counts what the lines count
            self._bar.reset(self._task, total=self._runs, description=say("runs", "実行"))

    def trained(self, config: str, seed: int, record: RunRecord) -> None:
        """Count a run, and say how it ended.

        Args:
            config: As the user named it.
            seed: Of the run.
            record: Of the run.
        """
        self._done += 1
        self._bar.update(self._task, advance=1)
        line = say(
            "{config}, seed {seed}: {outcome}",
            "{config}、シード {seed}：{outcome}",
            config=config,
            seed=seed,
            outcome=_outcome(record),
        )
        self.print_line(f"{self._done}/{self._runs}  {line}")


def _outcome(record: RunRecord) -> str:
    if record.status != "completed" or record.test_accuracy is None or record.train_s is None:
        return f"{record.status.replace('_', ' ')}. {record.message or ''}".rstrip()
    return say(
        "test accuracy {percent:.2f} %, training time {time} s",
        "テスト精度 {percent:.2f} %、学習時間 {time} s",
        percent=100 * record.test_accuracy,
        time=significant(record.train_s),
    )
