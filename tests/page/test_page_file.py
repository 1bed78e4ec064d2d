"""The page's file: one, offline, small, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnist_lab.errors import UsageError
from mnist_lab.language import Language, speaking
from mnist_lab.models import CNN, Perceptron
from mnist_lab.own_files import MANIFEST
from mnist_lab.page.page_file import to_page, write_page
from mnist_lab.page.page_words import WORDS
from mnist_lab.page.subject import MOST_FEATURES, Subject, check_inputs
from mnist_lab.pictures.bands import Band
from mnist_lab.pictures.score_numbers import Frame, Moment, ScoreFilm

MOST_BYTES = 3_000_000


def of_pictures(**settings: Any) -> Subject:
    torch.manual_seed(0)
    inputs = torch.randint(0, 256, (40, 1, 28, 28), dtype=torch.uint8)
    given: dict[str, Any] = {
        "network": CNN((1, 28, 28), 10).shown_network(),
        "model": "CNN",
        "data": "MNIST",
        "class_names": list("0123456789"),
        "mean": [33.3],
        "std": [78.6],
        "train_inputs": inputs,
        "test_inputs": inputs,
        "test_labels": torch.arange(40) % 10,
        "feature_names": None,
        "categories": {},
        "bright_is_ink": True,
        "film": None,
        "checkpoint": "best",
    }
    return Subject(**(given | settings))


def of_numbers(**settings: Any) -> Subject:
    inputs = torch.linspace(0, 10, 40).unsqueeze(1)
    given = {
        "network": Perceptron((1,), 10).shown_network(),
        "train_inputs": inputs,
        "test_inputs": inputs,
        "mean": [5.0],
        "std": [2.0],
    }
    return of_pictures(**(given | settings))


def film(frames: int) -> ScoreFilm:
    scores = np.random.default_rng(0).normal(size=(200, 10)).astype(np.float32)
    bands = [Band(label, 20 * label - 0.5, 20 * label + 19.5) for label in range(10)]
    made = [Frame(Moment("within", 1, step), 0.5, scores + step) for step in range(frames)]
    return ScoreFilm(list("0123456789"), np.arange(200, dtype=np.float32), bands, False, made)


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, flags=re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_page_of_the_default_cnn_with_a_long_film_is_small_and_offline() -> None:
    page = to_page(of_pictures(film=film(400)))
    assert 1_500_000 < len(page.encode()) < MOST_BYTES
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:)\w+:""", page) == []
    assert set(re.findall(r"https?://[^\"'\s]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    frames = data_of(page)["film"]["frames"]
    assert len(frames) == 120
    assert (frames[0]["title"], frames[-1]["title"]) == (
        "epoch 1, step 0: accuracy 0.500",
        "epoch 1, step 399: accuracy 0.500",
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_word_is_there_in_the_language_spoken(language: Language) -> None:
    with speaking(language):
        page = to_page(of_pictures(film=film(2)))
        words = {name: str(phrase) for name, phrase in WORDS.items()}
    assert f'<html lang="{language}">' in page
    assert data_of(page)["words"] == words
    assert f'<h2 id="scored">{words["scores"]}</h2>' in page
    assert ('font-family: "Page"' in page) == (language == "ja")


def test_every_word_is_used() -> None:
    files = Path(__file__).parents[2] / "mnist_lab" / "page" / "files"
    text = "".join(path.read_text(encoding="utf-8") for path in files.iterdir())
    used = set(re.findall(r"\bwords\.(\w+)", text)) | {"weight", "bias", "scale", "shift", "constant"}
    assert used - {"title", "made"} == set(WORDS)


def test_names_of_classes_end_no_script_and_are_no_markup() -> None:
    names = ["</script><script>alert(1)</script>", "<!--", "<b>", *"3456789"]
    page = to_page(of_pictures(class_names=names, data="</title><b>"))
    assert page.count("</script>") == 3
    assert data_of(page)["classes"] == names
    assert "<title>CNN on &lt;/title&gt;&lt;b&gt;</title>" in page


def test_examples_are_test_samples_of_each_class_in_order() -> None:
    examples = data_of(to_page(of_pictures(test_labels=torch.tensor([3] * 20 + [1] * 20))))["examples"]
    assert [example["label"] for example in examples] == [1, 1, 3, 3]


def test_numbers_are_entered_by_sliders_as_far_as_training_goes() -> None:
    data = data_of(to_page(of_numbers()))
    assert data["form"] is None
    ((feature, band),) = zip(data["features"], data["bands"][:1], strict=True)
    assert (feature["name"], feature["low"], feature["high"]) == ("x", 0.0, 10.0)
    assert band[1] == 0.0


def test_users_file_is_kept_and_ours_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    subject = of_numbers()
    for _ in range(2):
        assert write_page(path, subject) == path.stat().st_size
    assert sorted(one.name for one in tmp_path.iterdir()) == [MANIFEST, "page.html"]
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"page\.html was changed since it was written and is kept"):
        write_page(path, subject)
    assert path.read_text(encoding="utf-8") == "mine"


def test_page_is_the_same_when_it_is_made_again() -> None:
    subject = of_numbers()
    assert to_page(subject) == to_page(subject)
    assert to_page(subject) != to_page(replace(subject, checkpoint="last"))


def test_samples_that_cannot_be_entered_are_one_line() -> None:
    with pytest.raises(UsageError, match="samples of shape 3×32×32 are colour pictures"):
        check_inputs((3, 32, 32))
    with pytest.raises(UsageError, match="65 features are more than the sliders that fit a page"):
        check_inputs((MOST_FEATURES + 1,))
    for shape in ((1, 28, 28), (1,), (MOST_FEATURES,)):
        check_inputs(shape)


def of_texts() -> Subject:
    """A number between two columns of texts, of which the commonest are ``c`` and ``y``."""
    rows = torch.tensor([[1, 0, 0, 5, 1, 0], [0, 1, 0, 6, 0, 1], [0, 0, 1, 7, 0, 1], [0, 0, 1, 9, 0, 1]]).float()
    return of_numbers(
        network=Perceptron((6,), 10).shown_network(),
        train_inputs=rows,
        test_inputs=rows,
        test_labels=torch.arange(4),
        mean=[0.0] * 6,
        std=[1.0] * 6,
        feature_names=["sea=a", "sea=b", "sea=c", "length", "sex=x", "sex=y"],
        categories={"sex": ["x", "y"], "sea": ["a", "b", "c"]},
    )


def test_texts_are_chosen_and_begin_with_the_commonest() -> None:
    assert data_of(to_page(of_texts()))["features"] == [
        {"name": "sea", "texts": ["a", "b", "c"], "start": 2},
        {"name": "length", "low": 5.0, "high": 9.0, "start": 6.0},
        {"name": "sex", "texts": ["x", "y"], "start": 1},
    ]


def test_drawing_on_pictures_shown_as_light_is_as_bright_as_what_they_show() -> None:
    shapes = torch.full((9, 1, 28, 28), 60, dtype=torch.uint8)
    shapes[:, :, 8:20, 8:20] = 200
    form = data_of(to_page(of_pictures(train_inputs=shapes, bright_is_ink=False)))["form"]
    assert (form["bright_is_ink"], form["bright_is_shown_dark"]) == (True, False)
