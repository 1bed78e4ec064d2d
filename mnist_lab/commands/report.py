"""``lightning report``: tables, figures and text from runs already made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.own_options import OwnOptions, add_report_options
from mnist_lab.errors import MnistLabError
from mnist_lab.language import Language, Phrase, listed, say

if TYPE_CHECKING:
    from mnist_lab.bench.bench_record import BenchRecord
    from mnist_lab.reports.report_folder import Format
    from mnist_lab.runs.run import Run


def run(command: str, args: Sequence[str]) -> int:
    """Write the report of the runs that are named.

    Args:
        command: ``report``.
        args: Run folders, or folders that hold some; ``--language`` and ``--output``.

    Returns:
        The exit code.

    Raises:
        UsageError: A folder does not exist, or the report's cannot be written.
        MnistLabError: A folder holds no run, or a record is damaged.
    """
    own = _parser().parse_args(list(args))
    if own.output:
        check_writable(Path(own.output), "--output")
    from mnist_lab.reports.formats import check_format

    check_format(own.format)
    from mnist_lab.bench.bench_record import only_bench_record, read_bench_record
    from mnist_lab.runs.run import log_dir_of, read_runs

    if (bench := only_bench_record([Path(folder) for folder in own.runs])) is not None:
        output = Path(own.output) if own.output else None
        record = read_bench_record(bench)
        parent = bench.resolve().parent
        # A copy of the folder may lie anywhere.
        log_dir = parent.parent if parent.name == f"bench-{record.operation}" else None
        show(write_bench(output, record, own.language, log_dir, own.format), own.format)
        return 0
    runs = read_runs([Path(folder) for folder in own.runs])
    folder = Path(own.output) if own.output else None
    log_dir = log_dir_of(runs[0].folder, runs[0].record)
    written = write(folder, runs, own.language, log_dir, questions=own.questions == "on", form=own.format)
    show(written, own.format)
    return 0


def write(
    folder: Path | None,
    runs: Sequence[Run],
    language: Language,
    log_dir: Path | None,
    *,
    questions: bool,
    form: Format,
) -> Path:
    """Write a report and return its folder.

    Args:
        folder: Where to; None: a new folder beside the log directory, or in the working folder where there is none.
        runs: What to report.
        language: Of the report.
        log_dir: TensorBoard's; None: the runs lie in none.
        questions: Ask the questions that the reader's interpretation answers.
        form: Of the texts.

    Raises:
        UsageError: The folder cannot be written.
        MnistLabError: All runs are of one sweep, and none was completed.
    """
    from mnist_lab.reports.report_folder import new_report_folder
    from mnist_lab.reports.run_report import write_report
    from mnist_lab.reports.sweep.sweep_report import write_sweep_report
    from mnist_lab.sweeps.recorded import collect_runs
    from mnist_lab.sweeps.swept_run import only_swept_run

    swept = only_swept_run(runs)
    result = collect_runs(runs) if swept else None
    if swept and result and not result.points:
        raise MnistLabError(
            say(
                "None of these runs of the sweep {name} was completed, so there is nothing to report.",
                "スイープ {name} のこれらの実行は 1 つも完了していないため、レポートを作成できません。",
                name=swept.name,
            )
        )
    if folder is None:
        names = [swept.name] if swept else [run.record.model.lower() for run in runs]
        folder = new_report_folder(names, log_dir, datetime.now())
    if swept and result:
        write_sweep_report(folder, swept.name, result, swept.within, language, questions=questions, form=form)
    else:
        write_report(folder, runs, language, questions=questions, form=form)
    return folder


def write_bench(
    folder: Path | None, record: BenchRecord, language: Language, log_dir: Path | None, form: Format
) -> Path:
    """Write a bench's report and return its folder.

    Args:
        folder: Where to; None: a new folder beside the log directory, or in the working folder where there is none.
        record: Of the bench.
        language: Of the report.
        log_dir: TensorBoard's; None: the bench lies in none.
        form: Of the texts.

    Raises:
        UsageError: The folder cannot be written.
    """
    from mnist_lab.reports.bench.bench_report import write_bench_report
    from mnist_lab.reports.report_folder import new_report_folder

    folder = folder or new_report_folder([f"bench-{record.operation}"], log_dir, datetime.now())
    write_bench_report(folder, record, language, form)
    return folder


def show(folder: Path, form: Format) -> None:
    """Say where the report lies, relative to the current folder where it lies inside."""
    shown = folder.resolve()
    if shown.is_relative_to(Path.cwd().resolve()):
        shown = shown.relative_to(Path.cwd().resolve())
    others = [*(["report.docx"] if form == "docx" else []), "report.md", "figures", "data"]
    print(
        say(
            "Report: {file} (open it in a browser), {others}",
            "レポート：{file}（ブラウザで開いてください）、{others}",
            file=shown / "report.html",
            others=listed(others, ", "),
        )
    )


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "report",
        Phrase("RUN … [options]", "フォルダ … [オプション]"),
        Phrase(
            "Writes tables, figures and text from runs already made. Runs that differ in nothing but their seeds count "
            "as repeats of one thing; the others are compared with the first. The runs of one sweep give the sweep's "
            "report. The folder of a bench gives the bench's report.",
            "学習済みの実行から、表、図、文章のレポートを作ります。シードだけが異なる実行は同じ設定の繰り返しとみなし、"
            "ほかの設定は最初の設定と比べます。1 つのスイープの実行からはスイープのレポート、bench のフォルダからは "
            "bench のレポートができます。",
        ),
        "tb_logs/cnn-mnist tb_logs/fc-mnist --language ja",
    )
    parser.option(
        "runs",
        metavar="RUN",
        nargs="+",
        text=Phrase(
            "a run's folder, or a folder that holds runs",
            "実行のフォルダ、または複数の実行を含むフォルダ",
        ),
    )
    add_report_options(parser)
    return parser
