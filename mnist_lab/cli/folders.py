"""Folders that are to be written into, looked at before there is anything to write."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import say


def make_folder(folder: Path, option: str) -> None:
    """Make a folder.

    Args:
        folder: The folder.
        option: Names it on the command line.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            say(
                "{option}: the folder {folder} cannot be made: {reason}; name another.",
                "{option}：フォルダ {folder} を作成できません：{reason}。別の場所を指定してください。",
                option=option,
                folder=folder,
                reason=reason_of(error),
            )
        ) from error


def check_writable(folder: Path, option: str) -> None:
    """Look whether a folder could be made and written, and leave nothing behind.

    Args:
        folder: The folder.
        option: Names it on the command line.

    Raises:
        UsageError: It could not.
    """
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    why = None if there.is_dir() else say("{there} is no folder", "{there} はフォルダではありません", there=there)
    # On Windows tempfile takes a refusal for a name that is in use, and tries other names for ever.
    probe = there / f".mnist_lab-{os.getpid()}-{uuid.uuid4().hex}"
    try:
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as error:
        why = why or reason_of(error)
    if why is not None:
        raise UsageError(
            say(
                "{option}: {folder} cannot be written: {why}; name another.",
                "{option}：{folder} に書き込めません：{why}。別の場所を指定してください。",
                option=option,
                folder=folder,
                why=why,
            )
        )
