"""The model of the caching allocator: sizes, segments, best fit, joining, pools, and the limit."""

from __future__ import annotations

import pytest

from mnist_lab.gpu.allocator_model import AllocatorModel, PastLimitError, Place, rounded, segment_bytes

KIB, MIB = 2**10, 2**20
MAIN = Place("main")


@pytest.mark.parametrize(("asked", "comes_to"), [(0, 512), (1, 512), (512, 512), (513, 1024), (MIB, MIB)])
def test_request_is_rounded_up_to_512_bytes(asked: int, comes_to: int) -> None:
    assert rounded(asked) == comes_to


@pytest.mark.parametrize(
    ("block", "segment"),
    [
        (512, 2 * MIB),
        (MIB, 2 * MIB),
        (MIB + 512, 20 * MIB),
        (10 * MIB - 512, 20 * MIB),
        (10 * MIB, 10 * MIB),
        (10 * MIB + 512, 12 * MIB),
    ],
)
def test_segment_is_as_large_as_the_allocator_asks_for(block: int, segment: int) -> None:
    assert segment_bytes(block) == segment


def test_small_blocks_share_a_segment_and_large_ones_another() -> None:
    model = AllocatorModel()
    for _ in range(4):
        model.allocate(512 * KIB, MAIN)
    assert model.reserved_bytes == 2 * MIB
    model.allocate(2 * MIB, MAIN)
    model.allocate(2 * MIB, MAIN)
    assert model.reserved_bytes == 22 * MIB
    assert model.allocated_bytes == 6 * MIB


def test_rest_of_a_large_block_up_to_a_mib_is_not_split_off() -> None:
    model = AllocatorModel()
    model.allocate(11 * MIB + 512, MAIN)
    assert (model.reserved_bytes, model.allocated_bytes) == (12 * MIB, 12 * MIB)


def test_smallest_free_block_that_is_large_enough_is_taken() -> None:
    model = AllocatorModel()
    large, small = model.allocate(40 * MIB, MAIN), model.allocate(20 * MIB, MAIN)
    model.free(large)
    model.free(small)
    model.allocate(15 * MIB, MAIN)
    assert model.allocate(40 * MIB, MAIN).size_bytes == 40 * MIB
    assert model.reserved_bytes == 60 * MIB


def test_free_neighbours_are_joined() -> None:
    model = AllocatorModel()
    blocks = [model.allocate(4 * MIB, MAIN) for _ in range(5)]
    for index in (0, 2, 1, 4, 3):
        model.free(blocks[index])
    assert model.allocate(20 * MIB, MAIN).size_bytes == 20 * MIB
    assert model.reserved_bytes == 20 * MIB


def test_streams_and_graphs_share_no_block() -> None:
    model = AllocatorModel()
    for place in (MAIN, Place("aside"), Place("capture", "1"), Place("capture", "2")):
        model.free(model.allocate(30 * MIB, place))
    assert model.reserved_bytes == 120 * MIB
    assert model.of_graphs_bytes == 60 * MIB
    model.empty_cache()
    assert model.reserved_bytes == 60 * MIB, "graphs keep theirs"


def test_cache_is_emptied_of_whole_segments_only() -> None:
    model = AllocatorModel()
    first, second = model.allocate(4 * MIB, MAIN), model.allocate(4 * MIB, MAIN)
    model.free(first)
    model.empty_cache()
    assert model.reserved_bytes == 20 * MIB
    model.free(second)
    model.empty_cache()
    assert (model.reserved_bytes, model.allocated_bytes) == (0, 0)


def test_past_the_limit_cached_segments_are_given_back_first() -> None:
    model = AllocatorModel(limit_bytes=50 * MIB)
    model.free(model.allocate(30 * MIB, MAIN))
    model.allocate(40 * MIB, MAIN)
    assert model.reserved_bytes == 40 * MIB
    with pytest.raises(PastLimitError):
        model.allocate(12 * MIB, MAIN)


def test_while_a_graph_is_captured_nothing_is_given_back() -> None:
    model = AllocatorModel(limit_bytes=50 * MIB)
    model.free(model.allocate(30 * MIB, MAIN))
    with pytest.raises(PastLimitError):
        model.allocate(40 * MIB, Place("capture", "1"))
