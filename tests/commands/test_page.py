"""``lightning page`` as a command: where the file goes, what is said, what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_lab.page.subject import film_of
from mnist_lab.pictures.score_numbers import Moment
from tests.commands.program import SMALL, call, fit, refused
from tests.own_networks import write

RECURRENT = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 8, batch_first=True)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(self.lstm(x[:, 0])[0][:, -1])
"""


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.callbacks.score_places.has_windows", lambda: False)


def test_page_of_a_run_with_scores_lies_in_its_folder_with_the_film(tmp_path: Path) -> None:
    run = fit(tmp_path, "--scores")
    film = film_of(run)
    assert film is not None
    assert [frame.moment for frame in film.frames] == [Moment("before", 0, 0), Moment("after", 1, 22)]
    outcome = call(tmp_path, "page", *SMALL, "--ckpt_path=best")
    assert (outcome.code, outcome.err) == (0, "")
    page = run / "page.html"
    checkpoint, line = outcome.out.splitlines()
    assert checkpoint.startswith("Checkpoint: ")
    assert re.fullmatch(
        re.escape(f"Page: {page.relative_to(tmp_path)} (0.") + r"\d MB; open it in a browser\)", line
    ), line
    text = page.read_text(encoding="utf-8")
    assert "<title>FC on Digits</title>" in text
    assert 'id="film"' in text


def test_page_goes_where_it_is_told_and_says_that_there_is_no_film(tmp_path: Path) -> None:
    run = fit(tmp_path)
    args = ["page", *SMALL, f"--ckpt_path={run / 'checkpoints' / 'last.ckpt'}", "--output=out/mine.html"]
    outcome = call(tmp_path, *args, "--language=ja")
    assert (outcome.code, outcome.err) == (0, "")
    assert "--scores の記録がないため、スコアの変化の動画は入りません。" in outcome.out
    assert f"ページ：{Path('out/mine.html')}（0." in outcome.out
    page = tmp_path / "out" / "mine.html"
    assert 'id="film"' not in page.read_text(encoding="utf-8")
    assert call(tmp_path, *args).code == 0
    page.write_text("mine", encoding="utf-8")
    assert "mine.html was changed since it was written and is kept as it is" in refused(tmp_path, *args)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "file is no folder" in refused(tmp_path, *args[:-1], "--output=file/page.html")


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    assert "--ckpt_path is missing: page needs trained weights" in refused(tmp_path, "page", *SMALL)
    colour = ["--config=image_folder.yaml", "--data.source.grayscale=false", "--ckpt_path=best"]
    assert "are colour pictures, and a drawing has one colour" in refused(tmp_path, "page", *colour)


def test_layer_that_the_page_does_not_know_is_named(tmp_path: Path) -> None:
    write(tmp_path, RECURRENT)
    own = ["--model=mynet.Net", "--data.source=Digits", "--trainer.max_epochs=1", "--trainer.limit_train_batches=2"]
    assert call(tmp_path, "fit", *own).code == 0
    outcome = call(tmp_path, "page", *own, "--ckpt_path=last")
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert line.startswith("Error: page: the layer lstm, LSTM(28 → 8), is none that the page can compute; it knows ")
    assert list(tmp_path.glob("tb_logs/*/*/page.html")) == []
