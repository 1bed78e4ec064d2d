"""The report, what holds the memory, and the batch size that would have fitted."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import pytest
import torch

from mnist_lab.gpu.allocator_limit import AllocatorLimit
from mnist_lab.gpu.budget import Budget, Limits
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.holders import Holders, batch_size_and_bytes, measure_holders
from mnist_lab.gpu.out_of_memory_report import Step, build_report, fitting_batch_size
from mnist_lab.language import speaking
from tests.gpu.fake_device import FakeCuda, FakeDriver

CPU = torch.device("cpu")


def holders(parameters: int = 0, data: int = 0, trainable: int = 0, factor: int = 0) -> Holders:
    return Holders(parameters * MIB, 0, 0, data * MIB, 0, trainable * MIB, factor)


def test_holders_are_told_apart_by_their_exact_bytes() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(100, 10), torch.nn.BatchNorm1d(10))
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.randn(8, 100)).sum().backward()
    optimizer.step()
    found = measure_holders(network, [optimizer], CPU, peak_bytes=None)
    trainable = sum(p.nbytes for p in network.parameters())
    assert found.parameters_bytes == trainable + sum(b.nbytes for b in network.buffers())
    assert found.gradients_bytes == found.trainable_bytes == trainable
    assert found.optimizer_bytes == 2 * trainable + 4 * 4  # two moments each, and four step counters of float32
    assert (found.expected_state_factor, found.activations_bytes) == (2, None)


def test_data_is_found_and_counted_once_and_activations_are_the_rest() -> None:
    network = torch.nn.Linear(4, 2)
    before = measure_holders(network, [], CPU, peak_bytes=0).data_bytes
    data = torch.zeros(1000, 100)
    views = [data[:500], data.view(-1)]
    after = measure_holders(network, [], CPU, peak_bytes=10**9)
    assert after.data_bytes is not None
    assert before is not None
    assert after.data_bytes - before == data.nbytes
    assert after.activations_bytes == 10**9 - after.parameters_bytes - after.data_bytes
    assert len(views) == 2


def test_tensors_elsewhere_do_not_count() -> None:
    found = measure_holders(torch.nn.Linear(4, 2), [], torch.device("meta"), peak_bytes=None)
    assert found.parameters_bytes == 0


@pytest.mark.parametrize(
    ("optimizer", "factor"),
    [
        (lambda p: torch.optim.SGD(p, lr=0.1), 0),
        (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), 1),
        (torch.optim.Adam, 2),
        (lambda p: torch.optim.Adam(p, amsgrad=True), 3),
        (torch.optim.RMSprop, 1),
    ],
)
def test_expected_optimizer_state_is_known_before_the_first_step(optimizer: object, factor: int) -> None:
    network = torch.nn.Linear(4, 2)
    made = optimizer(network.parameters())  # type: ignore[operator]
    assert measure_holders(network, [made], CPU, None).expected_state_factor == factor


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (torch.zeros(8, 3), (8, 96)),
        ([torch.zeros(8, 3), torch.zeros(8, dtype=torch.int64)], (8, 160)),
        ({"x": (torch.zeros(5, 1),), "name": "text"}, (5, 20)),
        (torch.zeros(()), None),
        ("text", None),
        (np.zeros(()), None),
        ([np.zeros((7, 3)), torch.zeros(8, 3)], (8, 96)),
        (None, None),
    ],
)
def test_batch_size_is_the_first_dimension_of_the_first_tensor(batch: object, expected: object) -> None:
    assert batch_size_and_bytes(batch) == expected


def test_array_is_not_walked_element_by_element() -> None:
    class Watched(np.ndarray[tuple[int, ...], np.dtype[np.float64]]):
        def __iter__(self) -> NoReturn:
            raise AssertionError("walked")

    assert batch_size_and_bytes({"x": np.zeros((3, 2)).view(Watched), "y": torch.zeros(3)}) == (3, 12)


@pytest.mark.parametrize(
    ("needed_mib", "held", "step", "expected"),
    [
        # 10 MiB a sample; 0.9 of 1000 MiB is 90 samples, of which the power of two is 64, or 32 as a lower bound.
        (1280, holders(), Step(128, 0, completed=True), 64),
        (1280, holders(), Step(128, 0, completed=False), 32),
        (1280, holders(), Step(128, 0, completed=False, forward_share=0.25), 8),
        (1280, holders(), Step(128, 0, completed=True, forward_share=0.25), 64),
        # 500 MiB of parameters leave 500 for samples: 45.
        (1780, holders(parameters=500), Step(128, 0, completed=True), 32),
        # their gradients and Adam's state are still to come: 90 + 90 + 180 leave 640: 57; without gradients, 65.
        (1370, holders(parameters=90, trainable=90, factor=2), Step(128, 0, completed=True), 32),
        # data that stays counts as fixed, the batch among it does not: 228 - 128 = 100 fixed, 900 left: 81.
        (1380, holders(data=228), Step(128, 128 * MIB, completed=True), 64),
        (1280, holders(parameters=1100), Step(128, 0, completed=True), 0),
        (100, holders(parameters=200), Step(128, 0, completed=True), None),
        (10, holders(), Step(16, 0, completed=True), 8),
    ],
)
def test_fitting_batch_size_follows_from_measured_bytes(
    needed_mib: int, held: Holders, step: Step, expected: int | None
) -> None:
    assert fitting_batch_size(1000 * MIB, needed_mib * MIB, held, step) == expected


def refused(cuda: FakeCuda, mib: int, limit_mib: int | None = 1000) -> tuple[torch.OutOfMemoryError, Budget]:
    limit = AllocatorLimit(cuda, 0, Limits(limit_mib=limit_mib))
    budget = limit.apply()
    with pytest.raises(torch.OutOfMemoryError) as caught:
        cuda.allocate(mib)
    return caught.value, budget


def test_report_fits_the_terminal_and_says_what_was_allowed_asked_and_held() -> None:
    cuda = FakeCuda(FakeDriver(others={"/usr/bin/game": 800 * MIB}))
    cuda.allocate(300)
    error, budget = refused(cuda, 900)
    step = Step(64, 0, completed=True)
    report = build_report(error, cuda, 0, budget, holders=holders(parameters=200, data=50), step=step)
    assert str(report).splitlines() == [
        "CUDA out of memory. A request past the limit was refused before the driver was asked.",
        "  device     GPU 0 (Fake RTX 0)",
        "  limit      1000 MiB of 8192 MiB, set by: limit_mib",
        "  asked for  900 MiB",
        "  held       300 MiB allocated, 300 MiB reserved, peak 300 MiB",
        "  largest    parameters 200 MiB, data 50 MiB",
        "What helps:",
        "  - batch size 32 instead of 64: it would have fitted, as measured",
        "  - a smaller network: fewer or narrower layers",
        "  - a higher limit: limit_mib set it, not what other programs hold",
    ]


def test_other_programs_are_named_where_what_they_hold_set_the_limit() -> None:
    cuda = FakeCuda(FakeDriver(others={"/usr/bin/game": 800 * MIB}))
    error, budget = refused(cuda, 9000, limit_mib=None)
    report = build_report(error, cuda, 0, budget)
    assert str(report).endswith("\n  - closing other programs on this GPU: game (pid 1000) 800 MiB")


def test_report_is_said_in_japanese() -> None:
    cuda = FakeCuda(FakeDriver(others={"/usr/bin/game": 800 * MIB}))
    cuda.allocate(300)
    error, budget = refused(cuda, 900)
    budget = budget._replace(decided_by="free dedicated memory less headroom")
    step = Step(64, 0, completed=True)
    report = build_report(error, cuda, 0, budget, holders=holders(parameters=200, data=50), step=step)
    with speaking("ja"):
        lines = str(report).splitlines()
        alone = str(build_report(RuntimeError("CUDA error: out of memory"), cuda, 0, None))
    assert lines == [
        "CUDA out of memory. 上限を超える要求を、ドライバーに渡す前に拒否しました。",
        "  デバイス  GPU 0 (Fake RTX 0)",
        "  上限      8192 MiB のうち 1000 MiB（決めたもの：空いている専用メモリからヘッドルームを引いた量）",
        "  要求      900 MiB",
        "  使用量    割り当て 300 MiB、確保 300 MiB、ピーク 300 MiB",
        "  内訳      パラメータ 200 MiB、データ 50 MiB",
        "対処方法：",
        "  - バッチサイズを 64 から 32 にする：測定値から、収まると計算される値",
        "  - ネットワークを小さくする：層を減らす、幅を狭める",
        "  - この GPU を使用しているほかのプログラムを終了する：game (pid 1000) 800 MiB",
    ]
    assert "要求      不明\n" in alone
    assert "バッチサイズを小さくする" in alone


def test_report_without_limit_network_or_step_still_stands() -> None:
    cuda = FakeCuda()
    text = str(build_report(RuntimeError("CUDA error: out of memory"), cuda, 0, None))
    assert text.startswith("CUDA out of memory. CUDA error: out of memory\n")
    assert "asked for  not known" in text
    assert "limit " not in text


def test_report_says_when_no_batch_size_helps() -> None:
    cuda = FakeCuda()
    error, budget = refused(cuda, 2000)
    held = holders(parameters=990, trainable=990)
    report = build_report(error, cuda, 0, budget, holders=held, step=Step(64, 0, completed=False))
    assert report.fitting_batch_size == 0
    assert "no batch size: what does not depend on it leaves no room (it was 64)" in str(report)


def test_report_of_a_network_that_is_too_large_by_itself_advises_no_batch_size() -> None:
    cuda = FakeCuda()
    error, budget = refused(cuda, 2000)
    held = holders(parameters=300)._replace(network_bytes=3200 * MIB)
    text = str(build_report(error, cuda, 0, budget, holders=held))
    assert "  - no batch size: the network alone takes 3200 MiB\n" in text
    assert "a smaller batch size" not in text


def test_batch_size_that_no_step_has_measured_is_called_an_estimate() -> None:
    cuda = FakeCuda()
    error, budget = refused(cuda, 1280)
    report = build_report(error, cuda, 0, budget, holders=holders(), step=Step(128, 0, completed=False))
    assert "batch size 32 instead of 128: estimated from the layers it came to" in str(report)


def test_report_says_when_the_driver_failed_within_the_limit() -> None:
    cuda = FakeCuda(FakeDriver(total_bytes=2000 * MIB))
    limit = AllocatorLimit(cuda, 0, Limits(headroom_mib=0))
    budget = limit.apply()
    cuda.drivers[0].others["game"] = 1000 * MIB
    with pytest.raises(torch.OutOfMemoryError) as caught:
        cuda.allocate(1000)
    assert "The driver had no room for a request within the limit" in str(build_report(caught.value, cuda, 0, budget))


def test_report_of_a_device_that_answers_no_more_has_no_figures_but_stands() -> None:
    class Failed(FakeCuda):
        def stats(self, device: int) -> dict[str, int]:
            raise RuntimeError("CUDA error: unspecified launch failure")

    report = build_report(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB."), Failed(), 0, None)
    assert (report.device_name, report.others, report.asked_bytes) == (None, None, 2**30)
    assert "this platform does not name them" in str(report)
