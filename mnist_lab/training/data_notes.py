"""What the user may not expect of the data, said on the terminal before they are used."""

from __future__ import annotations

from mnist_lab.data import ClassificationDataModule
from mnist_lab.language import say
from mnist_lab.runs.value_notes import value_notes


def say_source_note(datamodule: ClassificationDataModule) -> None:
    """Say which columns are no inputs although nobody said so."""
    if note := datamodule.used_source.note:
        print(note)


def say_value_notes(datamodule: ClassificationDataModule) -> None:
    """Say which rows are left out, which values replaced, and which texts no training sample has; after ``setup``."""
    for note in value_notes(datamodule.describe().to_dict()):
        print(say("data: {note}", "data：{note}", note=note))
