"""``lightning new``: a folder to begin with, for a network of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from mnist_lab.cli.own_options import OwnOptions
from mnist_lab.language import Language, Phrase, say, speaking
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
        "new",
        Phrase("NAME [options]", "名前 [オプション]"),
        Phrase(
            "Writes a folder to begin with: a network of your own, its config, run configurations for PyCharm and VS "
            "Code, and a README.",
            "自作のネットワークを始めるためのフォルダを作ります。ネットワーク、設定ファイル、PyCharm と VS Code の"
            "実行構成、README が入ります。",
        ),
        "mynet",
    )
    parser.option(
        "name",
        metavar="NAME",
        text=Phrase(
            "of the folder and of the network's file, such as mynet",
            "フォルダとネットワークのファイルの名前。例：mynet",
        ),
    )
    parser.option(
        "--language",
        choices=get_args(Language),
        text=Phrase(
            "of the README (default: Japanese where the system is)",
            "README の言語（既定は、OS が日本語なら ja、ほかは en）",
        ),
    )
    return parser
