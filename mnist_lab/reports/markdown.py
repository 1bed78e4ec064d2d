"""A report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mnist_lab.reports.document import (
    Block,
    Bullets,
    Cover,
    Document,
    FigureBlock,
    Heading,
    Open,
    Paragraph,
    TableBlock,
)

_BLANK = "\uff3f" * 10
"""A line to write on, of full-width low lines: half-width ones would be emphasis."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def to_markdown(document: Document) -> str:
    """Return the whole text; figures are shown as PNG files beside it."""
    parts = [f"# {_escaped(document.title)}", *(_block(block) for block in document.blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Cover():
            text = "  \n".join(f"{_escaped(name)}{_BLANK}" for name in block.fields)
        case Heading():
            text = f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            text = _escaped(block.text)
        case Bullets():
            text = _list(block.items)
        case TableBlock():
            text = _table(block)
        case FigureBlock():
            text = f"![{_escaped(block.title)}](figures/{block.stem}.png)\n\n{_escaped(block.caption)}"
        case Open():
            lines = [_escaped(block.text), *(["", *_list(block.questions).split("\n")] if block.questions else [])]
            text = "\n".join(f"> {line}".rstrip() for line in lines)
    return text


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {_escaped(item)}" for item in items)


def _table(table: TableBlock) -> str:
    rules = ["---:" if place in table.numbers else "---" for place in range(len(table.headings))]
    rows = [[_escaped(cell) for cell in row] for row in (table.headings, *table.rows)]
    rows.insert(1, rules)
    return "\n".join([_escaped(table.caption), "", *(f"| {' | '.join(row)} |" for row in rows)])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
