"""What data are called: one's own by their file or folder, since the class of their source says nothing of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from mnist_lab.language import say

OWN_DATA = ("CSVTable", "ExcelTable", "JSONTable", "ImageFolder")
"""Sources of one's own data, whose class says nothing of what is in them."""


def file_of(data: Mapping[str, Any]) -> str:
    """Return the name of the file or the folder that one's own data lie in; empty for a data set with a name.

    Args:
        data: As a record describes it.
    """
    if data.get("name") not in OWN_DATA:
        return ""
    return PureWindowsPath(str(data.get("location") or "")).name


def data_title(data: Mapping[str, Any]) -> str:
    """Return the data's name in a title: ``MNIST``, and ``penguins`` of ``penguins.csv``."""
    file = file_of(data)
    named = file if data.get("name") == "ImageFolder" else PureWindowsPath(file).stem
    return named or str(data.get("name", "–"))


def data_name(data: Mapping[str, Any]) -> str:
    """Return the data's name with the file: ``MNIST``, ``CSVTable (penguins.csv)``."""
    name, file = str(data.get("name", "–")), file_of(data)
    return say("{name} ({file})", "{name}（{file}）", name=name, file=file) if file else name
