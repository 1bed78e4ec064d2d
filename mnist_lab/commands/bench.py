"""``lightning bench``: matrix size against run time for Python, C, NumPy, PyTorch and CuPy."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.own_options import OwnOptions, add_report_options, positive_int
from mnist_lab.language import Phrase, say, spaced, speaking

if TYPE_CHECKING:
    from mnist_lab.bench.bench_record import BenchRecord, Point, Series
    from mnist_lab.bench.measuring import Plan

_OPERATIONS = ("matmul", "conv2d", "ladder")
_LONGEST_S = 60.0
_LADDER_SIZES = [125, 250, 500, 1000]


def run(command: str, args: Sequence[str]) -> int:
    """Measure, and write the record, a table and the report.

    Args:
        command: ``bench``.
        args: ``matmul``, ``conv2d`` or ``ladder``, and options.

    Returns:
        The exit code.

    Raises:
        UsageError: The options make no sense; nothing was measured.
        MnistLabError: An implementation computes something else; nothing was timed.
        KeyboardInterrupt: Stopped; what was measured until then is kept and reported.
    """
    own = _parser().parse_args(list(args))
    with speaking(own.language):
        return _show_sources() if own.show else _measure(own)


def _measure(own: argparse.Namespace) -> int:
    from mnist_lab.bench.bench_folder import BenchFolder
    from mnist_lab.bench.cache_counts import cache_counts
    from mnist_lab.bench.measuring import carry_out, new_record

    log_dir = Path(own.log_dir)
    plan = _plan(own)
    _check_places(own, log_dir)
    record = new_record(plan, own.operation, datetime.now(UTC).astimezone())
    record.at = own.at
    folder = BenchFolder(log_dir, own.operation)
    print(_beginning(plan), flush=True)
    stopped: KeyboardInterrupt | None = None
    try:
        carry_out(plan, record, folder.keep, _tell)
        if own.operation == "ladder":
            record.counts = cache_counts([series.name for series in record.measured])
    except KeyboardInterrupt as stop:
        stopped = stop
        record.status = "interrupted"
    if stopped and not record.measured:
        raise stopped
    record.ended = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    folder.keep(record)
    _report(record, own, log_dir)
    if stopped:
        raise stopped
    return 0


def _plan(own: argparse.Namespace) -> Plan:
    """Return what is to be measured, after everything about it that can be wrong has been looked at."""
    from mnist_lab.bench.catalogue import implementations, pick
    from mnist_lab.bench.measuring import Plan
    from mnist_lab.bench.operation import Operation
    from mnist_lab.bench.own_kernels import own_implementation
    from mnist_lab.bench.sizes import check_sizes
    from mnist_lab.bench.thread_limits import available_threads
    from mnist_lab.errors import UsageError

    if own.padding and own.operation != "conv2d":
        raise UsageError(
            say(
                "--padding is of conv2d; {operation} multiplies whole matrices: leave it out.",
                "--padding は conv2d のオプションです。{operation} では指定しないでください。",
                operation=own.operation,
            )
        )
    operation = Operation("conv2d" if own.operation == "conv2d" else "matmul", own.padding or "valid")
    chosen = pick(implementations(own.operation), own.only)
    added = [own_implementation(given) for given in dict.fromkeys(own.add)]
    sizes = own.sizes or (_LADDER_SIZES if own.operation == "ladder" else [])
    check_sizes(sizes, operation)
    return Plan(operation, [*chosen, *added], sizes, own.max_seconds, own.threads or available_threads(), own.rounds)


def _beginning(plan: Plan) -> str:
    return say(
        "Loading {count} implementations and checking their results …",
        "{count} 個の実装を読み込み、結果が正しいことを確かめています…",
        count=len(plan.implementations),
    )


def _check_places(own: argparse.Namespace, log_dir: Path) -> None:
    from mnist_lab.reports.formats import check_format

    check_format(own.format)
    check_writable(log_dir, "--log-dir")
    if own.output:
        from mnist_lab.reports.bench.bench_report import BENCH_FILES
        from mnist_lab.reports.report_folder import check_report_folder

        check_writable(Path(own.output), "--output")
        check_report_folder(Path(own.output), BENCH_FILES, own.format)


def _tell(series: Series, point: Point) -> None:
    from mnist_lab.reports.bench.bench_tables import point_text

    print(point_text(series, point), flush=True)


def _report(record: BenchRecord, own: argparse.Namespace, log_dir: Path) -> None:
    """Print the table and what it says, and write the report."""
    from rich.console import Console
    from rich.text import Text

    from mnist_lab.cli.terminal_table import terminal_table
    from mnist_lab.commands.report import show, write_bench
    from mnist_lab.reports.bench.bench_left_out import left_out_sentences
    from mnist_lab.reports.bench.bench_sentences import disturbed_sentence, ratio_sentences
    from mnist_lab.reports.bench.bench_tables import short_table
    from mnist_lab.reports.bench.bench_words import operation_name

    console = Console(highlight=False, soft_wrap=True)
    table = short_table(record)
    console.print(terminal_table(operation_name(record), table.headings, table.rows, table.numbers))
    said = [*ratio_sentences(record), disturbed_sentence(record.measured), *left_out_sentences(record)]
    for sentence in filter(None, said):
        console.print(Text(f"- {spaced(sentence)}"))
    output = Path(own.output) if own.output else None
    show(write_bench(output, record, own.language, log_dir, own.format), own.format)


def _show_sources() -> int:
    """Print the C files of the ladder's rungs, with what they include; each can be copied, changed and added."""
    from mnist_lab.bench.c_kernels import shown_sources

    for path in shown_sources():
        print(f"/* ===== {path.name} ===== */\n\n{path.read_text(encoding='utf-8')}")
    return 0


