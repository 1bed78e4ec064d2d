"""Writes the folder: the files of ``files/`` with the name put in."""

from __future__ import annotations

import importlib.util
import keyword
import locale
import sys
from pathlib import Path
from string import Template

from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import Language, say
from mnist_lab.shipped import find_file

_FILES = Path(__file__).parent / "files"


def system_language() -> Language:
    """Return Japanese where the system speaks it (``ja_JP``, on Windows ``Japanese_Japan``), else English."""
    return "ja" if (locale.getlocale()[0] or "").lower().startswith("ja") else "en"


def write_starter(name: str, parent: Path, language: Language) -> list[Path]:
    """Make ``parent/name`` and write the files into it.

    Args:
        name: Of the folder, of the network's module and of its config.
        parent: Where the folder is made.
        language: Of the README.

    Returns:
        The files.

    Raises:
        UsageError: The name cannot be a module's, the folder is there already, or it cannot be made.
    """
    folder = parent / name
    if folder.exists():
        raise UsageError(
            say(
                "{folder} is there already, and nothing was written; give another name, or go on with the files in it.",
                "{folder} はすでに存在するため、何も書き込みませんでした。別の名前を指定するか、その中のファイルを"
                "使ってください。",
                folder=folder,
            )
        )
    _check_name(name)
    try:
        folder.mkdir()
        return [_write(folder / target, source, name) for target, source in _targets(name, language)]
    except OSError as error:
        raise UsageError(
            say(
                "{folder} cannot be made: {reason}; start the command in another folder.",
                "{folder} を作成できません：{reason}。別のフォルダで実行してください。",
                folder=folder,
                reason=reason_of(error),
            )
        ) from error


def _targets(name: str, language: Language) -> list[tuple[str, str]]:
    """Return where each file goes, and which one it is."""
    return [
        (f"{name}.py", "network.py.txt"),
        (f"{name}.yaml", "config.yaml"),
        ("README.md", f"README.{language}.md"),
        *((f".run/{command} {name}.run.xml", f"pycharm_{command}.xml") for command in ("summary", "fit", "compare")),
        (".vscode/launch.json", "launch.json"),
    ]


def _write(path: Path, source: str, name: str) -> Path:
    text = Template((_FILES / source).read_text(encoding="utf-8")).safe_substitute(name=name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _check_name(name: str) -> None:
    """Refuse what Python could not import, or would take for another module.

    Raises:
        UsageError: It is such a name.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii():
        raise UsageError(
            say(
                "'{name}' cannot be the name of a Python module; give English letters, digits and _, such as mynet.",
                "'{name}' は Python のモジュール名に使えません。mynet のように、英字、数字、_ で指定してください。",
                name=name,
            )
        )
    if find_file(f"{name}.yaml") is not None:
        raise UsageError(
            say(
                "'{name}' is the name of a config, {name}.yaml, that comes along or lies here, and would stand in "
                "for it; give another, such as my_{name}.",
                "'{name}' は付属の（またはこのフォルダにある）設定 {name}.yaml と同じ名前のため、取り違えのおそれが"
                "あります。my_{name} など、別の名前を指定してください。",
                name=name,
            )
        )
    if name in sys.stdlib_module_names or importlib.util.find_spec(name) is not None:
        raise UsageError(
            say(
                "'{name}' is the name of a module that is installed, and would be mixed up with it; give another, such "
                "as my_{name}.",
                "'{name}' はインストール済みのモジュールと同じ名前のため、取り違えのおそれがあります。my_{name} など、"
                "別の名前を指定してください。",
                name=name,
            )
        )
