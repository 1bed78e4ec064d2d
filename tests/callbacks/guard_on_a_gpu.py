"""The guard on a real GPU; collected through test_cuda_memory_guard.py, so that one file is the whole check."""

from __future__ import annotations

import gc
import itertools
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from torch.utils.data import DataLoader, TensorDataset

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.gpu import dedicated_memory_only, explanation
from mnist_lab.gpu.cuda_runtime import MIB

REPOSITORY = Path(__file__).resolve().parents[2]
NO_GPU = f"no CUDA GPU can be used here (torch {torch.__version__})"
NOISE_BYTES = 64 * MIB  # what a desktop may take or give back between two readings


class Network(LightningModule):
    """A small network; ``hook`` runs in every training step."""

    def __init__(self, width: int = 64, inputs: int = 16) -> None:
        super().__init__()
        layers = [torch.nn.Linear(inputs, width), torch.nn.ReLU(), torch.nn.Linear(width, width), torch.nn.ReLU()]
        self.layers = torch.nn.Sequential(*layers, torch.nn.Linear(width, 4))

    def hook(self) -> None:
        """Do nothing; subclasses take memory."""

    def training_step(self, batch: Any, batch_idx: int) -> torch.Tensor:
        self.hook()
        return torch.nn.functional.cross_entropy(self.layers(batch[0]), batch[1])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters())


