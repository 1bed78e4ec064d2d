"""On a GPU: one epoch of ours against hand-written loops, and against replaying the recorded steps alone.

Run from the checkout on a machine with a CUDA GPU: ``python -m benchmarks.gpu --root data``. FC and CNN at batch 64 and
512; (a) the hand-written loop over tensors on the GPU, (d) torchvision's dataset behind a DataLoader, (c) ours through
the command line with the memory guard, (n) the same without the guard, (g) the graph alone: the same recorded steps,
replayed with new samples, no clock, no logs, no scores. Contestants take turns in processes of their own. Times are of
the second epoch: the first one records. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import nn

from benchmarks import contestants as on_cpu
from benchmarks.contestants import Outcome, Task
from benchmarks.training import check, measure, start, summary, table
from mnist_lab.training.run_facts import device_facts, versions

STEPS_AT_ONCE = 50


class Ours:
    """(c) ``lightning fit``, everything on; (n) without the guard."""

    def __init__(self, root: Path, *, guard: bool) -> None:
        self.guard = guard

    def __call__(self, task: Task) -> Outcome:
        """Train two epochs and return the second."""
        from mnist_lab.callbacks import CudaMemoryGuard
        from mnist_lab.cli.configs import resolve_configs
        from mnist_lab.training.train_once import fit_config
        from mnist_lab.training.training_cli import TrainingCLI

        with tempfile.TemporaryDirectory() as folder:
            settings = {
                "--config": f"{task.model}.yaml",
                "--data.source.root": task.root,
                "--data.fallback": "null",
                "--data.batch_size": task.batch_size,
                "--seed_everything": task.seed,
                "--trainer.max_epochs": 2,
                "--lr_scheduler": "null",
                "--trainer.default_root_dir": folder,
            }
            cli = TrainingCLI("fit", resolve_configs([f"{name}={value}" for name, value in settings.items()]))
            if not self.guard:
                callbacks: Any = cli.trainer.callbacks  # type: ignore[attr-defined]
                callbacks[:] = [callback for callback in callbacks if not isinstance(callback, CudaMemoryGuard)]
            record = fit_config(cli).record
            second = record.epochs[1]
            assert second.epoch_s is not None
            assert record.test_accuracy is not None
            return Outcome(second.epoch_s, second.steps - record.epochs[0].steps, record.test_accuracy)


class HandWritten(on_cpu.HandWritten):
    """(a) The loop over tensors on the GPU."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, tuned=False, device="cuda")

    def __call__(self, task: Task) -> Outcome:
        """Train two epochs in a row and return the second."""
        return self.train(task, epochs=2)


class PyTorchExamples(on_cpu.PyTorchExamples):
    """(d) torchvision's dataset behind a DataLoader with a worker, as pytorch/examples does on a GPU."""

    def __call__(self, task: Task) -> Outcome:
        """Train two epochs and return the second."""
        torch.manual_seed(task.seed)
        net = on_cpu.network(task.model).cuda()
        optimizer = torch.optim.Adam(net.parameters(), lr=on_cpu.LEARNING_RATE)
        loader = torch.utils.data.DataLoader(
            self.train,
            batch_size=task.batch_size,
            shuffle=True,
            num_workers=1,
            pin_memory=True,
            persistent_workers=True,
        )
        for _ in range(2):
            on_cpu.synchronize()
            started = time.perf_counter()
            for inputs, labels in loader:
                optimizer.zero_grad()
                nn.functional.cross_entropy(net(inputs.cuda()), labels.cuda()).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            on_cpu.synchronize()
            epoch_s = time.perf_counter() - started
        inputs, labels = self.test
        return Outcome(epoch_s, len(loader), on_cpu.accuracy(net.eval(), inputs.cuda(), labels.cuda()))


