"""A report as Markdown."""

from __future__ import annotations

import re

from mnist_lab.reports.document import Block, Bullets, Document, FigureBlock, Heading, Open, Paragraph, TableBlock

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def to_markdown(document: Document) -> str:
    """Return the whole text; figures are shown as PNG files beside it."""
    parts = [f"# {_escaped(document.title)}", *(_block(block) for block in document.blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            return _escaped(block.text)
        case Bullets():
            return "\n".join(f"- {_escaped(item)}" for item in block.items)
        case TableBlock():
            return _table(block)
        case FigureBlock():
            return f"![{_escaped(block.title)}](figures/{block.stem}.png)\n\n{_escaped(block.caption)}"
        case Open():
            questions = "\n".join(f"> - {_escaped(question)}" for question in block.questions)
            return f"> {_escaped(block.text)}\n>\n{questions}"


def _table(table: TableBlock) -> str:
    rules = ["---:" if place in table.numbers else "---" for place in range(len(table.headings))]
    rows = [[_escaped(cell) for cell in row] for row in (table.headings, *table.rows)]
    rows.insert(1, rules)
    return "\n".join([_escaped(table.caption), "", *(f"| {' | '.join(row)} |" for row in rows)])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
