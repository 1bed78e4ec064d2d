"""``lightning compare``: several configurations under the same conditions, in turn, and a report of what came out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.cli.command_line import command_line
from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.own_options import OwnOptions, add_report_options, add_threads, positive_int, threads_option
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.errors import MnistLabError, Terminated, UsageError
from mnist_lab.language import Phrase, say, spaced, speaking

if TYPE_CHECKING:
    from rich.console import Console

    from mnist_lab.runs.run import Run

_EXAMPLE = "lightning compare cnn.yaml fc.yaml --repeats 3"


def run(command: str, args: Sequence[str]) -> int:
    """Train every configuration with every seed, and report.

    Args:
        command: ``compare``.
        args: Configs, options of the comparison, and options of the trainer for all runs.

    Returns:
        The exit code.

    Raises:
        UsageError: The options or configs make no sense, or would compare what cannot be compared.
        MnistLabError: The data cannot be had, or no run was completed.
        KeyboardInterrupt: The user stopped it; the runs so far stay, reported where each config has one.
    """
    parser = _parser()
    if not args or "-h" in args or "--help" in args:
        parser.print_help()
        return 0
    own, rest = parser.split(args)
    count = next((place for place, arg in enumerate(rest) if arg.startswith("-")), len(rest))
    configs, options = rest[:count], [*rest[count:], *threads_option(own)]
    _check_count(configs)
    quieten_lightning()
    from rich.console import Console

    from mnist_lab.comparisons.comparison_check import check_configs
    from mnist_lab.comparisons.comparison_progress import CompareProgress
    from mnist_lab.comparisons.turns import train_in_turn
    from mnist_lab.data.fallback import asked_once
    from mnist_lab.reports.formats import check_format
    from mnist_lab.reports.report_folder import check_report_folder
    from mnist_lab.reports.run_report import FILES

    output = Path(own.output) if own.output else None
    check_format(own.format)
    if output:
        check_report_folder(output, FILES, own.format)
        check_writable(output, "--output")
    contestants = check_configs(configs, options)
    console = Console(highlight=False, soft_wrap=True)
    runs: list[Run] = []
    aside: list[Run] = []  # those that do not count
    try:
        with asked_once(), CompareProgress(len(contestants), own.repeats, console) as progress:
            # One by one: those that there are stay in the list when it is stopped.
            runs.extend(train_in_turn(contestants, own.repeats, progress, aside.append))
    except KeyboardInterrupt as stop:
        _say_what_is_left(console, stop, runs, aside, len(contestants) * own.repeats)
        # A report takes seconds, which the system may not grant.
        of_each = [runs[place :: len(contestants)] for place in range(len(contestants))]
        if not isinstance(stop, Terminated) and all(_completed(of_one) for of_one in of_each):
            stop_signals.listen_again()
            _report(console, [*runs, *aside], output, own, contestants[0].log_dir)
        raise
    if not _completed(runs):
        raise MnistLabError(_nothing(runs))
    _report(console, [*runs, *aside], output, own, contestants[0].log_dir)
    return 0


def _check_count(configs: Sequence[str]) -> None:
    if len(configs) < 2:
        named = say("'{name}' alone", "'{name}' のみ", name=configs[0]) if configs else say("none", "なし")
        raise UsageError(
            say(
                "compare takes two or more configs, in which the settings stand that are to differ, before the "
                "trainer's options; given: {named}. {example}",
                "compare には、学習のオプションより前に 2 つ以上の設定ファイルが必要です（指定：{named}）。比べたい"
                "違いは設定ファイルに書いてください：{example}",
                named=named,
                example=_EXAMPLE,
            )
        )


def _completed(runs: Sequence[Run]) -> int:
    return sum(run.record.status == "completed" for run in runs)


def _say_what_is_left(
    console: Console, stop: KeyboardInterrupt, runs: Sequence[Run], aside: Sequence[Run], asked: int
) -> None:
    """Say how far an interrupted comparison came, and have the end name the command that reports its runs."""
    if not runs:
        stop.add_note(
            say(
                "No run was completed yet, so there is nothing to report; the same command starts the comparison anew.",
                "まだ 1 回も学習が終わっていないため、レポートはありません。同じコマンドで比較をもう一度始められます。",
            )
        )
        return
    line = say(
        "The comparison was interrupted after {done} of {asked} runs; what follows is about these.",
        "比較は {asked} 回の学習のうち {done} 回が終わったところで中断されました。以下はその結果です。",
        done=len(runs),
        asked=asked,
    )
    console.print(line, markup=False)
    report = command_line("lightning", "report", *(run.folder for run in (*runs, *aside)))
    stop.add_note(
        say(
            "Of the runs that are done, this makes a report: {report}",
            "終わった学習のレポートを作成するには：{report}",
            report=report,
        )
    )


def _nothing(runs: Sequence[Run]) -> str:
    first = runs[0].record
    return say(
        "No run was completed, so there is nothing to compare; the first: {status}. {message}",
        "最後まで終わった学習がないため、比較できません。最初の学習：{status}。{message}",
        status=first.status.replace("_", " "),
        message=first.message,
    )


def _report(console: Console, runs: Sequence[Run], output: Path | None, own: argparse.Namespace, log_dir: Path) -> None:
    """Print the table and what it says, and write the report."""
    from rich.text import Text

    from mnist_lab.cli.terminal_table import terminal_table
    from mnist_lab.commands.report import show, write
    from mnist_lab.reports.changes import layers_changed, settings_table
    from mnist_lab.reports.comparison_text import comparison_table
    from mnist_lab.reports.group_names import first_number
    from mnist_lab.reports.run_content import find, result_table, summary

    with speaking(own.language):
        findings = find(runs)
        key = settings_table(findings.groups) if first_number(findings.groups) else None
        shown = [result_table(findings.groups), *([key] if key else [])]
        if findings.comparisons:
            shown.append(comparison_table(findings.comparisons))
        for block in shown:
            console.print(terminal_table(block.caption, block.headings, block.rows, block.numbers))
        for sentence in [*summary(findings), *layers_changed(findings.groups)]:
            console.print(Text(f"- {spaced(sentence)}"))
    try:
        written = write(output, runs, own.language, log_dir, questions=own.questions == "on", form=own.format)
        show(written, own.format)
    except MnistLabError as error:
        raise MnistLabError(
            say(
                "{error} The runs are kept, and this makes a report of them: {report}",
                "{error}学習の結果は残っています。レポートを作成するには：{report}",
                error=error,
                report=command_line("lightning", "report", *(run.folder for run in runs)),
            )
        ) from error


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "compare",
        Phrase(
            "CONFIG CONFIG … [options] [the trainer's options, for all configs]",
            "設定ファイル 設定ファイル … [オプション] [全設定に共通の学習のオプション]",
        ),
        Phrase(
            "Trains two or more configurations with the same data, split and seeds, in turn (A B A B …), after a "
            "warm-up that is not counted, and writes a report: tables, figures, text. What is to differ stands in the "
            "configs.",
            "2 つ以上の設定を、同じデータ、分割、シードで交互に（A B A B …）学習し、表、図、文章のレポートを作ります。"
            "最初に、結果に含めない準備運転をします。比べたい違いは設定ファイルに書きます。",
        ),
        "cnn.yaml fc.yaml --repeats 3 --data.source Digits",
    )
    parser.option(
        "--repeats",
        type=positive_int,
        default=3,
        metavar="N",
        text=Phrase(
            "runs of each config; repeat r has seed r (default: 3)",
            "設定ごとの学習回数。r 回目のシードは r（既定は 3）",
        ),
    )
    add_threads(parser)
    add_report_options(parser)
    return parser
