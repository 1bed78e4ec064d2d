"""Notices when another program named ``lightning`` comes first on the PATH."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from mnist_lab.language import say


def shadowing_script() -> Path | None:
    """Return the program that ``lightning`` starts when it is not this package's; None: it is, or there is none.

    lightning-sdk ships a script of that name too, and may even have overwritten ours in the same folder; a script made
    by pip, Windows' .exe included, holds the name of the module that it starts.
    """
    found = shutil.which("lightning")
    if found is None:
        return None
    try:
        return None if b"mnist_lab" in Path(found).read_bytes() else Path(found)
    except OSError:
        return None


def warn_if_shadowed(program: str) -> None:
    """Say on the error stream, where ``program`` is ``mnist-lab``, that ``lightning`` is another program."""
    if Path(program).stem == "mnist-lab" and (other := shadowing_script()):
        line = say(
            "Note: 'lightning' on your PATH is another program ({other}); use mnist-lab here.",
            "注意：PATH にある 'lightning' は別のプログラム（{other}）です。ここでは mnist-lab を使ってください。",
            other=other,
        )
        print(line, file=sys.stderr)
