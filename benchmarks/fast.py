"""How little training time does 99 % on MNIST take? ``configs/fast.yaml`` with several seeds.

Run from the checkout: ``python -m benchmarks.fast --root data --seeds 5``. Training time is ``time/train_s``;
preparation (imports, loading, building) is stated beside it. The number of steps is fixed in the config, and the
checkpoint is chosen by the validation split, so the test set has no part in choosing when to stop. With ``--check`` a
mean under 99 % ends with exit code 1. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TARGET = 0.99


def main(args: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _parser().parse_args(args)
    started = time.perf_counter()
    from mnist_lab.cli.configs import resolve_configs
    from mnist_lab.cli.quiet import quieten_lightning

    quieten_lightning()
    import torch

    from mnist_lab.training.run_facts import device_facts, versions
    from mnist_lab.training.train_once import train_once

    imports_s = time.perf_counter() - started
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        # The first run warms up and is not counted.
        for seed in range(options.seeds + 1):
            config = ["--config", "fast.yaml", "--data.source.root", str(options.root), "--data.fallback", "null"]
            seeds = ["--seed_everything", str(seed), "--data.seed", str(seed), "--trainer.default_root_dir", folder]
            started = time.perf_counter()
            record = train_once(resolve_configs([*config, *seeds])).record
            whole_s = time.perf_counter() - started
            assert record.train_s is not None
            assert record.test_accuracy is not None
            if seed:
                rest_s = whole_s - record.train_s
                runs.append(
                    {"seed": seed, "train_s": record.train_s, "rest_s": rest_s, "accuracy": record.test_accuracy}
                )
                print(f"seed {seed}: {record.train_s:.3f} s of training, {record.test_accuracy:.2%}", flush=True)
    accuracies = [run["accuracy"] for run in runs]
    times = [run["train_s"] for run in runs]
    print(f"accuracy {_spread(accuracies, 100, '%')}, training time {_spread(times, 1, 's')}, n = {len(runs)}")
    print(f"beside that, a run: {statistics.mean(run['rest_s'] for run in runs):.2f} s; imports: {imports_s:.2f} s")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    conditions = {**device_facts(device, "32-true"), **versions()}
    print(json.dumps({"benchmark": "fast", "conditions": conditions, "runs": runs}))
    if options.check and statistics.mean(accuracies) < TARGET:
        sys.exit(f"The mean accuracy is under {TARGET:.0%}.")


def _spread(values: Sequence[float], scale: float, unit: str) -> str:
    deviation = statistics.stdev(values) if len(values) > 1 else float("nan")
    return f"{statistics.mean(values) * scale:.3f} ± {deviation * scale:.3f} {unit}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fast", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("data"), help="folder that holds MNIST/raw")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="end with exit code 1 when the mean is under 99 %%")
    return parser


if __name__ == "__main__":
    main()
