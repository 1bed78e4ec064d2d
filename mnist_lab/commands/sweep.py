"""``lightning sweep``: parameters against time and accuracy, and the smallest model that holds the accuracy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.cli.configs import find_sweep
from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.own_options import OwnOptions, add_report_options, add_threads, positive_int, threads_option
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.language import Phrase, say, spaced, speaking

if TYPE_CHECKING:
    from rich.console import Console

    from mnist_lab.sweeps.result import SweepResult
    from mnist_lab.sweeps.space import Sweep

_HEARTBEAT_S = 10
_EXAMPLE = "lightning sweep sweeps/width.yaml"


def run(command: str, args: Sequence[str]) -> int:
    """Train all trials of a sweep that are not done yet, and report what has come out.

    Args:
        command: ``sweep``.
        args: The sweep's file, options of the sweep, and options of the trainer for all trials.

    Returns:
        The exit code.

    Raises:
        UsageError: The file or the options make no sense; nothing was trained.
        MnistLabError: No trial came to an end, the data cannot be had, or the database does not answer.
    """
    parser = _parser()
    if not args or args[0] in ("-h", "--help") or "--help" in args:
        parser.print_help()
        return 0
    if args[0].startswith("-"):
        raise UsageError(
            say(
                "'{name}' stands where the sweep's file must be: {example}.",
                "'{name}' の位置には、スイープのファイルを書いてください：{example}",
                name=args[0],
                example=_EXAMPLE,
            )
        )
    own, others = parser.split(args)
    path = find_sweep(own.file)
    quieten_lightning()
    from rich.console import Console

    from mnist_lab.reports.formats import check_format
    from mnist_lab.reports.report_folder import check_report_folder
    from mnist_lab.reports.sweep.sweep_report import expected_files
    from mnist_lab.sweeps.carry_out import StudyChoice, carry_out
    from mnist_lab.sweeps.space import read_sweep
    from mnist_lab.sweeps.sweep_check import check_sweep, joined

    sweep = read_sweep(path)
    if own.repeats is not None:
        sweep = replace(sweep, repeats=own.repeats)
    check_format(own.format)
    if own.output:
        check_report_folder(Path(own.output), expected_files(sweep), own.format)
        check_writable(Path(own.output), "--output")
    checked = check_sweep(sweep, [*joined(others), *threads_option(own)])
    console = Console(highlight=False, soft_wrap=True)
    result = carry_out(sweep, checked, StudyChoice(own.storage, own.study, own.heartbeat), console)
    _report(console, sweep, result, own, checked.log_dir)
    return 0


def _report(console: Console, sweep: Sweep, result: SweepResult, own: argparse.Namespace, log_dir: Path) -> None:
    """Print the table and what it says, and write the report."""
    from rich.text import Text

    from mnist_lab.cli.terminal_table import terminal_table
    from mnist_lab.commands.report import show
    from mnist_lab.reports.report_folder import new_report_folder
    from mnist_lab.reports.sweep.points_table import short_table_of
    from mnist_lab.reports.sweep.remarks import measured_again, warnings
    from mnist_lab.reports.sweep.sentences import main_sentence
    from mnist_lab.reports.sweep.sweep_report import write_sweep_report

    with speaking(own.language):
        table = short_table_of(result, sweep.within)
        console.print(terminal_table(sweep.name, table.headings, table.rows, table.numbers))
        for sentence in [*warnings(result), main_sentence(result, sweep.within), *measured_again(result)]:
            console.print(Text(f"- {spaced(sentence)}"))
    try:
        folder = Path(own.output) if own.output else new_report_folder([sweep.name], log_dir, datetime.now())
        write_sweep_report(
            folder,
            sweep.name,
            result,
            sweep.within,
            own.language,
            questions=own.questions == "on",
            form=own.format,
        )
    except MnistLabError as error:
        raise MnistLabError(
            say(
                "{error} The results are kept: the same command writes the report without training again.",
                "{error}結果は残っています。同じコマンドをもう一度実行すると、学習し直さずにレポートを作成します。",
                error=error,
            )
        ) from error
    show(folder, own.format)


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "sweep",
        Phrase(
            "FILE [options] [the trainer's options, for all trials]",
            "ファイル [オプション] [全設定に共通の学習のオプション]",
        ),
        Phrase(
            "Trains every point of a sweep and shows its parameters against training time and accuracy. Stopped and "
            "started again, it goes on where it was.",
            "スイープのすべての設定を学習し、パラメータと学習時間、精度の関係をレポートにします。中断しても、"
            "同じコマンドで続きから再開します。",
        ),
        "sweeps/width.yaml --data.source Digits",
    )
    parser.option(
        "file",
        metavar="FILE",
        text=Phrase(
            "the sweep: a path, or one that comes along, such as sweeps/width.yaml",
            "スイープのファイル（自作、または sweeps/width.yaml などの付属のもの）",
        ),
    )
    parser.option(
        "--repeats",
        type=positive_int,
        metavar="N",
        text=Phrase(
            "trainings of each point, in place of the file's 'repeats'",
            "設定ごとの学習回数（ファイルの repeats の代わり）",
        ),
    )
    _add_study(parser)
    add_threads(parser)
    add_report_options(parser)
    return parser


def _add_study(parser: OwnOptions) -> None:
    """Add where the trials are kept, and how several machines share them."""
    parser.option(
        "--storage",
        metavar="URL",
        text=Phrase(
            "the database of the study: postgresql://USER:PASSWORD@HOST/DATABASE or mysql://… for several machines at "
            "one study (default: sweeps.sqlite3 beside the logs)",
            "結果を保存するデータベース。複数の計算機で分担するときは、postgresql://USER:PASSWORD@HOST/DATABASE "
            "または mysql://…（既定は、ログフォルダの sweeps.sqlite3）",
        ),
    )
    parser.option(
        "--study",
        metavar="NAME",
        text=Phrase(
            "name of the study (default: it follows from the sweep's content)",
            "データベースの中での名前（既定は、スイープの内容から決まる名前）",
        ),
    )
    parser.option(
        "--heartbeat",
        type=positive_int,
        default=_HEARTBEAT_S,
        metavar="SECONDS",
        text=Phrase(
            "time between two signs of life of a trial; after three without one it is queued again (default: 10)",
            "学習中であることを知らせる間隔 [秒]。3 回続けて途絶えた設定は、学習し直す（既定は 10）",
        ),
    )
