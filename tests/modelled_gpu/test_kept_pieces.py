"""Pieces of a table: made once, in turn, and gone on with by another call."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.modelled_gpu.kept_pieces import KeptPieces


@pytest.mark.parametrize("at_once", [1, 3])
def test_pieces_are_made_once_and_come_in_their_order(tmp_path: Path, at_once: int) -> None:
    made: list[int] = []

    def make(start: int) -> list[int]:
        made.append(start)
        return [start, start + 1]

    path = tmp_path / "new" / "table.jsonl"
    for count in (4, 8):
        pieces = list(KeptPieces(path, at_once=at_once, seed=1).pieces(range(0, count, 2), make))
        assert pieces == [[start, start + 1] for start in range(0, count, 2)]
    assert sorted(made) == [0, 2, 4, 6]
    assert list(KeptPieces(path, seed=2).pieces(range(1), lambda start: "another seed's")) == ["another seed's"]


def test_nothing_is_begun_when_the_time_is_over_and_what_is_kept_comes_up_to_the_first_gap(tmp_path: Path) -> None:
    path = tmp_path / "table.jsonl"
    list(KeptPieces(path).pieces(range(2), str))
    list(KeptPieces(path).pieces(range(3, 4), str))
    assert list(KeptPieces(path, most_s=-1).pieces(range(5), str)) == ["0", "1"]
