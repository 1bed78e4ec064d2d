"""``lightning new``: a folder to begin with, for a network of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from mnist_lab.cli.own_options import OwnOptions
from mnist_lab.language import Language, say, speaking
from mnist_lab.starter.starter_folder import system_language, write_starter


def run(command: str, args: Sequence[str]) -> int:
    """Write the folder and say what comes next.

    Args:
        command: ``new``.
        args: The name, and ``--language``.

    Returns:
        The exit code.

    Raises:
        UsageError: The name is none, or the folder is there already.
    """
    options = _parser().parse_args(list(args))
    language = options.language or system_language()
    with speaking(language):
        for file in write_starter(options.name, Path(), language):
            print(file.as_posix())
        print(
            say(
                "Next: cd {name}, then lightning summary --config {name}.yaml; README.md says how to go on.",
                "次は：cd {name} の後、lightning summary --config {name}.yaml。続きは README.md にあります。",
                name=options.name,
            )
        )
    return 0


def _parser() -> OwnOptions:
    parser = OwnOptions(
        prog="lightning new",
        description="Write a folder to begin with: a network of your own, its config, run configurations for PyCharm "
        "and VS Code, and a README.",
    )
    parser.add_argument("name", help="of the folder and of the network's file, such as mynet")
    parser.add_argument(
        "--language", choices=get_args(Language), help="of the README (default: Japanese where the system is)"
    )
    return parser
