"""The order of an epoch, and the processes' shares of it."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.data.order import SequentialOrder, ShuffledOrder, generator


def epoch(order: ShuffledOrder, number: int) -> list[int]:
    order.set_epoch(number)
    return list(order)


def test_same_seed_and_epoch_give_the_same_order() -> None:
    assert epoch(ShuffledOrder(50, seed=3), 2) == epoch(ShuffledOrder(50, seed=3), 2)


def test_each_epoch_is_another_permutation_of_all_samples() -> None:
    order = ShuffledOrder(50, seed=3)
    first, second = epoch(order, 0), epoch(order, 1)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(50))


def test_neighbouring_seeds_do_not_share_epochs() -> None:
    first = {tuple(epoch(ShuffledOrder(50, seed=0), number)) for number in range(5)}
    second = {tuple(epoch(ShuffledOrder(50, seed=1), number)) for number in range(5)}
    assert len(first | second) == 10


def test_streams_of_one_seed_differ() -> None:
    draws = {torch.rand(1, generator=generator(0, *stream)).item() for stream in ((), (0,), (1,), (0, 0), (1, 0))}
    assert len(draws) == 5


@pytest.mark.parametrize(("count", "world_size"), [(10, 3), (12, 3), (2, 5)])
def test_shuffled_shares_are_equal_and_cover_everything(count: int, world_size: int) -> None:
    shares = [epoch(ShuffledOrder(count, 0, rank, world_size), 4) for rank in range(world_size)]
    assert {len(share) for share in shares} == {-(-count // world_size)}
    assert set().union(*shares) == set(range(count))


@pytest.mark.parametrize(("count", "world_size"), [(10, 3), (12, 3), (2, 5)])
def test_sequential_shares_hold_each_sample_once(count: int, world_size: int) -> None:
    shares = [list(SequentialOrder(count, rank, world_size)) for rank in range(world_size)]
    assert sorted(sample for share in shares for sample in share) == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_equal_sequential_shares_start_over() -> None:
    shares = [list(SequentialOrder(5, rank, 2, equal_shares=True)) for rank in range(2)]
    assert shares == [[0, 2, 4], [1, 3, 0]]
