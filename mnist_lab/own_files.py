"""Files that a command may write again: those that it wrote itself and that nobody has changed since."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from mnist_lab.atomic_write import HeldError, remove, rename, write_atomically
from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import say

MANIFEST = ".mnist_lab-files.json"


class OwnFiles:
    """What this program has written into a folder: a file beside it holds names and SHA-256.

    A file under one of these names that is not listed, or no longer what is listed, is the user's.
    """

    def __init__(self, folder: Path, option: str) -> None:
        """Name the folder.

        Args:
            folder: Made where it is missing, once there is something to write.
            option: Names it, or the file in it, on the command line, for errors.
        """
        self._folder = folder
        self._option = option

    def check(self, names: Iterable[str]) -> None:
        """Look whether files may be written; nothing is written.

        Args:
            names: Of the files that are to be written, relative to the folder, with slashes.

        Raises:
            UsageError: A file of the user's stands in the way, or an earlier file of ours was changed.
        """
        known = self._read()
        for name in dict.fromkeys([*self._earlier(known), *names]):
            path = self._folder / name
            if not path.exists() and not path.is_symlink():
                continue
            if name not in known:
                raise self._refused(
                    path, say("is not a file of this program's", "は本プログラムのファイルではないため")
                )
            found = _sha256(path) if path.is_file() else ""
            if found is None:
                raise self._refused(
                    path,
                    say(
                        "cannot be read (another program may have it open)",
                        "を読み込めないため（ほかのプログラムで開いている可能性があります）",
                    ),
                )
            if found not in known[name]:
                raise self._refused(path, say("was changed since it was written", "は作成後に変更されているため"))

    def write(self, content: Mapping[str, bytes]) -> None:
        """Write files, each whole or not at all, and take away what an earlier call has left in the subfolders.

        Args:
            content: Bytes by name.

        Raises:
            UsageError: As ``check``; nothing was written.
            OSError: One of them cannot be written.
        """
        self.check(content)
        known = self._read()
        stale = self._earlier(known) - content.keys()
        new = {name: [hashlib.sha256(part).hexdigest()] for name, part in content.items()}
        # Until all are there both states are ours: a crash in between leaves no file that would pass for the user's.
        self._note({**known, **{name: [*known.get(name, []), *own] for name, own in new.items()}})
        for name, part in content.items():
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._folder / name, part)
        for name in stale:
            remove(self._folder / name)
        self._note({name: own for name, own in {**known, **new}.items() if name not in stale})

    def take(self, written: Path, name: str) -> None:
        """Move a file that was written beside its place to its place.

        Args:
            written: The file, in the same folder.
            name: What it shall be called.

        Raises:
            UsageError: As ``check``; nothing was moved.
            OSError: It cannot be moved.
        """
        self.check([name])
        known, own = self._read(), str(_sha256(written))
        self._note({**known, name: [*known.get(name, []), own]})
        rename(written, self._folder / name)
        self._note({**known, name: [own]})

    def _earlier(self, known: Mapping[str, list[str]]) -> set[str]:
        """Return what is listed in subfolders: these belong to a report, which is renewed as a whole."""
        return {name for name in known if "/" in name}

    def _read(self) -> dict[str, list[str]]:
        """Return what the folder's list holds: by name, the SHA-256 that a file of ours may have."""
        path = self._folder / MANIFEST
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            sound = all(isinstance(own, list) for own in known.values())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise self._refused(
                path, say("cannot be read ({why})", "を読み込めないため（{why}）", why=reason_of(error))
            ) from None
        except (ValueError, AttributeError):
            sound = False
        if not sound:
            raise self._refused(path, say("is damaged", "は壊れているため"))
        # A list from elsewhere must not reach files outside its folder.
        root = self._folder.resolve()
        return {name: own for name, own in known.items() if (root / name).resolve().is_relative_to(root)}

    def _note(self, known: Mapping[str, list[str]]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / MANIFEST, (json.dumps(dict(sorted(known.items())), indent=2) + "\n").encode())

    def _refused(self, path: Path, why: str) -> UsageError:
        return UsageError(
            say(
                "{option}: {path} {why} and is kept as it is; move it away, or name another place with {option}.",
                "{option}：{path} {why}、上書きしません。別の場所に移すか、{option} で別の場所を指定してください。",
                option=self._option,
                path=path,
                why=why,
            )
        )


def why_unwritten(error: OSError) -> str:
    """Return why a file of ours could not be written; one that is held is named with what holds it, most likely."""
    if isinstance(error, HeldError):
        return say(
            "{name} is open in another program, such as Excel",
            "{name} が Excel などのほかのプログラムで開かれています",
            name=Path(str(error.filename)).name,
        )
    return reason_of(error)


def _sha256(path: Path) -> str | None:
    """Return a file's SHA-256, None where it cannot be read."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return None
