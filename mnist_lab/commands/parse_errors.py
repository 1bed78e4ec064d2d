"""Turns what jsonargparse says of a wrong argument or key into one line."""

from __future__ import annotations

import re
from argparse import ArgumentError
from collections.abc import Iterator, Sequence

from jsonargparse import ArgumentParser, Namespace

from mnist_lab.errors import UsageError


def parse_or_explain(parser: ArgumentParser, args: Sequence[str]) -> Namespace:
    """Parse the arguments.

    Raises:
        UsageError: They do not parse; the message is one line.
    """
    try:
        return parser.parse_args(list(args))
    except (ArgumentError, ValueError, TypeError, KeyError) as error:
        raise UsageError(str(error)) from error
