"""Right numbers on the modelled GPU: the CPU's to the bit, in graphs with what was frozen, and in whole trainings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.modelled_gpu.machine import Gpu, Machine

pytestmark = pytest.mark.modelled_gpu

TRAINED_ON_BOTH = """
import json, torch
from torch import nn

def train(device):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                            nn.Linear(4 * 13 * 13, 10)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, fused=True)
    x, y = torch.randn(64, 1, 28, 28).to(device), torch.randint(0, 10, (64,)).to(device)
    losses = []
    for _ in range(5):
        loss = nn.functional.cross_entropy(network(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses

def shaped_by_data(device):
    a = torch.arange(6.0).to(device)
    return [a[a > 2].tolist(), a.nonzero().flatten().tolist(), torch.equal(a, a.clone()), a.int().cpu().tolist()]

def recorded():
    a, total, rate = torch.ones(2, device="cuda"), torch.zeros(2, device="cuda"), torch.ones((), device="cuda")
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        total.add_(a)
    torch.cuda.current_stream().wait_stream(side)
    graph, number = torch.cuda.CUDAGraph(), 2.0
    with torch.cuda.graph(graph):
        total.add_(a * number * rate)
    after_recording, number = total.tolist(), 5.0
    graph.replay()
    rate.fill_(10)
    graph.replay()
    return [after_recording, total.tolist()]

print(json.dumps([train("cpu"), train("cuda"), shaped_by_data("cpu"), shaped_by_data("cuda"), recorded()]))
"""


def test_numbers_are_the_cpus_and_a_graph_freezes_those_of_python(machine: Callable[..., Machine]) -> None:
    done = machine(Gpu(mib=2048)).run("-c", TRAINED_ON_BOTH, numbers=True)
    assert done.returncode == 0, done.stderr
    on_cpu, on_gpu, shaped_cpu, shaped_gpu, (after_recording, after_replays) = json.loads(done.stdout)
    assert on_gpu == on_cpu
    assert shaped_gpu == shaped_cpu
    assert after_recording == [1, 1], "what is recorded is not run"
    assert after_replays == [1 + 2 + 2 * 10] * 2, "the number is frozen, the tensor is not"


@pytest.mark.slow
@pytest.mark.parametrize("config", ["cnn.yaml", "fc.yaml"])
def test_fit_comes_to_the_cpus_accuracy_and_records_graphs(
    machine: Callable[..., Machine], tmp_path: Path, config: str
) -> None:
    accuracies = {}
    for accelerator in ("cpu", "gpu"):
        fit = ["fit", "--config", config, "--data.source", "Digits", "--trainer.max_epochs", "3"]
        fit += ["--trainer.accelerator", accelerator, "--trainer.default_root_dir", str(tmp_path / accelerator)]
        done = machine(Gpu(mib=4096)).run("-m", "mnist_lab", *fit, numbers=True, more={"COLUMNS": "100"})
        assert done.returncode == 0, done.stderr
        assert "No CUDA graph" not in done.stderr
        found = re.search(r"test accuracy \[%\]\W+([\d.]+)", done.stdout)
        assert found, done.stdout
        accuracies[accelerator] = float(found[1])
    assert accuracies["gpu"] == pytest.approx(accuracies["cpu"], abs=0.3), "the order of sums in recorded steps"
    assert accuracies["gpu"] > 90