class AsksForTwoGibibytes(Callback):
    """Used on the command line, where the run has to end with exit code 3."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        torch.empty(2048 * MIB, dtype=torch.uint8, device=pl_module.device)


class StepTimes(Callback):
    """Seconds between the ends of steps, after a warm-up."""

    def __init__(self) -> None:
        self.ends_s: list[float] = []

    def on_train_batch_end(self, *args: Any) -> None:
        self.ends_s.append(time.perf_counter())

    @property
    def median_s(self) -> float:
        ends = self.ends_s[100:]
        return statistics.median(after - before for before, after in itertools.pairwise(ends))


def loader(steps: int, batch_size: int = 32, inputs: int = 16) -> DataLoader[Any]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(steps * batch_size, inputs, generator=generator)
    y = torch.randint(0, 4, (steps * batch_size,), generator=generator)
    return DataLoader(TensorDataset(x, y), batch_size=batch_size)


def fit(tmp_path: Path, model: LightningModule, data: DataLoader[Any], *callbacks: Callback) -> None:
    Trainer(
        accelerator="cuda",
        devices=1,
        max_epochs=1,
        callbacks=list(callbacks),
        logger=False,
        default_root_dir=tmp_path,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(model, data)


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=200,
    )


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason=NO_GPU)
class TestOnAGpu:
    @pytest.fixture(autouse=True)
    def _clean_device(self) -> Iterator[None]:
        torch.cuda.empty_cache()
        yield
        torch.cuda.empty_cache()

    def test_refused_request_moves_neither_the_drivers_figure_nor_the_allocation_count(self, tmp_path: Path) -> None:
        seen: dict[str, tuple[int, int]] = {}

        def figures() -> tuple[int, int]:
            return torch.cuda.memory_stats()["num_device_alloc"], torch.cuda.mem_get_info()[0]

        class Greedy(Network):
            def hook(self) -> None:
                seen["before"] = figures()
                try:
                    torch.empty(2048 * MIB, dtype=torch.uint8, device=self.device)
                finally:
                    seen["after"] = figures()

        guard = CudaMemoryGuard(limit_mib=1024)
        with pytest.raises(torch.OutOfMemoryError, match=r"^CUDA out of memory\.") as caught:
            fit(tmp_path, Greedy(), loader(4), guard)
        assert seen["after"][0] == seen["before"][0]
        assert abs(seen["after"][1] - seen["before"][1]) < NOISE_BYTES
        text = explanation(caught.value)
        assert text.startswith("CUDA out of memory. A request past the limit was refused before the driver was asked.")
        assert "asked for  2048 MiB" in text

    def test_limit_is_lifted_after_out_of_memory(self, tmp_path: Path) -> None:
        class Greedy(Network):
            def hook(self) -> None:
                torch.empty(2048 * MIB, dtype=torch.uint8, device=self.device)

        with pytest.raises(torch.OutOfMemoryError):
            fit(tmp_path, Greedy(), loader(4), CudaMemoryGuard(limit_mib=1024))
        assert torch.cuda.get_per_process_memory_fraction() == 1.0
        fit(tmp_path, Greedy(), loader(4))

    def test_cached_blocks_are_given_back_before_a_request_is_refused(self) -> None:
        with dedicated_memory_only([0], limit_mib=1024):
            first = torch.empty(700 * MIB, dtype=torch.uint8, device="cuda")
            del first
            second = torch.empty(900 * MIB, dtype=torch.uint8, device="cuda")
            assert second.nbytes == 900 * MIB

    def test_advised_batch_size_fits(self, tmp_path: Path) -> None:
        wide, batch_size = 4096, 65536
        guard = CudaMemoryGuard(limit_mib=1024)
        with pytest.raises(torch.OutOfMemoryError) as caught:
            fit(tmp_path, Network(wide), loader(2, batch_size), guard)
        advised = re.search(r"batch size (\d+) instead of 65536", explanation(caught.value))
        assert advised, explanation(caught.value)
        del caught
        # What the first run has left lies in cycles; the advice is for a run that begins with nothing.
        gc.collect()
        torch.cuda.empty_cache()
        fit(tmp_path, Network(wide), loader(3, int(advised[1])), CudaMemoryGuard(limit_mib=1024))

    def test_weights_are_the_same_to_the_bit_with_and_without(self, tmp_path: Path) -> None:
        weights = []
        for callbacks in ([], [CudaMemoryGuard(limit_mib=1024, check_interval_s=0.01)]):
            seed_everything(0, verbose=False)
            model = Network()
            fit(tmp_path, model, loader(200), *callbacks)
            weights.append([parameter.detach().cpu() for parameter in model.parameters()])
        assert all(torch.equal(one, other) for one, other in zip(*weights, strict=True))

    def test_median_step_is_within_one_percent_with_and_without(
        self, tmp_path: Path, record_property: Callable[[str, object], None]
    ) -> None:
        medians_s: dict[bool, list[float]] = {True: [], False: []}
        data = loader(2000)
        for _ in range(5):  # in turns, so that a machine that warms up or throttles touches both alike
            for guarded in (False, True):
                times = StepTimes()
                fit(tmp_path, Network(), data, *([CudaMemoryGuard()] if guarded else []), times)
                medians_s[guarded].append(times.median_s)
        with_guard_s, without_s = min(medians_s[True]), min(medians_s[False])
        figures = f"median step {with_guard_s * 1e6:.1f} us with, {without_s * 1e6:.1f} us without"
        record_property("measured", figures)
        assert with_guard_s < without_s * 1.01, figures

    def test_another_process_that_takes_the_memory_halts_the_run(self, tmp_path: Path) -> None:
        program = (
            "import torch, sys\n"
            f"free = torch.cuda.mem_get_info()[0] - 256 * {MIB}\n"
            "held = torch.empty(free, dtype=torch.uint8, device='cuda')\n"
            "print('ready', flush=True)\nsys.stdin.read()\n"
        )
        hogs: list[subprocess.Popen[str]] = []

        class HogStarts(Network):
            def hook(self) -> None:
                if self.global_step == 20 and not hogs:
                    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
                    hogs.append(subprocess.Popen([sys.executable, "-c", program], encoding="utf-8", **pipes))  # type: ignore[call-overload]
                    assert hogs[0].stdout is not None
                    assert hogs[0].stdout.readline() == "ready\n"

        try:
            with pytest.raises(torch.OutOfMemoryError, match="other programs have taken the dedicated memory"):
                fit(tmp_path, HogStarts(), loader(2000), CudaMemoryGuard(headroom_mib=1024, check_interval_s=0.1))
        finally:
            for hog in hogs:
                hog.communicate(input="", timeout=60)

    def test_hundred_guarded_runs_leak_nothing(self, tmp_path: Path) -> None:
        data = loader(3)
        held: list[tuple[int, int]] = []
        for _ in range(100):
            fit(tmp_path, Network(), data, CudaMemoryGuard())
            torch.cuda.empty_cache()
            held.append((torch.cuda.memory_allocated(), torch.cuda.mem_get_info()[0]))
        assert held[-1][0] <= held[4][0]
        assert held[4][1] - held[-1][1] < NOISE_BYTES
        assert torch.cuda.get_per_process_memory_fraction() == 1.0

    def test_stricter_fraction_of_the_environment_stands_and_stays(self) -> None:
        program = (
            "import torch\nfrom mnist_lab.gpu import dedicated_memory_only\n"
            "before = torch.cuda.get_per_process_memory_fraction()\n"
            "with dedicated_memory_only([0]) as (budget,):\n    print(budget.decided_by, round(budget.fraction, 4))\n"
            "print(before == torch.cuda.get_per_process_memory_fraction())\n"
        )
        done = python(program, PYTORCH_ALLOC_CONF="per_process_memory_fraction:0.01,max_split_size_mb:128")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split("\n")[0].endswith(" 0.01")
        assert done.stdout.split("\n")[1] == "True"

    def test_asynchronous_backend_is_limited_too(self) -> None:
        program = (
            "import torch\nfrom mnist_lab.gpu import dedicated_memory_only\n"
            "with dedicated_memory_only([0], limit_mib=1024):\n"
            f"    torch.empty(2048 * {MIB}, dtype=torch.uint8, device='cuda')\n"
        )
        done = python(program, PYTORCH_ALLOC_CONF="backend:cudaMallocAsync")
        assert done.returncode == 1
        assert "OutOfMemoryError" in done.stderr
        assert "What helps:" in done.stderr

    def test_command_line_ends_with_exit_code_3_and_no_traceback(self, tmp_path: Path) -> None:
        fit_command = ["fit", "--config", "fc.yaml", "--data.source", "Digits", "--trainer.accelerator", "cuda"]
        fit_command += ["--trainer.default_root_dir", str(tmp_path)]
        guard = ["--trainer.callbacks+=mnist_lab.callbacks.CudaMemoryGuard", "--trainer.callbacks.limit_mib=1024"]
        greedy = ["--trainer.callbacks+=tests.callbacks.guard_on_a_gpu.AsksForTwoGibibytes"]
        done = subprocess.run(
            [sys.executable, "-m", "mnist_lab", *fit_command, *guard, *greedy],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=200,
        )
        assert done.returncode == 3, done.stderr
        assert "CUDA out of memory." in done.stderr
        assert "Traceback" not in done.stderr

    def test_snapshot_can_be_read_back(self, tmp_path: Path) -> None:
        import pickle

        class Greedy(Network):
            def hook(self) -> None:
                torch.empty(2048 * MIB, dtype=torch.uint8, device=self.device)

        guard = CudaMemoryGuard(limit_mib=1024, snapshot=tmp_path / "snapshot.pickle")
        with pytest.raises(torch.OutOfMemoryError):
            fit(tmp_path, Greedy(), loader(4), guard)
        assert guard.snapshot_path is not None
        snapshot = pickle.loads(guard.snapshot_path.read_bytes())
        assert snapshot["segments"]
        assert any(snapshot["device_traces"])