class GraphAlone:
    """(g) The recorded steps alone."""

    def __init__(self, root: Path) -> None:
        from mnist_lab.data import MNIST, ClassificationDataModule

        self.data = ClassificationDataModule(MNIST(root=str(root)))
        self.data.prepare_data()
        self.data.setup()
        _, _, *self.test = on_cpu.tensors(root)

    def __call__(self, task: Task) -> Outcome:
        """Record, train two epochs by replays, and return the second."""
        from mnist_lab.data.batches import BatchBlocks
        from mnist_lab.data.order import ShuffledOrder
        from mnist_lab.loops.block_graph import BlockGraph, settings_of
        from mnist_lab.models.classifier import StepOutput

        torch.manual_seed(task.seed)
        device = torch.device("cuda")
        net = on_cpu.network(task.model).to(device)
        optimizer = torch.optim.Adam(net.parameters(), lr=on_cpu.LEARNING_RATE, fused=True)
        samples = self.data.samples("train").to(device)
        order = ShuffledOrder(len(samples), seed=task.seed)
        loader = BatchBlocks(
            samples, self.data.standardisation, task.batch_size, order, batches_per_block=STEPS_AT_ONCE
        )

        def step(batch: Any) -> StepOutput:
            inputs, labels = batch
            logits = net(inputs)
            loss = nn.functional.cross_entropy(logits, labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            optimizer.zero_grad()
            return StepOutput(logits.detach(), labels, loss.detach())

        graphs: dict[int, BlockGraph] = {}
        for epoch in range(2):
            order.set_epoch(epoch)
            on_cpu.synchronize()
            started = time.perf_counter()
            steps = 0
            for block in loader:
                settings = [settings_of(optimizer)] * block.num_batches
                steps += block.num_batches
                if len(block) in graphs:
                    graphs[len(block)].replay(block, settings)
                    continue
                for batch in block.batches():
                    step(batch)
                graphs[len(block)] = BlockGraph(block, optimizer, step)
            on_cpu.synchronize()
            epoch_s = time.perf_counter() - started
        mean, std = self.data.standardisation.mean.item(), self.data.standardisation.std.item()
        test = self.data.samples("test")
        inputs = ((test.inputs.float() - mean) / std).to(device)
        return Outcome(epoch_s, steps, on_cpu.accuracy(net, inputs, test.labels.to(device)))


CONTESTANTS: dict[str, Callable[[Path], Callable[[Task], Outcome]]] = {
    "a": HandWritten,
    "c": lambda root: Ours(root, guard=True),
    "n": lambda root: Ours(root, guard=False),
    "d": PyTorchExamples,
    "g": GraphAlone,
}
NAMES = {
    "a": "hand-written loop",
    "c": "ours, everything on",
    "n": "ours without the guard",
    "d": "torchvision and DataLoader",
    "g": "the graph alone",
}


def main(args: Sequence[str] | None = None) -> None:
    """Measure and print; without a GPU, say so and end with exit code 1."""
    options = _parser().parse_args(args)
    if not torch.cuda.is_available():
        sys.exit("This benchmark needs a CUDA GPU; torch finds none.")
    workers = start("benchmarks.gpu", options.contestants, options.root)
    results = []
    try:
        for model in ("fc", "cnn"):
            for batch_size in (64, 512):
                outcomes = measure(workers, model, batch_size, options.repeats, options.root)
                result = {"model": model, "batch_size": batch_size, **summary(outcomes)}
                for entry in result["contestants"].values():
                    entry["samples_per_s"] = 55_000 / entry["epoch_s"]
                results.append(result)
                check(result)
                Console(width=100).print(table(result, options.repeats, NAMES))
    finally:
        for pipe, process in workers.values():
            pipe.send(None)
            process.join(10)
    conditions = {**device_facts(torch.device("cuda"), "32-true"), **versions()}
    print(json.dumps({"benchmark": "gpu", "repeats": options.repeats, "conditions": conditions, "results": results}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("data"), help="folder that holds MNIST/raw")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--contestants", nargs="+", default=list(CONTESTANTS), choices=list(CONTESTANTS))
    return parser


if __name__ == "__main__":
    main()
