"""What is not public in lightning_utilities is still there, and hides packages only for the while."""

from __future__ import annotations

import subprocess
import sys

from lightning_utilities.core import imports

from tests.conftest import CHECKOUT


def test_look_for_requirements_can_be_put_in_between() -> None:
    assert callable(imports.RequirementCache._check_available)
    assert callable(imports.package_available)


def test_lightning_comes_without_torchmetrics_extras_which_are_found_afterwards() -> None:
    code = (
        "import sys\n"
        "from mnist_lab.seams.lightning_utilities_seam import import_lightning\n"
        "import_lightning()\n"
        "print(sorted({'lightning', 'torchvision', 'scipy', 'matplotlib'} & set(sys.modules)))\n"
        "from torchmetrics.utilities.imports import _MATPLOTLIB_AVAILABLE\n"
        "print(bool(_MATPLOTLIB_AVAILABLE))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "['lightning']\nTrue\n"
