"""Where a config is looked up (as given, in the checkout, among those that ship with the package), and its text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from mnist_lab.cli.yaml_file import read_yaml
from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import say, under
from mnist_lab.shipped import candidates, config_folders, find_file

_SWEEPS = "sweeps/"


def find_config(name: str) -> Path:
    """Return the config file that ``name`` stands for.

    Raises:
        UsageError: There is none; the message says where it was looked for and lists those there are.
    """
    if (found := find_file(name)) is not None:
        return found
    if Path(name).is_dir():
        raise UsageError(
            say(
                "--config: '{name}' is a folder; name a file in it, such as {file}.",
                "--config：'{name}' はフォルダです。{file} のように、中のファイルを指定してください。",
                name=name,
                file=Path(name, "fc.yaml"),
            )
        )
    available = [shipped for shipped in _shipped() if not shipped.startswith(_SWEEPS)]
    raise UsageError(
        say(
            "There is no config '{name}' (looked in {folders}).{hint} Configs that come along: {available}.",
            "設定ファイル '{name}' が見つかりません（探した場所：{folders}）。{hint}付属の設定ファイル：{available}",
            name=name,
            folders=_looked_in(name),
            hint=nearest(name, available),
            available=", ".join(available),
        )
    )


def find_sweep(name: str) -> Path:
    """Return the file of a sweep that ``name`` stands for.

    Raises:
        UsageError: There is none, as of ``find_config``.
    """
    if (found := find_file(name)) is not None:
        return found
    available = [shipped for shipped in _shipped() if shipped.startswith(_SWEEPS)]
    raise UsageError(
        say(
            "There is no sweep '{name}' (looked in {folders}).{hint} Sweeps that come along: {available}.",
            "スイープ '{name}' が見つかりません（探した場所：{folders}）。{hint}付属のスイープ：{available}",
            name=name,
            folders=_looked_in(name),
            hint=nearest(name, available),
            available=", ".join(available),
        )
    )


def _shipped() -> list[str]:
    return sorted(
        {path.relative_to(folder).as_posix() for folder in config_folders() for path in folder.rglob("*.yaml")}
    )


def _looked_in(name: str) -> str:
    return ", ".join(str(path.parent) for path in candidates(name))


def resolve_configs(args: Sequence[str]) -> list[str]:
    """Return the arguments with the value of every ``--config`` (``-c``) replaced by the path that was found.

    Raises:
        UsageError: A config does not exist, or the option has no value.
    """
    resolved = list(args)
    for index, arg in enumerate(args):
        option, equals, value = arg.partition("=")
        if option not in ("--config", "-c"):
            continue
        if equals:
            resolved[index] = f"{option}={find_config(value)}"
        elif index + 1 < len(args):
            resolved[index + 1] = str(find_config(args[index + 1]))
        else:
            raise UsageError(
                say(
                    "--config needs the name of a file, such as cnn.yaml.",
                    "--config には cnn.yaml のようなファイル名が必要です。",
                )
            )
    return resolved


def read_configs(args: Sequence[str]) -> list[str]:
    """Return the arguments with every ``--config FILE`` replaced by ``--config=TEXT``.

    jsonargparse takes a config's text as well as its path; the file it would read in the locale's encoding, which is
    not UTF-8 on Windows.

    Raises:
        UsageError: A file cannot be read, is not UTF-8, or holds no keys and values in YAML.
    """
    read: list[str] = []
    rest = iter(args)
    for arg in rest:
        option, equals, value = arg.partition("=")
        if option in ("--config", "-c"):
            # Without a line above it, jsonargparse takes a lone "trainer:" for a text.
            read.append(f"--config=---\n{read_config(Path(value if equals else next(rest, '')))}")
        else:
            read.append(arg)
    return read


def read_config(path: Path) -> str:
    """Return what a config file holds, as YAML without comments and in ASCII.

    jsonargparse asks the file system first whether there is a file of that name, which fails in a locale that lacks a
    character of it.

    Raises:
        UsageError: It cannot be read, is not UTF-8, or holds no keys and values in YAML.
    """
    file = read_yaml(path, under("--config", path))
    if not isinstance(file.content, dict):
        found = (
            say("nothing", "空")
            if file.content is None
            else say("a {kind}", "{kind} 型の値", kind=type(file.content).__name__)
        )
        raise UsageError(
            say(
                "--config: {path} holds {found}; it must hold keys and values (model: …, data: …).",
                "--config：{path} の内容（{found}）が設定ではありません。キーと値（model: …、data: …）"
                "を書いてください。",
                path=path,
                found=found,
            )
        )
    # Nodes, not values: a number such as 1e-3 is a string to PyYAML, and must reach jsonargparse as it was written.
    return str(yaml.serialize(yaml.compose(file.text, Loader=yaml.SafeLoader), Dumper=yaml.SafeDumper))