def _sizes(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            say(
                "'{text}' is no list of whole numbers such as 100,200,400",
                "'{text}' は 100,200,400 のような整数の並びではありません",
                text=text,
            )
        ) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_S:
        raise argparse.ArgumentTypeError(
            say(
                "'{text}' is not a number of seconds above 0 and up to {most:g}",
                "'{text}' は 0 より大きく {most:g} 以下の秒数ではありません",
                text=text,
                most=_LONGEST_S,
            )
        )
    return seconds


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "bench",
        Phrase("matmul|conv2d|ladder [options]", "matmul|conv2d|ladder [オプション]"),
        Phrase(
            "Measures how the run time of the product of two matrices (matmul) or of a 3×3 convolution (conv2d) grows "
            "with the size, in Python, C, NumPy, PyTorch and CuPy; ladder goes from Python to NumPy step by step. All "
            "results are checked before anything is timed.",
            "行列積（matmul）または 3×3 の畳み込み（conv2d）の実行時間が、行列の大きさとともにどう増えるかを、Python、"
            "C、NumPy、PyTorch、CuPy で測ります。ladder は、Python から NumPy まで段階的に速くします。時間を測る前に、"
            "すべての計算結果が正しいことを確かめます。",
        ),
        "matmul --only python,numpy,torch --max-seconds 5 --language ja",
    )
    parser.option("operation", choices=_OPERATIONS, text=Phrase("what is measured", "測る計算"))
    _add_sizes(parser)
    _add_implementations(parser)
    parser.option(
        "--at",
        type=positive_int,
        metavar="N",
        text=Phrase(
            "size at which the polynomials' terms are compared (default: both ends)",
            "多項式の各項を比べる大きさ（既定は、測った範囲の両端）",
        ),
    )
    parser.option(
        "--rounds",
        type=positive_int,
        default=1,
        metavar="N",
        text=Phrase(
            "measure all N times and keep the fastest of each (default: 1), for a machine that is slow at times",
            "全体を N 回測り、それぞれの最短の時間を使う（既定は 1）。ときどき遅くなる計算機のため",
        ),
    )
    parser.option(
        "--show",
        action="store_true",
        text=Phrase("print the C sources and measure nothing", "測らずに、C のソースを表示する"),
    )
    parser.option(
        "--log-dir",
        default="tb_logs",
        metavar="FOLDER",
        text=Phrase("of the record (default: tb_logs)", "測定結果の保存先（既定は tb_logs）"),
    )
    add_report_options(parser)
    return parser


def _add_sizes(parser: OwnOptions) -> None:
    """Add which sizes are measured, and how long a call may take."""
    parser.option(
        "--sizes",
        type=_sizes,
        metavar="N,N,…",
        default=[],
        text=Phrase(
            "sizes (default: 25, 50, 100, … as long as time allows)",
            "行列の大きさ（既定は 25, 50, 100, … を、--max-seconds を超えるまで）",
        ),
    )
    parser.option(
        "--max-seconds",
        type=_seconds,
        default=10.0,
        metavar="S",
        text=Phrase("the longest call (default: 10, at most 60)", "1 回の計算の上限 [秒]（既定は 10、最大 60）"),
    )


def _add_implementations(parser: OwnOptions) -> None:
    """Add what computes, on how many threads, and with which border."""
    parser.option(
        "--only",
        type=_names,
        metavar="NAME,…",
        text=Phrase(
            "implementations, or the beginnings of their names: c,numpy,torch",
            "測る実装。名前の先頭だけでもよい：c,numpy,torch",
        ),
    )
    parser.option(
        "--add",
        action="append",
        default=[],
        metavar="FILE:FUNCTION",
        text=Phrase(
            "a function of your own: mine.py:product gets NumPy arrays, mine.py:product:lists lists, "
            "mine.py:product:torch tensors; or a C file such as a changed copy of one of ours",
            "自作の関数。mine.py:product は NumPy の配列、mine.py:product:lists はリスト、mine.py:product:torch は"
            "テンソルを受け取る。または、付属のものを書き換えた C のファイル",
        ),
    )
    parser.option(
        "--threads",
        type=positive_int,
        metavar="N",
        text=Phrase("what 'all threads' is (default: all cores)", "並列計算に使うスレッド数（既定は全コア）"),
    )
    parser.option(
        "--padding",
        choices=("valid", "same"),
        text=Phrase("of conv2d (default: valid)", "conv2d のパディング（既定は valid）"),
    )
