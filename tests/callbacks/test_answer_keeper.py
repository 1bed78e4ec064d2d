"""Answers that a test keeps: counts as scikit-learn has them, and the most confident mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import confusion_matrix

from mnist_lab.callbacks import AnswerKeeper
from tests.small_run import interval_data, perceptron, quiet_trainer


def test_counts_and_mistakes_are_those_of_the_network(tmp_path: Path) -> None:
    model, data = perceptron(), interval_data()
    quiet_trainer(tmp_path, max_epochs=3).fit(model, data)
    keeper = AnswerKeeper(most=7)
    trainer = quiet_trainer(tmp_path, callbacks=[keeper])
    for _ in range(2):  # a second test counts anew
        trainer.test(model, data, verbose=False)
    samples = data.samples("test")
    with torch.no_grad():
        probabilities = model.network(data.standardisation.apply(samples.inputs)).softmax(dim=1)
    scores, answers = probabilities.max(dim=1)
    assert keeper.counts is not None
    np.testing.assert_array_equal(
        keeper.counts.numpy(), confusion_matrix(samples.labels, answers, labels=list(range(10)))
    )
    wrong = (answers != samples.labels).nonzero().flatten()
    assert len(wrong) > 7
    wanted = wrong[scores[wrong].argsort(descending=True)][:7]
    assert [one.place for one in keeper.mistakes] == wanted.tolist()
    assert [one.label for one in keeper.mistakes] == samples.labels[wanted].tolist()
    assert [one.answer for one in keeper.mistakes] == answers[wanted].tolist()
    np.testing.assert_allclose([one.score for one in keeper.mistakes], scores[wanted], atol=1e-6)
    assert trainer.callback_metrics["test/accuracy"] == keeper.counts.trace() / keeper.counts.sum()
