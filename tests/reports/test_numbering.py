"""Numbers of tables and figures: in their order, in captions and where the text cites them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.document import Block, FigureBlock, Paragraph, TableBlock
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.run_report import write_report
from tests.reports.records import cnn_and_fc


def test_table_is_cited_before_it_stands() -> None:
    blocks: list[Block] = [Paragraph(f"See {cite('b')} and {cite('f')}."), TableBlock("A.", (), (), key="a")]
    blocks += [TableBlock("B.", (), (), key="b"), FigureBlock("f", "F.", "f")]
    text, first, second, figure = numbered(blocks)
    assert isinstance(text, Paragraph)
    assert isinstance(first, TableBlock)
    assert isinstance(second, TableBlock)
    assert isinstance(figure, FigureBlock)
    assert text.text == "See Table 2 and Figure 1."
    assert (first.caption, second.caption, figure.caption) == ("Table 1. A.", "Table 2. B.", "Figure 1. F.")


def test_japanese_has_spaces_beside_numbers_alone() -> None:
    with speaking("ja"):
        (text, _) = numbered([Paragraph(f"値を{cite('a')}に 示す。"), TableBlock("値。", (), (), key="a")])
    assert text == Paragraph("値を表 1 に示す。")


def test_what_is_not_there_is_not_cited() -> None:
    with pytest.raises(KeyError):
        numbered([Paragraph(cite("a"))])


@pytest.mark.parametrize(("language", "word"), [("en", r"(?:Table|Figure)"), ("ja", "(?:表|図)")])
def test_every_table_and_figure_is_cited(language: Language, word: str, tmp_path: Path) -> None:
    write_report(tmp_path / "report", cnn_and_fc(tmp_path / "tb_logs"), language)
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    caption = re.compile(rf"^({word} \d+)[.\u3000]", re.MULTILINE)
    captions, prose = set(caption.findall(text)), caption.sub("", text)
    cited = set(re.findall(rf"{word} \d+", prose))
    assert len(captions) == 13
    assert captions <= cited
