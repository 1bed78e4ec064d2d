"""All the tables of ``docs/guard.md`` with one command, an hour or two: ``python -m tests.modelled_gpu.every_table``.

What has run is kept in ``build/modelled_gpu/tables.jsonl``: a call that was cut off is gone on from by the next.
"""

from __future__ import annotations

import subprocess
import sys

from tests.modelled_gpu.build import CACHE
from tests.modelled_gpu.machine import REPOSITORY

KEEP = ("--keep", str(CACHE / "tables.jsonl"))
TABLES: dict[str, tuple[str, ...]] = {
    "tables": ("--trainings", "300", "--seed", "0", *KEEP),
    "residency": ("--trainings", "300", "--seed", "0", *KEEP),
    "forecasts": ("--trainings", "100", "--seed", "1", *KEEP),
    "advice": (),
}


def main() -> int:
    """Make each table, also after one that shows a mistake; return the worst of their exit codes."""
    codes = []
    for name, arguments in TABLES.items():
        command = [sys.executable, "-m", f"tests.modelled_gpu.{name}", *arguments]
        codes.append(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
