"""One training that is too large for 2 GiB, without the guard and with it; the README shows what it prints.

``python -m tests.modelled_gpu --mib 2048 --spills --platform WSL2 tests/modelled_gpu/with_and_without.py without``
"""

from __future__ import annotations

import sys

from tests.modelled_gpu.trainings import Training, quieten, train

if __name__ == "__main__":
    quieten()
    told = train(Training("wide", batch_size=20000, guarded=sys.argv[1] == "with"))
    sys.stdout.write(f"{told['report'] or told['ended']}\n")
    sys.stdout.flush()
