"""How jsonargparse reads YAML here: as ever, once the text's structure has been looked at."""

from __future__ import annotations

from typing import Any

import yaml
from jsonargparse import get_loader, set_loader

from mnist_lab.cli.yaml_structure import check_characters, check_structure

_MODE = "mnist_lab_yaml"
_SHOWN_CHARACTERS = 40


def parser_mode() -> str:
    """Return the ``parser_mode`` for a parser that reads values, configs and configs within configs in this way."""
    set_loader(_MODE, _load, exceptions=(yaml.YAMLError,))
    return _MODE


def _load(text: str) -> Any:
    shown = " ".join(text.split())
    what = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"
    check_characters(text, f"'{what}'", 1)
    check_structure(text, f"'{what}'")
    return get_loader("yaml")(text)
