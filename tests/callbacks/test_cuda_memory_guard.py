"""The guard in a Trainer: against a model of driver and allocator everywhere, and on a real GPU with ``-m gpu``.

``pytest tests/callbacks/test_cuda_memory_guard.py`` is the way to check the guard on one's own GPU.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.gpu import explanation
from mnist_lab.gpu.allocator_limit import CudaRequiredError, UnboundedAllocatorError
from mnist_lab.gpu.cuda_runtime import MIB
from tests.callbacks.fake_training import (
    BATCH_SIZE,
    Clock,
    FakeTraining,
    guard_on,
    loader,
    logged,
    trainer_with,
)
from tests.callbacks.guard_on_a_gpu import TestOnAGpu  # noqa: F401 - collected here
from tests.gpu.fake_device import FakeCuda, FakeDriver

pytestmark = [
    # Lightning's advice on loaders and its own imports is not what is tested here.
    pytest.mark.filterwarnings("ignore:.*does not have many workers"),
    pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`"),
    pytest.mark.filterwarnings("ignore:GPU available but not used"),
    pytest.mark.filterwarnings("ignore:.*LeafSpec.*is deprecated:FutureWarning"),  # Lightning 2.6 on newer torch
]


def wddm(**driver: Any) -> FakeCuda:
    return FakeCuda(FakeDriver(spills=True, **driver), platform="WDDM")


def test_with_guard_the_run_ends_and_shares_no_byte(tmp_path: Path) -> None:
    cuda = wddm()
    with pytest.raises(torch.OutOfMemoryError, match=r"^CUDA out of memory\."):
        trainer_with(tmp_path, guard_on(cuda)).fit(FakeTraining(cuda, mib_per_sample=200), loader())
    assert cuda.drivers[0].shared_bytes == 0
    assert cuda.fraction(0) == 1.0


def test_limit_stands_before_the_model_is_configured_and_is_lifted_after(tmp_path: Path) -> None:
    cuda = wddm()
    model = FakeTraining(cuda)
    trainer_with(tmp_path, guard_on(cuda, limit_mib=1024)).fit(model, loader())
    assert model.limits_seen == {"configure_model": 0.125, "on_fit_start": 0.125}
    assert cuda.fraction(0) == 1.0
    assert cuda.stats(0)["allocated_bytes.all.peak"] == 0


def test_report_names_limit_request_holders_and_a_batch_size_that_fits(tmp_path: Path) -> None:
    cuda = wddm(others={r"C:\Games\game.exe": 700 * MIB})
    guard = guard_on(cuda, limit_mib=1024)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        trainer_with(tmp_path, guard).fit(FakeTraining(cuda, mib_per_sample=20), loader())
    text = explanation(caught.value)
    assert text == guard.report
    assert text.startswith("CUDA out of memory. A request past the limit was refused before the driver was asked.")
    for figure in ("1024 MiB of 8192 MiB, set by: limit_mib", "asked for  1280 MiB", "0.0 MiB reserved"):
        assert figure in text
    assert "a higher limit: limit_mib set it, not what other programs hold" in text
    assert "batch size 16 instead of 64" in text
    trainer_with(tmp_path, guard_on(cuda, limit_mib=1024)).fit(
        FakeTraining(cuda, mib_per_sample=20 * 16 / BATCH_SIZE), loader()
    )


def test_out_of_memory_that_torch_words_otherwise_is_explained_too(tmp_path: Path) -> None:
    cuda = FakeCuda()
    guard = guard_on(cuda)
    model = FakeTraining(cuda)

    def fail(step: int) -> None:
        raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")

    model.in_step = fail
    with pytest.raises(RuntimeError) as caught:
        trainer_with(tmp_path, guard).fit(model, loader())
    assert explanation(caught.value).startswith("CUDA out of memory. CUDA error: CUBLAS_STATUS_ALLOC_FAILED")


def test_other_exceptions_get_no_report_and_lift_the_limit(tmp_path: Path) -> None:
    cuda = FakeCuda()
    guard = guard_on(cuda)
    model = FakeTraining(cuda)

    def fail(step: int) -> None:
        raise KeyError("not about memory")

    model.in_step = fail
    with pytest.raises(KeyError) as caught:
        trainer_with(tmp_path, guard).fit(model, loader())
    assert guard.report is None
    assert getattr(caught.value, "__notes__", []) == []
    assert guard.limit_bytes is None
    assert cuda.fraction(0) == 1.0


def test_second_run_in_one_process_starts_clean(tmp_path: Path) -> None:
    cuda = wddm()
    guard = guard_on(cuda, limit_mib=1024)
    with pytest.raises(torch.OutOfMemoryError):
        trainer_with(tmp_path, guard).fit(FakeTraining(cuda, mib_per_sample=20), loader())
    assert guard.report is not None
    trainer_with(tmp_path, guard).fit(FakeTraining(cuda, mib_per_sample=1), loader())
    assert guard.report is None
    assert cuda.fraction(0) == 1.0
    assert all(fraction in (0.125, 1.0) for fraction, _ in cuda.fraction_calls)


def test_setup_without_teardown_before_does_not_take_the_limit_for_the_users(tmp_path: Path) -> None:
    cuda = wddm()
    guard = guard_on(cuda, limit_mib=1024)
    trainer, model = trainer_with(tmp_path, guard), FakeTraining(cuda)
    guard.setup(trainer, model, "fit")
    guard.setup(trainer, model, "fit")
    guard.teardown(trainer, model, "fit")
    assert cuda.fraction(0) == 1.0


def test_others_taking_the_memory_halt_the_run_with_figures(tmp_path: Path) -> None:
    cuda, clock = wddm(), Clock()
    guard = guard_on(cuda, clock, headroom_mib=600)
    model = FakeTraining(cuda)

    def game_starts(step: int) -> None:
        clock.now_s += 0.6
        if step == 1:
            cuda.drivers[0].others["game.exe"] = cuda.drivers[0].free_bytes - 200 * MIB

    model.in_step = game_starts
    with pytest.raises(torch.OutOfMemoryError) as caught:
        trainer_with(tmp_path, guard).fit(model, loader())
    text = explanation(caught.value)
    assert text.startswith("CUDA out of memory. The memory guard halted the run: other programs have taken")
    assert "200 MiB are free, 7792 MiB were at the start, and 300 MiB (half the headroom) have to stay" in text
    assert "game.exe" in text


def test_growth_of_shared_memory_halts_the_run_with_figures(tmp_path: Path) -> None:
    cuda, clock = wddm(), Clock()
    model = FakeTraining(cuda)

    def driver_shares(step: int) -> None:
        clock.now_s += 1.1
        if step == 4:
            cuda.drivers[0].shared_bytes += 300 * MIB

    model.in_step = driver_shares
    with pytest.raises(torch.OutOfMemoryError) as caught:
        trainer_with(tmp_path, guard_on(cuda, clock)).fit(model, loader(6 * BATCH_SIZE))
    assert "shared GPU memory grew to 396 MiB, 300 MiB over the 96 MiB after the first steps" in str(caught.value)
    assert "max_shared_mib: 256" in str(caught.value)


def test_pinned_memory_of_the_first_steps_is_in_the_baseline(tmp_path: Path) -> None:
    cuda, clock = wddm(), Clock()
    cuda.shared_baseline_bytes = 0
    model = FakeTraining(cuda)

    def loader_pins(step: int) -> None:
        clock.now_s += 1.1
        cuda.shared_baseline_bytes = 2000 * MIB

    model.in_step = loader_pins
    trainer_with(tmp_path, guard_on(cuda, clock)).fit(model, loader(6 * BATCH_SIZE))
    assert cuda.shared_bytes() == 2000 * MIB


def test_device_is_asked_at_most_once_an_interval(tmp_path: Path) -> None:
    cuda, clock = FakeCuda(), Clock()
    model = FakeTraining(cuda)

    def tenth_of_a_second(step: int) -> None:
        clock.now_s += 0.1

    model.in_step = tenth_of_a_second
    guard = guard_on(cuda, clock, check_interval_s=1.0)
    trainer_with(tmp_path, guard).fit(model, loader(45 * BATCH_SIZE))
    at_setup = 1
    assert cuda.memory_calls == at_setup + 4


def test_memory_is_watched_while_validating(tmp_path: Path) -> None:
    cuda, clock = wddm(), Clock()
    model = FakeTraining(cuda)
    guard = guard_on(cuda, clock)

    class GameStartsInValidation(Callback):
        def on_validation_start(self, *args: Any) -> None:
            clock.now_s += 2
            cuda.drivers[0].others["game.exe"] = cuda.drivers[0].free_bytes

    with pytest.raises(torch.OutOfMemoryError, match="other programs"):
        trainer_with(tmp_path, guard, GameStartsInValidation(), validate=True).validate(model, loader())


def test_memory_tags_are_logged_each_epoch(tmp_path: Path) -> None:
    cuda = wddm()
    trainer_with(tmp_path, guard_on(cuda, limit_mib=1024), epochs=2).fit(FakeTraining(cuda), loader())
    rows = list(logged(tmp_path))
    assert [row["step"] for row in rows] == ["4", "8"]
    assert {name: float(value) for name, value in rows[-1].items() if name.startswith("memory/")} == {
        "memory/allocated_mib": 0.0,
        "memory/reserved_mib": 64.0,
        "memory/peak_mib": 64.0,
        "memory/limit_mib": 1024.0,
        "memory/shared_mib": 96.0,
    }


def test_peak_is_the_runs_own_not_of_what_was_before(tmp_path: Path) -> None:
    cuda = wddm()
    cuda.free(cuda.allocate(500))
    trainer_with(tmp_path, guard_on(cuda)).fit(FakeTraining(cuda), loader())
    assert next(logged(tmp_path))["memory/peak_mib"] == "64.0"


def test_batches_of_the_sanity_check_are_no_first_steps(tmp_path: Path) -> None:
    cuda, clock = wddm(), Clock()
    cuda.shared_baseline_bytes = 0
    model = FakeTraining(cuda)

    def loader_pins_from_the_second_step(step: int) -> None:
        clock.now_s += 1.1
        cuda.shared_baseline_bytes = 2000 * MIB if step >= 1 else 0

    model.in_step = loader_pins_from_the_second_step
    trainer_with(tmp_path, guard_on(cuda, clock), validate=True).fit(model, loader(6 * BATCH_SIZE), loader())
    assert cuda.shared_bytes() == 2000 * MIB


@pytest.mark.parametrize(("second_size", "advised"), [(64, 32), (128, 16)], ids=["the same size", "a larger one"])
def test_larger_batch_that_never_got_through_halves_the_advice(tmp_path: Path, second_size: int, advised: int) -> None:
    cuda = wddm()
    guard = guard_on(cuda, limit_mib=1000)
    model = FakeTraining(cuda)
    trainer = trainer_with(tmp_path, guard)
    guard.setup(trainer, model, "fit")
    small, second = torch.zeros(64, 1), torch.zeros(second_size, 1)
    guard.on_train_batch_start(trainer, model, small, 0)
    guard.on_train_batch_end(trainer, model, None, small, 0)
    guard.on_train_batch_start(trainer, model, second, 0)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        cuda.allocate(20 * second_size)  # 20 MiB a sample: 45 fit, a power of two is 32, half of 45 is 16
    guard.on_exception(trainer, model, caught.value)
    assert f"batch size {advised} instead of {second_size}" in explanation(caught.value)


def test_shared_memory_is_not_logged_where_it_is_not_known(tmp_path: Path) -> None:
    cuda = FakeCuda()
    trainer_with(tmp_path, guard_on(cuda)).fit(FakeTraining(cuda), loader())
    assert "memory/shared_mib" not in next(logged(tmp_path))


def test_each_rank_limits_its_own_device(tmp_path: Path) -> None:
    cuda = FakeCuda(FakeDriver(), FakeDriver())
    guard = guard_on(cuda, limit_mib=1024)
    cuda.root_index = 1
    guard.setup(trainer_with(tmp_path, guard), FakeTraining(cuda), "fit")
    assert (cuda.fraction(0), cuda.fraction(1)) == (1.0, 0.125)


@pytest.mark.parametrize(("attribute", "value"), [("backend", "pluggable"), ("caching", False), ("managed", True)])
def test_allocator_without_bounds_is_refused_before_training(tmp_path: Path, attribute: str, value: Any) -> None:
    cuda = FakeCuda()
    setattr(cuda, attribute, value)
    model = FakeTraining(cuda)
    with pytest.raises(UnboundedAllocatorError):
        trainer_with(tmp_path, guard_on(cuda)).fit(model, loader())
    assert model.limits_seen == {}


def test_integrated_device_is_not_applicable_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cuda = FakeCuda(FakeDriver(integrated=True))
    guard = guard_on(cuda)
    for _ in range(2):
        trainer_with(tmp_path, guard).fit(FakeTraining(cuda), loader())
    said = [line for line in capsys.readouterr().err.splitlines() if "CudaMemoryGuard" in line]
    assert len(said) == 1
    assert "not applicable to GPU 0" in said[0]


def test_without_cuda_one_line_is_said_and_nothing_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cuda = FakeCuda()
    cuda.available = False
    guard = guard_on(cuda, snapshot=True)
    trainer = trainer_with(tmp_path, guard, epochs=2)
    trainer.fit(FakeTraining(cuda), loader())
    trainer.test(FakeTraining(cuda), loader(), verbose=False)
    said = [line for line in capsys.readouterr().err.splitlines() if "CudaMemoryGuard" in line]
    assert said == ["CudaMemoryGuard: no CUDA (the fake machine has no GPU); nothing to guard."]
    assert cuda.fraction_calls == []
    assert cuda.memory_calls == 0
    assert not cuda.recording


def test_required_cuda_that_is_missing_is_an_error_before_anything_is_loaded(tmp_path: Path) -> None:
    cuda = FakeCuda()
    cuda.available = False
    guard = guard_on(cuda, require_cuda=True)
    with pytest.raises(CudaRequiredError, match="the fake machine has no GPU"):
        guard.check_requirements()
    model = FakeTraining(cuda)
    with pytest.raises(CudaRequiredError):
        trainer_with(tmp_path, guard).fit(model, loader())
    assert model.limits_seen == {}


def test_required_cuda_that_the_trainer_does_not_use_is_an_error(tmp_path: Path) -> None:
    cuda = FakeCuda()
    cuda.root_index = None
    guard = guard_on(cuda, require_cuda=True)
    guard.check_requirements()
    with pytest.raises(CudaRequiredError, match="the Trainer runs on cpu"):
        trainer_with(tmp_path, guard).fit(FakeTraining(cuda), loader())


@pytest.mark.parametrize("named", [True, False], ids=["named by the user", "in the run's folder"])
def test_snapshot_is_left_and_named_on_out_of_memory(tmp_path: Path, named: bool) -> None:
    cuda = wddm()
    wanted = tmp_path / "folder" / "snap.pickle"
    guard = guard_on(cuda, limit_mib=1024, snapshot=wanted if named else True)
    trainer = trainer_with(tmp_path, guard)
    with pytest.raises(torch.OutOfMemoryError) as caught:
        trainer.fit(FakeTraining(cuda, mib_per_sample=20), loader())
    expected = wanted if named else Path(str(trainer.log_dir)) / "cuda_memory_snapshot.pickle"
    assert guard.snapshot_path == expected
    assert expected.read_bytes() == b"snapshot"
    assert str(expected) in explanation(caught.value)
    assert not cuda.recording


def test_snapshot_that_cannot_be_written_does_not_hide_the_report(tmp_path: Path) -> None:
    cuda = wddm()
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    guard = guard_on(cuda, limit_mib=1024, snapshot=tmp_path / "file" / "snap.pickle")
    with pytest.raises(torch.OutOfMemoryError) as caught:
        trainer_with(tmp_path, guard).fit(FakeTraining(cuda, mib_per_sample=20), loader())
    assert "could not be written" in explanation(caught.value)
    assert "batch size 16" in explanation(caught.value)
    assert guard.snapshot_path is None


def test_every_hook_is_lightnings_and_all_of_them_run_on_the_cpu(tmp_path: Path) -> None:
    own = {name for name in vars(CudaMemoryGuard) if name.startswith("on_") or name in ("setup", "teardown")}
    called: set[str] = set()

    class Recording(CudaMemoryGuard):
        def __getattribute__(self, name: str) -> Any:
            if name in own:
                called.add(name)
            return super().__getattribute__(name)

    for name in own:
        lightnings = list(inspect.signature(getattr(Callback, name)).parameters)
        assert list(inspect.signature(getattr(CudaMemoryGuard, name)).parameters) == lightnings
    guard = Recording()
    model = FakeTraining(FakeCuda())
    trainer = trainer_with(tmp_path, guard, validate=True)
    trainer.fit(model, loader(), loader())
    trainer.test(model, loader(), verbose=False)
    trainer.predict(model, loader(), return_predictions=False)
    model.in_step = lambda step: 1 // 0  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        trainer_with(tmp_path, guard).fit(model, loader())
    assert called == own
