"""A study's runs all compute with one number of threads on each machine."""

from __future__ import annotations

import json
import platform
from dataclasses import replace

from optuna import Study

from mnist_lab.sweeps.sweep_check import CheckedSweep
from mnist_lab.training.threads import fastest_for_all

_THREADS = "threads "  # and the machine: the name of a study's attribute


def with_threads(study: Study, checked: CheckedSweep) -> CheckedSweep:
    """Put one number in the place of ``--threads auto``: with one each, the points' times could not be compared.

    Args:
        study: Which keeps the number for this machine's next start.
        checked: The sweep.

    Raises:
        MnistLabError: The data cannot be had.
    """
    asking = [base for base in checked.bases.values() if base.threads == "auto"]
    if not asking:
        return checked
    name = _THREADS + platform.node()
    if name not in study.user_attrs:
        study.set_user_attr(name, fastest_for_all([base.arguments for base in asking]))
    option = f"--threads={json.dumps(study.user_attrs[name])}"
    settled = {base.name: replace(base, arguments=(*base.arguments, option)) for base in asking}
    return replace(checked, bases={**checked.bases, **settled})
