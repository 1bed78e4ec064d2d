"""What a page is about: a trained network, and the data that it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.pictures.score_numbers import NUMBERS, ScoreFilm, read_film

MOST_FEATURES = 64


@dataclass(frozen=True, eq=False)
class Subject:
    """A trained network with all that is needed to ask it.

    Attributes:
        network: Takes ``(N, *input_shape)``, standardised, and gives ``(N, C)``.
        model: Its name.
        data: That of the data.
        class_names: In the order of its outputs.
        mean: Of the training split, in stored units: one for all pixels, or one a feature.
        std: Likewise.
        train_inputs: Samples as stored: uint8 ``(N, 1, height, width)`` or float32 ``(N, features)``.
        test_inputs: Likewise; some are shown as examples.
        test_labels: int64 ``(N,)``.
        feature_names: Of a table, where they have names.
        categories: By column of texts: its texts, each a feature named ``column=text``.
        bright_is_ink: Of pictures, whether 255 is ink.
        film: Scores that were drawn while it learned; None: none were.
        checkpoint: As it is named to readers, such as ``best-epoch=4``.
    """

    network: nn.Module
    model: str
    data: str
    class_names: Sequence[str]
    mean: Sequence[float]
    std: Sequence[float]
    train_inputs: Tensor
    test_inputs: Tensor
    test_labels: Tensor
    feature_names: Sequence[str] | None
    categories: Mapping[str, Sequence[str]]
    bright_is_ink: bool
    film: ScoreFilm | None
    checkpoint: str

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.train_inputs.shape[1:])


def film_of(run: Path) -> ScoreFilm | None:
    """Return the scores that ``--scores`` has left in a run's folder; None where there are none.

    Args:
        run: The folder.
    """
    return read_film(run / "scores" / NUMBERS)


def check_inputs(input_shape: Sequence[int]) -> None:
    """Make sure that a page has a way to enter such samples.

    Args:
        input_shape: Of one sample.

    Raises:
        UsageError: It has none.
    """
    if len(input_shape) == 3 and input_shape[0] != 1:
        raise UsageError(
            say(
                "page: samples of shape {shape} are colour pictures, and a drawing has one colour; train on grey ones "
                "(--data.source.grayscale true).",
                "page：形が {shape} のサンプルはカラー画像ですが、描けるのは 1 色の絵だけです。"
                "グレースケールで学習してください（--data.source.grayscale true）。",
                shape="×".join(map(str, input_shape)),
            )
        )
    if len(input_shape) == 1 and input_shape[0] > MOST_FEATURES:
        raise UsageError(
            say(
                "page: {count} features are more than the sliders that fit a page ({most}); choose some "
                "(--data.source.inputs).",
                "page：特徴量 {count} 個は、ページに置けるスライダーの数（{most}）を超えています。"
                "--data.source.inputs で選んでください。",
                count=input_shape[0],
                most=MOST_FEATURES,
            )
        )
