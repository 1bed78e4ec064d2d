"""Reads a YAML file in UTF-8; what is wrong with it is said in one line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mnist_lab.cli.yaml_structure import check_structure
from mnist_lab.errors import UsageError, reason_of


@dataclass(frozen=True)
class YamlFile:
    """What a file holds."""

    text: str
    content: Any
    """As PyYAML reads the text."""


def read_yaml(path: Path, what: str) -> YamlFile:
    """Read a file.

    Args:
        path: The file; a byte order mark, which Windows' editors leave, is dropped.
        what: Begins the line about what is wrong, such as ``The sweep own.yaml``.

    Raises:
        UsageError: It cannot be read, is not UTF-8, is no YAML, or its structure makes no sense.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        check_structure(text, what)
        return YamlFile(text, yaml.safe_load(text))
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {reason_of(error)}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{what} is not in UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has
        raise UsageError(f"{what} is no YAML: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} (line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1})"
    return " ".join(str(error).split())
