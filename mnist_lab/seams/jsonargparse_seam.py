"""What is not public in jsonargparse and is used all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonargparse import ArgumentParser
from jsonargparse._parameter_resolvers import get_signature_parameters


def option_names(parser: ArgumentParser) -> Iterator[str]:
    """Yield all options of a parser without their dashes; argparse has no public list of its arguments."""
    for action in parser._actions:
        for option in action.option_strings:
            if option.startswith("--") and not option.endswith(".help"):
                yield option.removeprefix("--")


def argument_names(kind: Any) -> list[str]:
    """Return the arguments that a class can be given in a config, those of its bases that it hands on included.

    ``inspect.signature`` does not follow ``**kwargs`` into the bases, as the parser does.
    """
    return [parameter.name for parameter in get_signature_parameters(kind, None)]
