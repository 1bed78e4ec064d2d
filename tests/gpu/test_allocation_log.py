"""What operations would ask the allocator for, without memory, and what becomes of it when it is played."""

from __future__ import annotations

import pytest
import torch
from packaging.version import Version
from torch import nn

from mnist_lab.gpu.allocation_log import BACKWARD, DEVICE, FORWARD, MATRIX_PRODUCT, AllocationLog
from mnist_lab.gpu.allocation_replay import AllocationReplay
from mnist_lab.gpu.allocator_model import AllocatorModel, Place
from mnist_lab.gpu.kernel_workspaces import Kernels, kernels_of, product_bytes
from mnist_lab.seams import torch_seam

MIB = 2**20
MAIN = Place("main")
CUBLAS_BYTES = 8 * MIB


def test_storages_are_written_down_once_with_their_end() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    with log.writing():
        matrix = torch.zeros(1024, 1024, device=DEVICE)
        rows = matrix.view(-1).chunk(1024)
        matrix.add_(1)
        del matrix
        assert log.cut() == [(1, 4 * MIB)]
        del rows
    assert log.cut() == [(1, 0)]


def test_tensors_on_the_host_are_not_written_down() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    with log.writing():
        torch.zeros(1000).to(DEVICE)
    assert log.cut() == [(1, 4000), (1, 0)]


@pytest.fixture
def before_torch_2_15(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_seam, "keeps_cublas_workspaces", lambda: True)


@pytest.fixture
def from_torch_2_15(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_seam, "keeps_cublas_workspaces", lambda: False)


@pytest.mark.usefixtures("before_torch_2_15")
def test_matrix_product_is_said() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    with log.writing():
        torch.zeros(8, 8, device=DEVICE) @ torch.zeros(8, 8, device=DEVICE)
    assert log.cut().count((MATRIX_PRODUCT, FORWARD)) == 1


@pytest.mark.usefixtures("before_torch_2_15")
def test_product_of_the_backward_pass_is_said_to_be_one() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    with log.writing():
        weight = torch.zeros(8, 8, device=DEVICE, requires_grad=True)
        (torch.zeros(8, 8, device=DEVICE) @ weight).sum().backward()  # type: ignore[no-untyped-call]
    assert log.cut().count((MATRIX_PRODUCT, BACKWARD)) == 1


@pytest.mark.usefixtures("from_torch_2_15")
def test_product_asks_for_a_workspace_and_gives_it_back() -> None:
    """As PyTorch 2.15's own record of its allocations shows, also with cuBLASLt, which adds the bias."""
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    for with_bias, size_bytes in ((False, 8519680), (True, 1048576)):
        layer = nn.Linear(64, 64, bias=with_bias).to(DEVICE)
        batch = torch.zeros(8, 64, device=DEVICE)
        with log.writing(), torch.no_grad():
            out = layer(batch)
        (number, size), *last = log.cut()[-3:]
        assert size == out.nbytes
        assert last == [(number + 1, size_bytes), (number + 1, 0)]
        assert log.kinds[number + 1] == "workspaces"
        del out


def test_workspace_of_newer_cards_is_larger() -> None:
    matrix, bias = torch.zeros(8, 8), torch.zeros(8)
    assert product_bytes("addmm", (bias, matrix, matrix), kernels_of(132, 2048, 9)) == 32 * MIB
    assert product_bytes("addmm", (bias, matrix, matrix), kernels_of(24, 1536, 8)) == MIB
    assert product_bytes("addmm", (matrix, matrix, matrix), kernels_of(24, 1536, 8)) == 8519680
    assert product_bytes("mm", (matrix, matrix), kernels_of(24, 1536, 8)) == 8519680


def test_torch_says_by_its_version_whether_workspaces_are_kept() -> None:
    assert torch_seam.keeps_cublas_workspaces() is (Version(torch.__version__) < Version("2.15"))


