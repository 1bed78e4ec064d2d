"""Models of a sweep beside each other: which pair is taken, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.document import Paragraph, TableBlock
from mnist_lab.reports.sweep.models_beside import models_beside
from mnist_lab.reports.sweep.sweep_content import groups_of
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.made_results import leave_swept_run


def activations(log_dir: Path) -> SweepResult:
    for number, (model, name) in enumerate([("FC", "Tanh"), ("FC", "ReLU"), ("CNN", "GELU"), ("CNN", "ReLU")]):
        settings: dict[str, Any] = {"hidden": [128], "activation": name}
        leave_swept_run(
            log_dir,
            f"point-{number}",
            {"model.activation": name},
            model=model,
            seed=number,
            model_settings=settings | ({"channels": [4, 4]} if model == "CNN" else {}),
        )
    return collect_runs(read_runs([log_dir]))


def test_pair_with_most_values_in_common_is_shown_from_the_larger_to_the_smaller(tmp_path: Path) -> None:
    result = activations(tmp_path)
    with speaking("ja"):
        which, change, table = models_beside(result, groups_of(result))
        assert isinstance(which, Paragraph)
        assert isinstance(change, Paragraph)
        assert "モデルどうしの違いを、CNN（活性化関数 ReLU）と FC（活性化関数 ReLU）を例に示す。" in spaced(which.text)
        assert "への変更では、Conv2d 1→4 (3×3)、ReLU、Conv2d 4→4 (3×3)、ReLU を取り除いた。" in spaced(change.text)
    assert isinstance(table, TableBlock)
    assert table.rows[5] == ["Linear 2304→128 ⇒ 128", "Linear 784→128 ⇒ 128"]
    which, *_ = models_beside(result, groups_of(result))
    assert isinstance(which, Paragraph)
    assert which.text.startswith("How the models differ is shown by the example of CNN, activation ReLU and FC, a")


def test_one_model_has_none_beside_it(tmp_path: Path) -> None:
    result = activations(tmp_path)
    alone = SweepResult(tuple(entry for entry in result.points if entry.model == "FC"))
    assert models_beside(alone, groups_of(alone)) == []
