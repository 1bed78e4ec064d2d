"""Source: where samples come from; each data set is one subclass."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import Any

from torch import Tensor

from mnist_lab.data.missing import MissingValues
from mnist_lab.data.picture_file import read_picture
from mnist_lab.data.samples import Samples
from mnist_lab.data.text_encoding import TableInputs


class Source(ABC):
    """A data set that can be brought to disk and loaded whole.

    A subclass's constructor arguments are its YAML keys: plain values, kept as attributes of the same name, so that a
    run's record can state them. The constructor touches neither disk nor network.
    """

    bright_is_ink: bool = True
    """What a grey level of 255 is: ink, as in MNIST, or light, as in a photograph; decides how pictures are shown."""

    @property
    def name(self) -> str:
        """The data set's name, as runs, tables and records show it."""
        return type(self).__name__

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample: ``(channels, height, width)`` or ``(features,)``.

        Known before anything is fetched; a source of local files may have to look into them.

        Raises:
            DataError: If a local file is missing or damaged.
        """

    @property
    @abstractmethod
    def class_names(self) -> list[str]:
        """One name a class, in the order of the labels; known as early as the shape."""

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def feature_names(self) -> list[str] | None:
        """Name of each feature of a table; None where they have no names."""
        return None

    @property
    def text_inputs(self) -> TableInputs | None:
        """The columns of a table whose texts become inputs by what the training split has; None without texts.

        Where there are such, ``input_shape`` and ``feature_names`` are those before.
        """
        return None

    def take_as_texts(self, columns: Collection[str]) -> None:
        """Read these columns of a table as texts and the others as numbers, as a trained network was given them."""
        del columns  # only a table has any

    @property
    def missing_values(self) -> MissingValues | None:
        """What a table lacked, and what became of it; None where nothing is missing."""
        return None

    @property
    def note(self) -> str | None:
        """One line on what the user may not expect of these data, as columns that are left out; after ``prepare``."""
        return None

    @property
    def sha256(self) -> str | None:
        """Of the files that the samples come from, in hexadecimal; None where the data set's name says it all."""
        return None

    @property
    @abstractmethod
    def location(self) -> str:
        """Where the data lies, for people to read: a folder, or what makes the samples; in a record, so in English."""

    @property
    def said_location(self) -> str:
        """The same in the language that is spoken."""
        return self.location

    @abstractmethod
    def is_on_disk(self) -> bool:
        """Say whether ``load`` can do without the network; must come out the same in every process of a run."""

    @abstractmethod
    def prepare(self) -> None:
        """Bring the data to disk and check it; does nothing where it is there and sound.

        Raises:
            DataUnavailableError: If the data is not on disk and cannot be fetched.
            DataError: If the data is damaged, or its folder cannot be written.
        """

    @abstractmethod
    def load(self) -> tuple[Samples, Samples]:
        """Load the training set (validation still inside) and the official test set, on the CPU.

        Raises:
            DataError: If the data is missing or damaged.
        """

    def new_picture(self, path: Path) -> Tensor:
        """Read a picture of the user's own in the form of these data: uint8 of the input's shape.

        Here, for data that are pictures: brought to their size, which stretches it, in grey levels or in colours.

        Args:
            path: The file.

        Raises:
            DataError: The file cannot be read, or nothing is drawn in it.
        """
        channels, *size = self.input_shape
        return read_picture(path, size, grayscale=channels == 1)

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments by name: the YAML that makes this source again."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}
