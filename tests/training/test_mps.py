"""What a Mac's GPU lacks is refused before the first step, or done without."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.errors import UsageError
from mnist_lab.models import FC
from mnist_lab.training.mps import check_mps
from mnist_lab.training.training_cli import TrainingCLI
from tests.commands.program import SMALL
from tests.conftest import CHECKOUT

MPS, CPU = torch.device("mps"), torch.device("cpu")


def test_loss_without_a_kernel_is_refused() -> None:
    model = FC([3], 2, hidden=[4], loss="MultiMarginLoss")
    with pytest.raises(UsageError, match=r"^MultiMarginLoss does not run on a Mac's GPU \(MPS\); train with --trainer"):
        check_mps(MPS, model, None)
    check_mps(CPU, model, None)
    check_mps(MPS, FC([3], 2, hidden=[4]), None)


def test_fused_adagrad_is_refused() -> None:
    model = FC([3], 2, hidden=[4])
    for fused in (True, False):
        optimizer = torch.optim.Adagrad(model.parameters(), fused=fused)
        if fused:
            with pytest.raises(UsageError, match="the fused Adagrad"):
                check_mps(MPS, model, optimizer)
        else:
            check_mps(MPS, model, optimizer)


@pytest.mark.parametrize(("gpu", "fused"), [("mps", False), ("cuda", False), (None, True)])
def test_adagrad_is_fused_only_where_it_can_be(
    gpu: str | None, fused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quieten_lightning()
    monkeypatch.chdir(tmp_path)
    for kind in ("mps", "cuda"):
        here = gpu == kind
        monkeypatch.setattr(f"mnist_lab.training.training_cli.may_train_on_{kind}", lambda _, here=here: here)
    config = CHECKOUT / "configs" / "fc.yaml"
    cli = TrainingCLI("fit", [f"--config={config}", *SMALL[2:], "--optimizer=Adagrad"], quiet=True)
    assert cli.settings_of("optimizer.init_args.fused") is fused
