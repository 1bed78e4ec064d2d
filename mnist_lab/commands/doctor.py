"""``lightning doctor``: is the GPU's memory as it should be, and is the software? Green, yellow, red."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from mnist_lab.cli.own_options import OwnOptions, add_language
from mnist_lab.doctor.examination import as_json, examine, show, worst
from mnist_lab.errors import UsageError
from mnist_lab.language import Phrase, say

EXIT_ALL_WELL = 0
EXIT_RED = 1


def run(command: str, args: Sequence[str]) -> int:
    """Examine this machine and print the findings.

    Args:
        command: ``doctor``.
        args: ``--json`` for machines, ``--root`` for another data folder than ``data``, ``--prove`` to try the memory
            guard out on the GPU and leave a file of the figures.

    Returns:
        0 when nothing is red (no GPU is a normal answer), else 1.

    Raises:
        MnistLabError: ``--prove`` without a GPU, or where its file cannot be written; ``--output`` without ``--prove``.
    """
    options = _parser().parse_args(list(args))
    if options.prove:
        return _prove(options)
    if options.output:
        raise UsageError(
            say("--output is of --prove only; leave it out.", "--output は --prove とともに使うオプションです。")
        )
    checks = examine(Path(options.root))
    if options.json:
        sys.stdout.write(as_json(checks) + "\n")
    else:
        show(checks)
    return EXIT_RED if worst(checks) == "red" else EXIT_ALL_WELL


def _prove(options: Namespace) -> int:
    from mnist_lab.doctor.evidence import NAME, check_place, prove_all, write_evidence

    path = Path(options.output or NAME)
    check_place(path)
    checks, evidence = prove_all()
    write_evidence(path, evidence)
    if options.json:
        sys.stdout.write(json.dumps(evidence, indent=2) + "\n")
    else:
        show(checks)
        print(
            say(
                "The figures are in {path}: no names of users, programs or folders; it can go with an issue.",
                "測定値は {path} にあります。利用者名、プログラム名、フォルダ名は含まれません。issue に添付できます。",
                path=path,
            )
        )
    return EXIT_RED if worst(checks) == "red" else EXIT_ALL_WELL


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "doctor",
        Phrase("[options]", "[オプション]"),
        Phrase(
            "Examines GPU memory, driver, torch, OpenMP and data; exit code 0 when nothing is red.",
            "GPU メモリ、ドライバー、torch、OpenMP、データを点検します。赤の項目がなければ、終了コードは 0 です。",
        ),
    )
    parser.option(
        "--json",
        action="store_true",
        text=Phrase("print the findings for machines", "結果をプログラム用の JSON で表示する"),
    )
    parser.option(
        "--root",
        default="data",
        metavar="FOLDER",
        text=Phrase("data folder (default: data)", "データのフォルダ（既定は data）"),
    )
    parser.option(
        "--prove",
        action="store_true",
        text=Phrase(
            "instead, try the memory guard out on each GPU (seconds, at most 256 MiB and a context) and leave the "
            "figures in a file",
            "点検の代わりに、専用 GPU メモリだけを使う仕組みを各 GPU で試し（数秒、最大 256 MiB とコンテキスト）、"
            "測定値をファイルに残す",
        ),
    )
    parser.option(
        "--output",
        metavar="FILE",
        text=Phrase("of --prove (default: guard-evidence.json)", "--prove の保存先（既定は guard-evidence.json）"),
    )
    add_language(parser)
    return parser
