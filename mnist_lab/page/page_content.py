"""All that the page is given: the program, its inputs and their form, examples, the film, the words."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mnist_lab.language import say
from mnist_lab.page.drawing_form import drawing_form, ink_is_bright
from mnist_lab.page.packing import packed_program
from mnist_lab.page.page_words import WORDS
from mnist_lab.page.subject import Subject
from mnist_lab.page.tracing import program_of
from mnist_lab.pictures.bands import interval_bands
from mnist_lab.pictures.score_numbers import Frame, ScoreFilm
from mnist_lab.pictures.score_picture import colour_of

_EXAMPLES = 20
_MOST_FRAMES = 120
_FILM_BYTES = 900_000


def page_content(subject: Subject) -> tuple[dict[str, Any], bytes]:
    """Return the page's data as plain values, and the weights as float32.

    Raises:
        UsageError: The network has a layer that the page does not know.
    """
    program, weights = packed_program(program_of(subject.network, subject.input_shape))
    is_picture = len(subject.input_shape) == 3
    content = {
        "program": program,
        "classes": list(subject.class_names),
        "colours": [colour_of(label) for label in range(len(subject.class_names))],
        "scale": {"mean": list(subject.mean), "std": list(subject.std)},
        "form": _form(subject) if is_picture else None,
        "examples": _examples(subject) if is_picture else [],
        "features": None if is_picture else _features(subject),
        "bands": _bands(subject) if subject.input_shape == (1,) else [],
        "film": None if subject.film is None else _film(subject.film),
        "words": {name: str(phrase) for name, phrase in WORDS.items()},
    }
    return content, weights


def _form(subject: Subject) -> dict[str, Any]:
    bright = ink_is_bright(subject.train_inputs, otherwise=subject.bright_is_ink)
    form = drawing_form(subject.train_inputs, bright_is_ink=bright)
    return {**asdict(form), "bright_is_shown_dark": subject.bright_is_ink}


def _examples(subject: Subject) -> list[dict[str, Any]]:
    """Return test samples in class order, as many of each class as fit, at least one."""
    classes = len(subject.class_names)
    each = max(1, _EXAMPLES // classes)
    found = []
    for label in range(classes):
        places = (subject.test_labels == label).nonzero().flatten()[:each].tolist()
        found += [{"label": label, "pixels": _base64(subject.test_inputs[place])} for place in places]
    return found


def _features(subject: Subject) -> list[dict[str, Any]]:
    """Return what may be entered: of each number as far as the training samples go, of a column of texts one of them.

    It starts with the middle number and with the commonest text.
    """
    values = subject.train_inputs.double()
    names = subject.feature_names or [
        f"x{place + 1}" if values.shape[1] > 1 else "x" for place in range(values.shape[1])
    ]
    low, high, middle = values.min(dim=0).values, values.max(dim=0).values, values.median(dim=0).values
    found: list[dict[str, Any]] = []
    place = 0
    while place < len(names):
        column = next(
            (name for name, texts in subject.categories.items() if names[place] == f"{name}={texts[0]}"), None
        )
        if column is None:
            ends = {"low": float(low[place]), "high": float(high[place])}
            found.append({"name": names[place], **ends, "start": float(middle[place])})
            place += 1
        else:
            texts = list(subject.categories[column])
            commonest = values[:, place : place + len(texts)].mean(dim=0).argmax()
            found.append({"name": column, "texts": texts, "start": int(commonest)})
            place += len(texts)
    return found


def _bands(subject: Subject) -> list[list[float]]:
    """Return which part of the only feature's axis belongs to which class."""
    bands = interval_bands(subject.test_inputs[:, 0].double().numpy(), subject.test_labels.numpy())
    return [[band.label, band.start, band.end] for band in bands]


def _film(film: ScoreFilm) -> dict[str, Any]:
    size = film.frames[0].scores.size * 2 * 4 // 3
    frames = _some(film.frames, min(_MOST_FRAMES, max(2, _FILM_BYTES // max(1, size))))
    return {
        "classes": film.class_names,
        "colours": [colour_of(label) for label in range(len(film.class_names))],
        "positions": film.positions.tolist(),
        "bands": [[band.label, band.start, band.end] for band in film.bands],
        "label": say("input", "入力")
        if film.is_measured
        else say("samples in class order", "クラス順に並べたサンプル"),
        "measured": film.is_measured,
        # Of each frame its scale, and its scores in 16 bits, class by class: a film of many frames has to be small.
        "frames": [
            {"title": _title(frame), "accuracy": round(frame.accuracy, 4), **_sixteen_bits(frame.scores.T)}
            for frame in frames
        ],
    }


def _axis(film: ScoreFilm) -> str:
    return say("input", "入力") if film.is_measured else say("samples in class order", "クラス順に並べたサンプル")


def _title(frame: Frame) -> str:
    return say("{when}: accuracy {right:.3f}", "{when}：精度 {right:.3f}", when=frame.moment, right=frame.accuracy)


def _sixteen_bits(scores: np.ndarray[Any, np.dtype[np.float32]]) -> dict[str, Any]:
    low, high = float(scores.min()), float(scores.max())
    steps = np.round((scores - low) / (high - low or 1.0) * 65535).astype("<u2")
    return {"low": low, "high": high, "scores": base64.b64encode(steps.tobytes()).decode("ascii")}


def _some(frames: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many, evenly chosen, the first and the last among them."""
    if len(frames) <= most:
        return list(frames)
    return [frames[round(place)] for place in np.linspace(0, len(frames) - 1, most)]


def _base64(pixels: Tensor) -> str:
    return base64.b64encode(pixels.to(torch.uint8).contiguous().numpy().tobytes()).decode("ascii")
