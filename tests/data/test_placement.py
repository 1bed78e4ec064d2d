"""Where samples are kept, with CUDA's readings faked."""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from mnist_lab.data.placement import free_cuda_bytes, keep_on

CUDA = torch.device("cuda", 0)
CPU = torch.device("cpu")


def fake_cuda(
    monkeypatch: pytest.MonkeyPatch,
    *,
    free: int,
    total: int,
    fraction: float = 1.0,
    reserved: int = 0,
    allocated: int = 0,
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, total))
    monkeypatch.setattr(torch.cuda, "get_per_process_memory_fraction", lambda device: fraction)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: reserved)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: allocated)


@pytest.mark.parametrize(("size", "kept"), [(100, CUDA), (101, CPU)])
def test_auto_takes_a_quarter_of_what_is_free(monkeypatch: pytest.MonkeyPatch, size: int, kept: torch.device) -> None:
    fake_cuda(monkeypatch, free=400, total=1000)
    assert keep_on(size, CUDA) == kept


def test_a_limit_below_the_drivers_figure_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cuda(monkeypatch, free=900, total=1000, fraction=0.3, reserved=60, allocated=50)
    assert free_cuda_bytes(CUDA) == 250


def test_cached_blocks_count_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cuda(monkeypatch, free=100, total=1000, reserved=300, allocated=50)
    assert free_cuda_bytes(CUDA) == 350


@pytest.mark.parametrize(("memory", "kept"), [("host", CPU), ("device", CUDA)])
def test_orders_are_followed_without_a_look(memory: Literal["host", "device"], kept: torch.device) -> None:
    assert keep_on(1 << 60, CUDA, memory) == kept


def test_cpu_training_keeps_samples_on_the_cpu() -> None:
    assert keep_on(1 << 60, CPU) == CPU


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_real_device_reports_free_memory_below_its_total() -> None:
    total = torch.cuda.get_device_properties(0).total_memory
    assert 0 < free_cuda_bytes(CUDA) <= total
