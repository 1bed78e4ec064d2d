"""Where a program runs, as far as pictures are concerned: in a notebook, with windows, or with files alone."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from typing import Any

# They open a page in a browser, and wait for it.
_IN_A_BROWSER = {"nbagg", "notebook", "webagg"}


def in_notebook() -> bool:
    """Say whether this is the kernel of a notebook: Jupyter's, VS Code's or Colab's."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def in_pycharm() -> bool:
    """Say whether what is shown goes into PyCharm's plot pane."""
    import matplotlib

    # Without having matplotlib choose a backend: PyCharm has set it.
    return "interagg" in str(matplotlib.get_backend(auto_select=False)).lower()


def has_windows() -> bool:
    """Say whether matplotlib opens windows here: there is a display, and a library that draws on it."""
    import matplotlib

    backends: Any = import_module("matplotlib.backends")
    interactive = backends.backend_registry.list_builtin(backends.BackendFilter.INTERACTIVE)
    return matplotlib.get_backend().lower() in {name.lower() for name in interactive} - _IN_A_BROWSER


def ffmpeg() -> str | None:
    """Return the path of ffmpeg, which makes films; None where it is not installed."""
    return shutil.which("ffmpeg")
