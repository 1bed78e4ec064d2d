"""Runs a program on a modelled machine by hand: ``python -m tests.modelled_gpu --mib 2048 -m mnist_lab fit …``."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.machine import MIB, Gpu, Machine


def main() -> int:
    """Run the program, then say on the error stream what the GPU counted; return the program's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.modelled_gpu", description=__doc__)
    parser.add_argument("--mib", type=int, default=4096, help="dedicated memory")
    parser.add_argument("--spills", action="store_true", help="the driver spills into shared memory")
    parser.add_argument("--others", type=int, default=0, help="MiB that other programs hold")
    parser.add_argument("--platform", choices=["Linux", "WSL2", "WDDM", "TCC"], default="Linux")
    parser.add_argument("--numbers", action="store_true", help="operations have the CPU's results")
    options, program = parser.parse_known_args()
    reason = why_not()
    if reason is not None:
        parser.error(reason)
    with tempfile.TemporaryDirectory() as folder:
        gpu = Gpu(mib=options.mib, spills=options.spills, others_mib=options.others)
        machine = Machine(Path(folder), gpu, platform=options.platform)
        command = [sys.executable, "-m", "tests.modelled_gpu.program", *program]
        code = subprocess.run(command, env=machine.environment(numbers=options.numbers), check=False).returncode
        counted = machine.counters()
        sys.stderr.write(
            f"modelled GPU: {counted.requests} requests, {counted.spilled_requests} of them spilled; "
            f"dedicated memory at most {counted.peak_dedicated_bytes // MIB} MiB, "
            f"shared memory at most {counted.peak_shared_bytes // MIB} MiB\n"
        )
        machine.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
