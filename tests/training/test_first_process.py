"""What the first of several processes decides, without processes: the real ones are in test_several_processes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.training.first_process import decided_by_the_first
from mnist_lab.training.preparation import prepare
from tests.small_run import interval_data, perceptron

NAME = "MNIST_LAB_TEST_DECISION"


class Processes:
    """A trainer among processes that torchrun has started: the first one's word is kept for the others."""

    said: Any = None

    def __init__(self, *, is_first: bool) -> None:
        self.world_size = 2
        self.num_nodes = 1
        self.is_global_zero = is_first
        self.strategy = self
        self.cluster_environment = SimpleNamespace(creates_processes_externally=True)

    def setup_environment(self) -> None:
        pass

    def broadcast(self, value: Any) -> Any:
        if self.is_global_zero:
            type(self).said = value
        return self.said


def trainer(*, starts_the_others: bool, world_size: int = 2, num_nodes: int = 1) -> Any:
    environment = SimpleNamespace(creates_processes_externally=not starts_the_others)
    return SimpleNamespace(
        world_size=world_size,
        num_nodes=num_nodes,
        callbacks=[],
        default_root_dir="tb_logs",
        strategy=SimpleNamespace(cluster_environment=environment),
    )


def never() -> str:
    raise AssertionError("the first process has decided")


@pytest.fixture(autouse=True)
def _no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (NAME, "MNIST_LAB_CHECKPOINT", "MNIST_LAB_FELL_BACK"):
        monkeypatch.setenv(name, "")  # so that it is gone afterwards
        monkeypatch.delenv(name)


def test_process_alone_decides_each_time() -> None:
    for decided in ("a", "b"):
        alone = trainer(starts_the_others=True, world_size=1)
        assert decided_by_the_first(alone, NAME, decided.strip) == decided


def test_processes_that_are_started_follow_the_last_decision() -> None:
    for decided in ("a", "b"):
        assert decided_by_the_first(trainer(starts_the_others=True), NAME, decided.strip) == decided
        assert decided_by_the_first(trainer(starts_the_others=False), NAME, never) == decided


def test_processes_of_torchrun_are_told() -> None:
    assert decided_by_the_first(Processes(is_first=True), NAME, lambda: "a") == "a"  # type: ignore[arg-type]
    assert decided_by_the_first(Processes(is_first=False), NAME, never) == "a"  # type: ignore[arg-type]


def test_refusal_of_the_first_is_that_of_all() -> None:
    def refuse() -> str:
        raise UsageError("There is none.")

    for is_first, decide in ((True, refuse), (False, never)):
        with pytest.raises(MnistLabError, match=r"^There is none\.$"):
            decided_by_the_first(Processes(is_first=is_first), NAME, decide)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["last", "best"])
def test_newest_checkpoint_is_not_looked_for_where_several_machines_may_find_different_ones(asked: str) -> None:
    here = trainer(starts_the_others=True, num_nodes=2)
    with pytest.raises(UsageError, match=f"^--ckpt_path {asked}: the processes of several machines cannot agree"):
        prepare(here, perceptron(), interval_data(), {}, asked, "fit")


def test_newest_checkpoint_is_the_first_processs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MNIST_LAB_FELL_BACK", "0")
    monkeypatch.setenv("MNIST_LAB_CHECKPOINT", str(tmp_path / "of-the-first.ckpt"))
    with pytest.raises(MnistLabError, match=r"of-the-first\.ckpt cannot be read as a checkpoint"):
        prepare(trainer(starts_the_others=False), perceptron(), interval_data(), {}, "last", "fit")
