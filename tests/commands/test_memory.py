"""``lightning memory`` as a command: its table, its answer, both languages, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.program import call, refused

DIGITS = ("--config=cnn.yaml", "--data.source=Digits")


def test_memory_shows_who_holds_what_and_that_it_fits(tmp_path: Path) -> None:
    outcome = call(tmp_path, "memory", *DIGITS, "--gpu=6GiB")
    assert (outcome.code, outcome.err) == (0, "")
    assert "CNN, batch size 64: GPU memory at the peak (forecast)" in outcome.out
    for row in ("parameters and buffers", "optimizer state", "activations", "reserved by PyTorch", "CUDA context"):
        assert row in outcome.out
    assert "It fits: " in outcome.out
    largest, assumed = outcome.out.splitlines()[-2:]
    assert largest == "Every batch size fits, up to all 1,373 samples at once."
    assert assumed.startswith("cuDNN's workspaces cannot be known before: each convolution is taken to need ")
    assert list(tmp_path.iterdir()) == []


def test_memory_names_the_largest_batch_size_that_fits(tmp_path: Path) -> None:
    given = ("--model=FC", "--data.source=tests.modelled_gpu.invented.Pictures", "--model.hidden=[2000,2000]")
    out = call(tmp_path, "memory", *given, "--data.batch_size=10000", "--gpu=640MiB").out
    assert "It does not fit: " in out
    assert "cuDNN" not in out
    (largest,) = re.findall(r"The largest batch size that fits: ([\d,]+)\.", out)
    assert 1000 < int(largest.replace(",", "")) < 10000


def test_network_that_is_too_large_fits_with_no_batch_size(tmp_path: Path) -> None:
    large = ("--config=fc.yaml", "--data.source=Digits", "--model.hidden=[4000,4000]")
    out = call(tmp_path, "memory", *large, "--gpu=512MiB").out
    assert "No batch size fits: what does not depend on it is too large." in out


def test_memory_speaks_japanese(tmp_path: Path) -> None:
    out = call(tmp_path, "memory", *DIGITS, "--gpu=6GiB", "--language=ja").out
    assert "パラメータとバッファ" in out
    assert "収まります：" in out
    assert "It fits" not in out


def test_trainers_options_stand_without_a_config(tmp_path: Path) -> None:
    own = ("--model", "FC", "--data.source", "Digits", "--optimizer", "SGD", "--seed_everything", "1")
    out = call(tmp_path, "memory", *own, "--gpu", "2GiB").out
    assert "FC, batch size 64" in out
    assert "optimizer state" not in out


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (("--gpu", "6"), "--gpu: '6' is not the memory of a GPU; give a number with its unit"),
        (("--gpu=0GiB",), "--gpu: '0GiB' is not the memory of a GPU"),
        (("--gpu",), "argument --gpu: expected one argument"),
        (("--gpus=6GiB",), "There is no option 'gpus'."),
        (("--gpu=6GiB", "--data.batch_size=5000"), "data.batch_size: 5000 is larger than the training split of Digits"),
        (("--gpu=6GiB", "--config=nowhere.yaml"), "There is no config 'nowhere.yaml'"),
    ],
)
def test_bad_input_is_one_line(args: tuple[str, ...], part: str, tmp_path: Path) -> None:
    assert part in refused(tmp_path, "memory", *DIGITS, *args)


def test_file_that_is_no_config_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("just a text", encoding="utf-8")
    assert "it must hold keys and values" in refused(tmp_path, "memory", "--config=none.yaml", "--gpu=6GiB")


def test_training_that_cannot_be_forecast_is_one_line(tmp_path: Path) -> None:
    mixed = refused(tmp_path, "memory", *DIGITS, "--trainer.precision=bf16-mixed", code=1)
    assert mixed.startswith("The memory is forecast of one process with one optimizer, in single precision.")
    japanese = call(tmp_path, "memory", *DIGITS, "--trainer.precision=bf16-mixed", "--language=ja")
    assert "メモリの予測は" in japanese.err
