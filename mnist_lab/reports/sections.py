"""Sections that a report of runs and a sweep's report share: cover, prose, figures, and what closes the report."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import paragraph, say
from mnist_lab.reports.document import Block, Cover, FigureBlock, Heading, Open, Paragraph, TableBlock
from mnist_lab.reports.words import word


def cover() -> Cover:
    """Return the writer's name, number and date, all left open."""
    return Cover(
        (
            say("Name: ", "氏名："),
            say("Student number: ", "学籍番号："),
            say("Date of submission: ", "提出日："),
        )
    )


def prose(sentences: Sequence[str]) -> list[Block]:
    """Return sentences as one paragraph; nothing where there is none."""
    return [Paragraph(paragraph(sentences))] if sentences else []


def figure_section(figures: Sequence[tuple[str, str, str]]) -> list[Block]:
    """Return the figures; nothing where there is none.

    Args:
        figures: File name without an ending, title and caption of each.
    """
    blocks: list[Block] = [Heading(word("figures"))] if figures else []
    return blocks + [FigureBlock(stem, caption, title) for stem, title, caption in figures]


def closing(limits: Sequence[str], questions: Sequence[str], runs: TableBlock) -> list[Block]:
    """Return what the report cannot know, the place for the reader's own words, and the list of the runs."""
    place = say(
        "Your own words go here. The report leaves this open on purpose.",
        "ここに自分の考察を書く。この欄は意図的に空けてある。",
    )
    return [
        Heading(word("limits")),
        *prose(limits),
        Heading(word("open")),
        Open(place, questions),
        Heading(word("runs")),
        runs,
    ]


def run_table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> TableBlock:
    """Return the table of single runs.

    Args:
        headings: Names of columns in ``words``.
        rows: One a run.
        numbers: Columns of numbers.
    """
    caption = say(
        "Each run by itself; its folder is relative to the log directory.",
        "個々の実行（フォルダはログフォルダからの相対パス）。",
    )
    return TableBlock(caption, [word(name) for name in headings], rows, numbers, "runs")
