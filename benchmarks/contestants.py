"""The ways of training that are compared: each trains one epoch and says how long that took and what came out.

All see the same 55,000 training samples of MNIST at the same batch size, so all take the same number of steps; the
parameters, the loss, the optimizer and its rate are the same. Each runs in a process of its own, because Lightning
changes settings of its process (see ``mnist_lab/training/fit.py``).
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

LEARNING_RATE = 0.002  # of configs/cnn.yaml and fc.yaml in their first epoch


@dataclass(frozen=True)
class Task:
    """What all contestants are given."""

    model: str
    """fc, cnn, or pytorch_examples."""
    batch_size: int
    seed: int
    root: Path
    """Folder that holds MNIST/raw."""


@dataclass(frozen=True)
class Outcome:
    """One epoch."""

    epoch_s: float
    steps: int
    accuracy: float
    """On the 10,000 test samples, 0..1."""


def network(model: str, *, tuned: bool = False) -> nn.Sequential:
    """Return the course's network of 101,770 (fc) or 296,518 (cnn) parameters, or pytorch/examples' of 1,199,882."""
    if model == "pytorch_examples":
        convolutions = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
        hidden = [nn.Dropout(0.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5)]
        return nn.Sequential(*convolutions, *hidden, nn.Linear(128, 10))
    head = [nn.ReLU(tuned), nn.Linear(128, 10)]
    if model == "fc":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), *head)
    last = nn.Conv2d(4, 4, 3)
    if tuned:
        last.register_forward_hook(in_rows)
    convolutions = [nn.Conv2d(1, 4, 3), nn.ReLU(tuned), last, nn.ReLU(tuned)]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(2304, 128), *head)


def in_rows(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
    """Return the output in the order of its dimensions, as ours does (see ``mnist_lab/models/cnn.py``)."""
    return output.contiguous()


def tensors(root: Path) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return standardised float32 training inputs and labels, and those of the test set."""
    from torchvision.datasets import MNIST

    train, test = MNIST(root, train=True), MNIST(root, train=False)

    def floats(images: Tensor) -> Tensor:
        return images.unsqueeze(1).float().div_(255).sub_(0.1307).div_(0.3081)

    return floats(train.data)[:55_000], train.targets[:55_000], floats(test.data), test.targets


