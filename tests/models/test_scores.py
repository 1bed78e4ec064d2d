"""Loss and accuracy over uneven batches, against scikit-learn and a weighted mean."""

from __future__ import annotations

import math

import pytest
import torch
from sklearn.metrics import accuracy_score
from torch import Tensor
from torch.nn import functional

from mnist_lab.models.scores import Scores

SIZES = [64, 64, 17, 1]


def batches() -> list[tuple[Tensor, Tensor]]:
    """Classes of very different frequency, so that an average over classes would differ."""
    torch.manual_seed(0)
    labels = torch.multinomial(torch.tensor([0.8, 0.1, 0.05, 0.03, 0.02]), sum(SIZES), replacement=True)
    logits = torch.randn(sum(SIZES), 5) + torch.tensor([2.0, 0.0, 0.0, 0.0, 0.0])
    return list(zip(logits.split(SIZES), labels.split(SIZES), strict=True))  # type: ignore[no-untyped-call]


def test_scores_of_uneven_batches_are_those_of_all_samples() -> None:
    scores = Scores(5)
    for logits, labels in batches():
        scores.update(logits, labels, functional.cross_entropy(logits, labels))
    logits, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    found = scores.compute()
    assert found.keys() == {"loss", "accuracy"}
    expected = accuracy_score(labels.numpy(), logits.argmax(dim=1).numpy())
    assert found["accuracy"].item() == pytest.approx(expected, abs=1e-7)
    assert found["loss"].item() == pytest.approx(functional.cross_entropy(logits, labels).item(), rel=1e-6)
    # An average per batch or per class would be another number.
    per_batch = [functional.cross_entropy(*batch).item() for batch in batches()]
    assert found["loss"].item() != pytest.approx(sum(per_batch) / len(per_batch), rel=1e-3)
    recalls = [(logits[labels == one].argmax(dim=1) == one).float().mean().item() for one in range(5)]
    assert found["accuracy"].item() != pytest.approx(sum(recalls) / 5, abs=1e-2)


def test_several_batches_at_once_are_weighted_by_their_samples() -> None:
    one_by_one, together = Scores(5), Scores(5)
    losses = []
    for logits, labels in batches():
        losses.append(functional.cross_entropy(logits, labels))
        one_by_one.update(logits, labels, losses[-1])
    logits, labels = (torch.cat(parts) for parts in zip(*batches(), strict=True))
    together.update(logits, labels, torch.stack(losses), torch.tensor(SIZES))
    first, second = one_by_one.compute(), together.compute()
    assert first["loss"].item() == pytest.approx(second["loss"].item(), rel=1e-6)
    assert first["accuracy"].item() == second["accuracy"].item()


def test_compute_starts_anew() -> None:
    scores = Scores(2)
    right, wrong = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 3.0]])
    label = torch.tensor([0])
    scores.update(wrong, label, torch.tensor(3.0))
    assert {name: value.item() for name, value in scores.compute().items()} == {"loss": 3.0, "accuracy": 0.0}
    scores.update(right, label, torch.tensor(0.5))
    assert {name: value.item() for name, value in scores.compute().items()} == {"loss": 0.5, "accuracy": 1.0}


def test_reset_forgets() -> None:
    scores = Scores(2)
    scores.update(torch.tensor([[0.0, 3.0]]), torch.tensor([0]), torch.tensor(9.0))
    scores.reset()
    scores.update(torch.tensor([[3.0, 0.0]]), torch.tensor([0]), torch.tensor(1.0))
    assert scores.compute()["loss"].item() == 1.0


def test_nan_is_not_left_out_of_the_mean() -> None:
    scores = Scores(2)
    logits, label = torch.tensor([[3.0, 0.0]]), torch.tensor([0])
    scores.update(logits, label, torch.tensor(1.0))
    scores.update(logits, label, torch.tensor(math.nan))
    assert math.isnan(scores.compute()["loss"].item())


def test_no_gradient_is_kept() -> None:
    scores = Scores(2)
    logits = torch.tensor([[3.0, 0.0]], requires_grad=True)
    label = torch.tensor([0])
    scores.update(logits, label, functional.cross_entropy(logits, label))
    assert not scores.compute()["loss"].requires_grad
