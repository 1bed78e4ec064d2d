"""``lightning doctor --prove`` on the modelled GPU: what it says, what it takes, and that it can fail."""

from __future__ import annotations

import getpass
import json
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.doctor.proof import MOST_BYTES, PIECE_BYTES
from tests.modelled_gpu.machine import MIB, Gpu, Machine

pytestmark = pytest.mark.modelled_gpu

PROVE = ("-m", "mnist_lab", "doctor", "--prove", "--output")
FIGURES = ["context", "limit", "refusal", "residency", "cache", "cost", "lifted"]


def figures_of(path: Path, gpu: int = 0) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["gpus"][gpu]["figures"]
    return figures


def test_guard_is_proved_in_little_memory_and_leaves_a_file_without_names(
    machine: Callable[..., Machine], tmp_path: Path
) -> None:
    gpu, path = machine(Gpu(mib=2048, spills=True), platform="WSL2"), tmp_path / "evidence.json"
    done = gpu.run(*PROVE, str(path))
    assert done.returncode == 0, done.stderr
    counted = gpu.counters()
    assert counted.spilled_requests == counted.refused_requests == 0
    assert counted.peak_dedicated_bytes <= MOST_BYTES + PIECE_BYTES
    evidence, figures = json.loads(path.read_text(encoding="utf-8")), figures_of(path)
    assert evidence["seconds"] < 60
    assert list(figures) == FIGURES
    assert {figure["status"] for figure in figures.values()} == {"green"}
    assert figures["context"]["context_bytes"] == 300 * MIB
    assert figures["refusal"] == {"status": "green", "driver_moved_bytes": 0, "driver_requests": 0}
    assert figures["residency"]["taken_bytes"] == figures["residency"]["driver_moved_bytes"] == MOST_BYTES
    assert figures["cache"]["blocks_given_back"] == 8
    assert figures["lifted"]["granted"] is True
    text = path.read_text(encoding="utf-8")
    private = {getpass.getuser(), platform.node(), str(Path.home()), str(tmp_path), "GPU-"}
    assert [word for word in private if f'"{word}' in text or f"/{word}" in text] == []


LIMIT_THAT_DOES_NOT_HOLD = """
import sys, torch
from mnist_lab.main import main
torch.cuda.set_per_process_memory_fraction = lambda *arguments: None
raise SystemExit(main(["doctor", "--prove", "--output", sys.argv[1]]))
"""


@pytest.mark.slow
def test_limit_that_does_not_hold_is_red_and_takes_no_more(machine: Callable[..., Machine], tmp_path: Path) -> None:
    gpu, path = machine(Gpu(mib=2048, spills=True), platform="WSL2"), tmp_path / "evidence.json"
    done = gpu.run("-c", LIMIT_THAT_DOES_NOT_HOLD, str(path))
    assert (done.returncode, "DOES NOT HOLD" in done.stdout) == (1, True), done.stderr
    assert figures_of(path)["limit"]["status"] == "red"
    assert "refusal" not in figures_of(path)
    assert gpu.counters().peak_dedicated_bytes <= MOST_BYTES + PIECE_BYTES
    assert gpu.counters().spilled_requests == 0


@pytest.mark.slow
def test_gpu_with_little_room_is_not_tried_and_others_are(machine: Callable[..., Machine], tmp_path: Path) -> None:
    gpus, path = machine(Gpu(mib=2048, others_mib=1400), Gpu(mib=2048), platform="WDDM"), tmp_path / "evidence.json"
    done = gpus.run(*PROVE, str(path), "--language", "ja")
    assert done.returncode == 0, done.stderr
    assert "GPU 0 空き" in done.stdout
    assert "試験できませんでした" in done.stdout
    assert list(figures_of(path)) == ["context", "room"]
    assert list(figures_of(path, 1)) == FIGURES
    assert gpus.counters(0).requests == 0


@pytest.mark.slow
@pytest.mark.parametrize("allocator", ["expandable_segments:True", "backend:cudaMallocAsync"])
def test_guard_is_proved_with_other_settings_of_the_allocator(
    machine: Callable[..., Machine], tmp_path: Path, allocator: str
) -> None:
    gpu, path = machine(Gpu(mib=2048, spills=True), platform="WSL2"), tmp_path / "evidence.json"
    done = gpu.run(*PROVE, str(path), more={"PYTORCH_ALLOC_CONF": allocator})
    assert done.returncode == 0, done.stderr
    assert list(figures_of(path)) == FIGURES
    assert {name: figure["status"] for name, figure in figures_of(path).items()} == dict.fromkeys(FIGURES, "green")
    assert gpu.counters().spilled_requests == 0