def accuracy(net: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """Return the share of right answers."""
    with torch.no_grad():
        right = sum(
            int((net(x).argmax(dim=1) == y).sum())
            for x, y in zip(torch.split(inputs, 1000), torch.split(labels, 1000), strict=True)
        )
    return right / len(labels)


def synchronize() -> None:
    """Wait for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


class HandWritten:
    """(a) The loop over tensors in memory with the defaults, (b) the same, tuned as far as ours is."""

    def __init__(self, root: Path, *, tuned: bool, device: str = "cpu") -> None:
        self.tuned = tuned
        self.device = device
        self.data = [part.to(device) for part in tensors(root)]

    def __call__(self, task: Task) -> Outcome:
        """Train one epoch."""
        return self.train(task, epochs=1)

    def train(self, task: Task, epochs: int) -> Outcome:
        """Train and return the last epoch."""
        torch.manual_seed(task.seed)
        inputs, labels, test_inputs, test_labels = self.data
        net = network(task.model, tuned=self.tuned).to(self.device)
        if self.tuned:
            net = net.to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, fused=True if self.tuned else None)
        criterion = nn.CrossEntropyLoss()
        for _ in range(epochs):
            order = torch.randperm(len(inputs)).to(self.device)
            steps = 0
            synchronize()
            started = time.perf_counter()
            for picked in torch.split(order, task.batch_size):
                loss = criterion(net(inputs[picked]), labels[picked])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                steps += 1
            synchronize()
            epoch_s = time.perf_counter() - started
        return Outcome(epoch_s, steps, accuracy(net, test_inputs, test_labels))


class Ours:
    """(c) ``lightning fit``, everything on; the epoch's time is what TensorBoard holds as ``time/epoch_s``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, task: Task) -> Outcome:
        """Train one epoch through the command line."""
        from mnist_lab.main import main
        from mnist_lab.runs.record import read_record

        with tempfile.TemporaryDirectory() as folder:
            args = ["fit", "--config", f"{task.model}.yaml", "--data.source.root", str(self.root)]
            args += ["--data.batch_size", str(task.batch_size), "--seed_everything", str(task.seed)]
            args += ["--data.seed", str(task.seed), "--trainer.max_epochs", "1", "--data.fallback", "null"]
            code = main([*args, "--trainer.enable_progress_bar", "true", "--trainer.default_root_dir", folder])
            assert code == 0, f"lightning fit ended with {code}"
            (run,) = Path(folder).glob("*-mnist/*")
            record = read_record(run)
            assert record.test_accuracy is not None
            return Outcome(scalar(run, "time/epoch_s"), record.epochs[0].steps, record.test_accuracy)


def scalar(run: Path, tag: str) -> float:
    """Return the last value of a tag in a run's TensorBoard files."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run))
    events.Reload()
    return float(events.Scalars(tag)[-1].value)


class PyTorchExamples:
    """(d) The way of pytorch/examples: torchvision's dataset and transforms behind a DataLoader."""

    def __init__(self, root: Path) -> None:
        from torch.utils.data import Subset
        from torchvision import datasets, transforms

        transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
        self.train = Subset(datasets.MNIST(root, train=True, transform=transform), range(55_000))
        _, _, *self.test = tensors(root)

    def __call__(self, task: Task) -> Outcome:
        """Train one epoch."""
        torch.manual_seed(task.seed)
        net = network(task.model)
        optimizer: torch.optim.Optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
        if task.model == "pytorch_examples":
            optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
        loader = torch.utils.data.DataLoader(self.train, batch_size=task.batch_size, shuffle=True)
        started = time.perf_counter()
        net.train()
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(inputs), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        epoch_s = time.perf_counter() - started
        return Outcome(epoch_s, len(loader), accuracy(net.eval(), *self.test))


class LightningTemplate:
    """(e) The way of the Lightning templates: DataLoader, metrics and ``self.log`` at each step, logger and bar."""

    def __init__(self, root: Path) -> None:
        self.examples = PyTorchExamples(root)

    def __call__(self, task: Task) -> Outcome:
        """Train one epoch; the time is that of the training epoch, without validation and start."""
        from benchmarks.lightning_template import LitClassifier, train

        torch.manual_seed(task.seed)
        model = LitClassifier(network(task.model))
        loader = torch.utils.data.DataLoader(self.examples.train, batch_size=task.batch_size, shuffle=True)
        epoch_s, steps = train(model, loader)
        return Outcome(epoch_s, steps, accuracy(model.eval(), *self.examples.test))


CONTESTANTS: dict[str, Callable[[Path], Callable[[Task], Outcome]]] = {
    "a": lambda root: HandWritten(root, tuned=False),
    "b": lambda root: HandWritten(root, tuned=True),
    "c": Ours,
    "d": PyTorchExamples,
    "e": LightningTemplate,
}
NAMES = {
    "a": "hand-written loop",
    "b": "the same, tuned",
    "c": "ours, everything on",
    "d": "pytorch/examples' way",
    "e": "Lightning template's way",
}


def serve(pipe: Any, module: str, name: str, root: Path) -> None:
    """Be the process of one contestant: one epoch for each task, until None comes."""
    # The one warm-up that changes a loop's speed for good: every process gets it (see memory_allocator.py).
    torch.empty(31 << 20, dtype=torch.uint8)
    contestant = importlib.import_module(module).CONTESTANTS[name](root)
    while (task := pipe.recv()) is not None:
        try:
            pipe.send(contestant(task))
        except Exception as error:
            pipe.send(error)
            raise
