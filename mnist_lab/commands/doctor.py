"""``lightning doctor``: is the GPU's memory as it should be, and is the software? Green, yellow, red."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mnist_lab.cli.own_options import OwnOptions, add_language
from mnist_lab.doctor.examination import as_json, examine, show, worst

EXIT_ALL_WELL = 0
EXIT_RED = 1


def run(command: str, args: Sequence[str]) -> int:
    """Examine this machine and print the findings.

    Args:
        command: ``doctor``.
        args: ``--json`` for machines, ``--root`` for another data folder than ``data``.

    Returns:
        0 when nothing is red (no GPU is a normal answer), else 1.
    """
    options = _parser().parse_args(list(args))
    checks = examine(Path(options.root))
    if options.json:
        sys.stdout.write(as_json(checks) + "\n")
    else:
        show(checks)
    return EXIT_RED if worst(checks) == "red" else EXIT_ALL_WELL


def _parser() -> OwnOptions:
    parser = OwnOptions(
        prog="lightning doctor",
        description="Examine GPU memory, driver, torch, OpenMP and data; exit code 0 when nothing is red.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings for machines")
    parser.add_argument("--root", default="data", help="data folder (default: data)")
    add_language(parser)
    return parser
