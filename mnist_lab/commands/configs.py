"""Where a config is looked up: as given, in the checkout, among those that ship with the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mnist_lab.errors import UsageError, nearest

_PACKAGE = Path(__file__).resolve().parent.parent


def config_folders() -> list[Path]:
    """Return the folders that are searched after the path as given: the checkout's, then the wheel's."""
    return [folder for folder in (_PACKAGE.parent / "configs", _PACKAGE / "configs") if folder.is_dir()]


def find_config(name: str) -> Path:
    """Return the config file that ``name`` stands for.

    Raises:
        UsageError: There is none; the message says where it was looked for and lists those there are.
    """
    candidates = [Path(name), *(folder / name for folder in config_folders())]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    available = sorted(
        {path.relative_to(folder).as_posix() for folder in config_folders() for path in folder.rglob("*.yaml")}
    )
    places = ", ".join(str(path.parent) for path in candidates)
    raise UsageError(
        f"There is no config '{name}' (looked in {places}).{nearest(name, available)} "
        f"Configs that come along: {', '.join(available)}."
    )


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
            raise UsageError("--config needs the name of a file, such as cnn.yaml.")
    return resolved
