"""Something missing: a skip with its reason, or a failure where nothing may be missing."""

from __future__ import annotations

import pytest
from lightning.pytorch import Trainer
from lightning.pytorch.accelerators import CUDAAccelerator

from tests.conftest import STRICT, missing


def test_missing_is_a_failure_where_nothing_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT, "1")
    with pytest.raises(pytest.fail.Exception, match=r"^No browser\. \(MNIST_LAB_STRICT=1: nothing may be missing\.\)$"):
        missing("No browser.")


@pytest.mark.parametrize("value", [None, "", "0"])
def test_missing_is_a_skip_elsewhere_also_on_public_ci(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv(STRICT, raising=False)
    if value is not None:
        monkeypatch.setenv(STRICT, value)
    with pytest.raises(pytest.skip.Exception, match=r"^No browser\.$"):
        missing("No browser.")


def test_trainer_on_the_cpu_of_a_machine_with_a_gpu_warns_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CUDAAccelerator, "is_available", staticmethod(lambda: True))
    trainer = Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False)
    assert trainer.strategy.root_device.type == "cpu"
