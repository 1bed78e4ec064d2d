"""Where a series of pictures is shown while it grows: in a notebook's cell, in a window, as files of a flip book."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from mnist_lab.atomic_write import write_atomically
from mnist_lab.pictures.surroundings import in_pycharm

_WIDTH_IN_A_CELL_PX = 900


class Drawn(NamedTuple):
    """One picture of a series."""

    png: bytes
    """The picture."""
    step: int
    """Optimizer steps that were taken before it."""
    title: str
    """What stands above it."""


class Showing(Protocol):
    """A place where the pictures of a series appear."""

    def show(self, drawn: Drawn) -> None:
        """Show the next one.

        Raises:
            OSError: A file cannot be written.
        """

    def close(self) -> None:
        """End the series.

        Raises:
            OSError: A file cannot be written.
        """


class NotebookCell:
    """One output of a notebook's cell, redrawn in place: what was printed before it stays, and nothing flickers.

    ``clear_output`` would take the cell's text away as well.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, drawn: Drawn) -> None:
        """Show the first picture, or put the next in its place."""
        ipython: Any = import_module("IPython.display")  # only a notebook needs it, and has it
        image = ipython.Image(data=drawn.png, format="png", width=_WIDTH_IN_A_CELL_PX, alt=drawn.title)
        if self._handle is None:
            self._handle = ipython.display(image, display_id=True)
        else:
            self._handle.update(image)

    def close(self) -> None:
        """Leave the last picture in the cell."""


class PlotWindow:
    """The figure in a window that is redrawn, or in PyCharm's plot pane, whose history keeps each picture."""

    def show(self, drawn: Drawn) -> None:
        """Show the figure as it is now; training goes on."""
        from matplotlib import pyplot

        if in_pycharm():
            pyplot.show()
        else:
            pyplot.show(block=False)
            pyplot.pause(0.001)  # the window draws itself

    def close(self) -> None:
        """Leave the window open until the program ends."""


class FlipBook:
    """Numbered PNG files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder.

        Args:
            folder: A new and empty one.
        """
        self._folder = folder
        self._count = 0

    def show(self, drawn: Drawn) -> None:
        """Write the next file."""
        write_atomically(self._folder / f"{self._count:04}.png", drawn.png)
        self._count += 1

    def close(self) -> None:
        """All files are there already."""
