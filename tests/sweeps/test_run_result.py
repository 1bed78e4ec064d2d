from __future__ import annotations

import json
from dataclasses import replace

from mnist_lab.sweeps.run_result import stored_run_result
from tests.sweeps.made_results import run


def test_run_result_goes_through_the_study_and_leaves_the_unknown_out() -> None:
    values = run().to_dict() | {"from_a_later_version": 1}
    assert stored_run_result(values) == run()
    twice = replace(run(), rejected=(replace(run(), status="disturbed", disturbed=0.5),))
    assert stored_run_result(json.loads(json.dumps(twice.to_dict()))) == twice
