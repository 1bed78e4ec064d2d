"""Numbers of tables and figures: given in the order of the report, and put where the text names one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mnist_lab.language import say, spaced
from mnist_lab.reports.document import Block, Bullets, FigureBlock, Heading, Open, Paragraph, TableBlock

# Of the private use area: no text of a user holds them.
_BEFORE, _BEHIND = "\ue000", "\ue001"
_CITED = re.compile(f"{_BEFORE}(.*?){_BEHIND}")


def cite(key: str) -> str:
    """Return a placeholder that ``numbered`` turns into "Table 3" or "Figure 1".

    Args:
        key: Of a table, or a figure's file name without an ending; the report must hold it.
    """
    return f"{_BEFORE}{key}{_BEHIND}"


def numbered(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with numbers before the captions of tables and figures, and in the text that cites them.

    Raises:
        KeyError: The text cites what the report does not hold.
    """
    names: dict[str, str] = {}
    tables = figures = 0
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, TableBlock):
            tables += 1
            names[block.key] = say("Table {number}", "表 {number}", number=tables)
            found.append(_named(block, names[block.key]))
        elif isinstance(block, FigureBlock):
            figures += 1
            names[block.stem] = say("Figure {number}", "図 {number}", number=figures)
            found.append(_named(block, names[block.stem]))
        else:
            found.append(block)
    return [_with_names(block, names) for block in found]


def _named(block: TableBlock | FigureBlock, name: str) -> Block:
    caption = say("{name}. {caption}", "{name}　{caption}", name=name, caption=block.caption)
    return replace(block, caption=caption, name=name)


def _with_names(block: Block, names: dict[str, str]) -> Block:
    match block:
        case Paragraph() | Heading():
            return replace(block, text=_put(block.text, names))
        case TableBlock():
            return replace(block, caption=_put(block.caption, names), headings=[*map(spaced, block.headings)])
        case FigureBlock():
            return replace(block, caption=_put(block.caption, names), title=spaced(block.title))
        case Open():
            return replace(
                block, text=_put(block.text, names), questions=[_put(text, names) for text in block.questions]
            )
        case Bullets():
            return replace(block, items=[_put(item, names) for item in block.items])
        case _:
            return block


def _put(text: str, names: dict[str, str]) -> str:
    return spaced(_CITED.sub(lambda found: names[found[1]], text))
