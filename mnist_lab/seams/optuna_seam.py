"""What is not public in Optuna, and why it is needed all the same."""

from __future__ import annotations

from typing import Any

from optuna.trial import FrozenTrial

_QUEUED_WITH = "fixed_params"


def queued_parameters(trial: FrozenTrial) -> dict[str, Any]:
    """Return the parameters that ``enqueue_trial`` was given for a trial; none where it was not queued.

    Optuna keeps them in a system attribute, whose name it does not publish. Version 0.1.0 kept them nowhere else, and
    its trials may have died before they had asked for one.
    """
    return dict(trial.system_attrs.get(_QUEUED_WITH, {}))
