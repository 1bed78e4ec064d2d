"""What is not public in torch is still there; of a build with CUDA, since the others have no such allocator."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from packaging.version import Version
from torch.optim import optimizer as optimizers

from mnist_lab.seams import torch_seam

needs_cuda_build = pytest.mark.skipif(torch.version.cuda is None, reason="this torch is a build without CUDA")
# torch 2.11 has neither: there the environment alone tells.
OLD = Version(torch.__version__) < Version("2.14")


@needs_cuda_build
@pytest.mark.skipif(OLD, reason="this torch is older than both")
@pytest.mark.parametrize("name", ["_cuda_cudaCachingAllocator_is_enabled", "_accelerator_getAllocatorSettings"])
def test_torch_still_has(name: str) -> None:
    assert callable(getattr(torch._C, name))


@pytest.mark.parametrize("name", ["_record_memory_history", "_dump_snapshot"])
def test_memory_module_still_has(name: str) -> None:
    assert callable(getattr(torch.cuda.memory, name))


def test_history_is_recorded_by_a_word() -> None:
    assert {"enabled", "stacks"} <= inspect.signature(torch.cuda.memory._record_memory_history).parameters.keys()


def test_history_is_recorded_without_frames_of_cpp_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(torch.cuda.memory, "_record_memory_history", lambda **given: asked.append(given))
    torch_seam.record_memory_history(True)
    torch_seam.record_memory_history(False)
    always = {"stacks": "python", "max_entries": torch_seam.MOST_HISTORY_ENTRIES}
    assert asked == [{"enabled": "all", **always}, {"enabled": None, **always}]
    assert torch_seam.MOST_HISTORY_ENTRIES <= 10**6


@pytest.mark.skipif(not hasattr(torch.cuda.memory, "_use_uvm"), reason="this torch hands out no managed memory")
def test_managed_memory_still_leaves_its_trace() -> None:
    assert "_UVM_ALLOCATOR" in inspect.getsource(torch.cuda.memory)


@needs_cuda_build
def test_answers_are_those_of_a_process_that_has_set_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert torch_seam.caching_allocator_is_enabled() is (None if OLD else True)
    assert torch_seam.managed_memory_in_use() is False
    assert isinstance(torch_seam.allocator_settings(), str)


def test_operations_are_noted_and_what_is_noted_takes_their_place() -> None:
    names = []

    def note(func: Any, args: tuple[Any, ...], out: Any) -> Any:
        names.append(func._schema.name)
        return out + 1 if "ones" in func._schema.name else out

    with torch_seam.operations_noted(note):
        assert torch.ones(1).item() == 2
    assert names == ["aten::ones", "aten::_local_scalar_dense"]


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD, torch.optim.Adagrad])
def test_fused_optimizers_step_on_meta_while_operations_are_noted(optimizer: Any) -> None:
    parameter = torch.nn.Parameter(torch.empty(3, device="meta"))
    names = []

    def note(func: Any, args: tuple[Any, ...], out: Any) -> Any:
        names.append(func._schema.name)
        return out

    with torch_seam.operations_noted(note):
        fused = optimizer([parameter], foreach=None)
        fused.param_groups[0]["fused"] = True
        parameter.grad = torch.empty(3, device="meta")
        fused.step()
    assert any(name.startswith("aten::_fused_") for name in names)
    assert "meta" not in optimizers._get_fused_kernels_supported_devices()  # type: ignore[attr-defined]


def test_backward_is_told_from_forward() -> None:
    told = []
    value = torch.ones(1, requires_grad=True)
    value.register_hook(lambda _: told.append(torch_seam.is_in_backward()))  # type: ignore[no-untyped-call]
    told.append(torch_seam.is_in_backward())
    value.sum().backward()  # type: ignore[no-untyped-call]
    assert told == [False, True]
