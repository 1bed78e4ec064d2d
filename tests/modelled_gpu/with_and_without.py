"""One training that is too large for 2 GiB, without the guard and with it; the README shows what it prints.

``python -m tests.modelled_gpu --mib 2048 --spills --platform WSL2 tests/modelled_gpu/with_and_without.py without``, or
``with``; ``with ja`` says it in Japanese.
"""

from __future__ import annotations

import sys

from mnist_lab.language import speaking
from tests.modelled_gpu.trainings import Training, quieten, train

if __name__ == "__main__":
    quieten()
    with speaking("ja" if "ja" in sys.argv else "en"):
        told = train(Training("wide", batch_size=20000, guarded="with" in sys.argv))
    sys.stdout.write(f"{told['report'] or told['ended']}\n")
    sys.stdout.flush()
