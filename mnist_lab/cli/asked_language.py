"""The language that a command line asks for, known before anything about it can be found wrong."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import cast, get_args

from mnist_lab.language import Language
from mnist_lab.shipped import find_file

_LANGUAGES: tuple[str, ...] = get_args(Language)
_OPTION = ("--language",)
_CONFIG = ("--config", "-c")
_YAML = (".yaml", ".yml")
# A line of the config's top level. Its YAML is read later, and what is wrong with it is said in this language.
_KEY = re.compile(rf"^language:\s*['\"]?({'|'.join(_LANGUAGES)})['\"]?\s*(?:#.*)?$", re.MULTILINE)


def asked_language(args: Sequence[str]) -> Language:
    """Return what ``--language`` says, else ``language:`` of the last config that has it, else English.

    What is no language is left to the command's own parser, which refuses it.

    Args:
        args: The command line behind the program's name.
    """
    asked = list(_values(args, _OPTION))
    # A comparison's configs are words of their own.
    configs = [*(arg for arg in args if not arg.startswith("-") and arg.endswith(_YAML)), *_values(args, _CONFIG)]
    said = asked[-1] if asked else next(filter(None, map(_in_config, reversed(configs))), None)
    return cast("Language", said) if said in _LANGUAGES else "en"


def _values(args: Sequence[str], names: tuple[str, ...]) -> Iterator[str]:
    """Yield the values of an option, behind ``=`` or the next word."""
    for arg, behind in zip(args, [*args, ""][1:], strict=True):
        option, equals, value = arg.partition("=")
        if option in names:
            yield value if equals else behind


def _in_config(name: str) -> str | None:
    with contextlib.suppress(OSError, ValueError):  # whoever reads it for good says what is wrong with it
        path = find_file(name)
        found = [] if path is None else _KEY.findall(path.read_text(encoding="utf-8-sig", errors="replace"))
        return str(found[-1]) if found else None
    return None
