"""What is not public in jsonargparse is still there, and does what it is used for."""

from __future__ import annotations

from jsonargparse import ArgumentParser

from mnist_lab.models import CNN
from mnist_lab.seams.jsonargparse_seam import argument_names, option_names


class Base:
    def __init__(self, width: int = 1) -> None: ...


class Derived(Base):
    def __init__(self, depth: int = 2, **kwargs: int) -> None:
        super().__init__(**kwargs)


def test_parsers_options_are_listed() -> None:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--one", type=int)
    parser.add_class_arguments(Base, "base")
    names = set(option_names(parser))
    assert {"one", "base.width"} <= names
    assert not any(name.startswith("-") or name.endswith(".help") for name in names)


def test_arguments_that_are_handed_on_to_a_base_are_among_the_names() -> None:
    assert argument_names(Derived) == ["depth", "width"]
    assert {"channels", "hidden", "loss"} <= set(argument_names(CNN))
