"""Reads a YAML file in UTF-8; what is wrong with it is said in one line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mnist_lab.cli.yaml_structure import check_structure
from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import say


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
        raise UsageError(
            say("{what} cannot be read: {why}.", "{what} を読み込めません：{why}。", what=what, why=reason_of(error))
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            say(
                "{what} is not in UTF-8 (byte {place}); save it as UTF-8.",
                "{what} は UTF-8 ではありません（{place} バイト目）。UTF-8 で保存してください。",
                what=what,
                place=error.start,
            )
        ) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has
        raise UsageError(
            say("{what} is no YAML: {why}.", "{what} を YAML として読めません：{why}。", what=what, why=_reason(error))
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return say(
            "{problem} (line {line}, column {column})",
            "{line} 行目の {column} 文字目の付近。かっこ、引用符、コロン、字下げを確かめてください"
            "（PyYAML の説明：{problem}）",
            problem=error.problem,
            line=error.problem_mark.line + 1,
            column=error.problem_mark.column + 1,
        )
    text = " ".join(str(error).split())
    return say("{text}", "文字または値を確かめてください（PyYAML の説明：{text}）", text=text)
