"""Numbers of tables and figures: in their order, in captions and where the text cites them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.document import Block, FigureBlock, Open, Paragraph, TableBlock
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.run_report import write_report
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from tests.reports.records import cnn_and_fc
from tests.reports.sweep.test_sweep_report import small_grid


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
        text, _, place = numbered(
            [Paragraph(f"値を{cite('a')}に 示す。"), TableBlock("値。", (), (), key="a"), Open("3回。", ["GELUでは。"])]
        )
    assert text == Paragraph("値を表 1 に示す。")
    assert place == Open("3 回。", ["GELU では。"])


def test_what_is_not_there_is_not_cited() -> None:
    with pytest.raises(KeyError):
        numbered([Paragraph(cite("a"))])


KINDS = ("Table", "Figure", "表", "図")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def not_in_order(text: str) -> dict[str, list[int]]:
    """Return the kinds whose numbers the text does not cite one after the other, all of them, with the order."""
    found = {}
    for kind in KINDS:
        caption = re.compile(rf"^{kind} (\d+)[.\u3000]", re.MULTILINE)
        stand = [int(number) for number in caption.findall(text)]
        cited = [int(number) for number in re.findall(rf"{kind} (\d+)", caption.sub("", text))]
        if not stand == [*dict.fromkeys(cited)] == [*range(1, len(stand) + 1)]:
            found[kind] = cited
    return found


def test_order_is_seen() -> None:
    assert not_in_order("Table 1 and Table 3.\n\nTable 1. A.\n\nTable 2. B.\n\nTable 3. C.\n") == {"Table": [1, 3]}
    assert not_in_order("表 2 と表 1。\n\n表 1\u3000あ。\n\n表 2\u3000い。\n") == {"表": [2, 1]}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_tables_and_figures_are_cited_in_their_order(language: Language, tmp_path: Path) -> None:
    runs = cnn_and_fc(tmp_path / "tb_logs")
    for name, some in (("both", runs), ("one", runs[:1])):
        write_report(tmp_path / name, some, language)
        assert not_in_order((tmp_path / name / "report.md").read_text(encoding="utf-8")) == {}, name
    write_sweep_report(tmp_path / "sweep", "own", small_grid(tmp_path / "swept"), 0.5, language)
    assert not_in_order((tmp_path / "sweep" / "report.md").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize("name", ["compare", "smallest", "activations"])
def test_examples_space_japanese_one_way_everywhere(name: str) -> None:
    text = (EXAMPLES / f"{name}-ja" / "report.md").read_text(encoding="utf-8").replace("\\", "")
    kana = "ぁ-んァ-ヶー一-龥々"
    wrong = rf".*?([{kana}][A-Za-z0-9±−]|[A-Za-z0-9%±][{kana}]|[{kana}）」、。] [{kana}（「]|\d(?:s|%)(?!\w))"
    assert re.findall(wrong, text) == []


@pytest.mark.parametrize("name", ["compare", "smallest", "activations"])
def test_examples_cite_their_tables_and_figures_in_order(name: str) -> None:
    for language in ("en", "ja"):
        text = (EXAMPLES / f"{name}-{language}" / "report.md").read_text(encoding="utf-8")
        assert text.count("|---") + text.count("| ---") > 0
        assert not_in_order(text) == {}, language