@pytest.mark.usefixtures("before_torch_2_15")
def test_convolution_has_columns_and_with_cudnn_as_much_as_it_reads_and_writes() -> None:
    picture = nn.Conv2d(3, 5, 3)
    sizes = {}
    for with_cudnn in (False, True):
        log = AllocationLog(with_cudnn=with_cudnn, kernels=Kernels())
        with log.writing():
            picture.to(DEVICE)(torch.zeros(2, 3, 10, 10, device=DEVICE)).sum().backward()
        sizes[with_cudnn] = [size for number, size in log.cut() if log.kinds.get(number) == "workspaces" and size]
        assert log.assumes is with_cudnn
    read, written = 4 * 2 * 3 * 10 * 10, 4 * 2 * 5 * 8 * 8
    # Backward it reads that input again, and the gradient of the output; the picture's own gradient is not wanted.
    assert sizes == {False: [4 * 27 * 64, 4 * 27 * 64], True: [read + written, written + read]}


def test_dropout_keeps_a_byte_a_value_as_cudas_does() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    layer = nn.Dropout(0.5)
    with log.writing():
        kept = layer(torch.zeros(1000, device=DEVICE, requires_grad=True))
        sizes = [size for _, size in log.cut() if size]
        del kept
    assert sizes == [4000, 4000, 1000]


def test_number_that_is_asked_for_stands_in() -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels())
    with log.writing():
        assert torch.zeros(1, device=DEVICE).item() == 1.0
        assert torch.zeros(1, dtype=torch.int64, device=DEVICE).item() == 1
        assert bool(torch.zeros(1, dtype=torch.bool, device=DEVICE)) is True


def played(limit_bytes: int | None = None) -> AllocationReplay:
    return AllocationReplay(AllocatorModel(limit_bytes), {1: "parameters", 2: "activations"}, CUBLAS_BYTES)


def test_peak_says_who_holds_what_and_adds_up() -> None:
    replay = played()
    replay.play(
        [(1, 4 * MIB), (2, 30 * MIB), (MATRIX_PRODUCT, FORWARD), (MATRIX_PRODUCT, FORWARD), (2, 0), (3, MIB), (3, 0)],
        MAIN,
    )
    peak = replay.peak
    assert peak.reserved_bytes == (20 + 30 + 2) * MIB
    assert peak.by_kind == {"parameters": 4 * MIB, "activations": 30 * MIB, "workspaces": CUBLAS_BYTES}
    assert peak.cached_bytes == peak.reserved_bytes - 42 * MIB


def test_what_a_part_leaves_adds_up_turn_by_turn_until_it_is_dropped() -> None:
    replay = played()
    for _ in range(3):
        replay.play([(2, 30 * MIB)], MAIN)
    assert replay.peak.reserved_bytes == 90 * MIB
    replay.drop({2})
    replay.play([(2, 60 * MIB)], MAIN)
    assert replay.peak.reserved_bytes == 150 * MIB


def test_what_a_graph_keeps_is_told_apart() -> None:
    replay = played()
    replay.play([(2, 30 * MIB), (2, 0)], Place("capture", "1"))
    replay.play([(1, 40 * MIB)], MAIN)
    assert replay.peak.free_in_graphs_bytes == 30 * MIB
    assert replay.peak.cached_bytes == 0


@pytest.mark.parametrize(
    ("shape", "buffer_bytes"),
    [((50000, 4096), 102_760_448), ((1000, 128), 0), ((64, 10), 0)],
    ids=["as PyTorch's allocator was seen to be asked", "few samples", "very few"],
)
def test_sum_over_many_samples_has_a_buffer(shape: tuple[int, int], buffer_bytes: int) -> None:
    log = AllocationLog(with_cudnn=True, kernels=Kernels(multiprocessors=24, threads=1536))
    with log.writing():
        torch.empty(shape, device=DEVICE).sum(0)
    assert sum(size for number, size in log.cut() if log.kinds.get(number) == "workspaces") == buffer_bytes
