"""Films of pictures: a GIF by Pillow, an MP4 by a program that stands in for ffmpeg."""

from __future__ import annotations

import io
import shutil
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from mnist_lab.pictures.animation import LAST_PICTURE_MS, PICTURE_MS, AnimatedGif, Film
from mnist_lab.pictures.showing import Drawn, FlipBook


def picture(grey: int, size: tuple[int, int] = (40, 20)) -> Drawn:
    """One grey, with a corner that has them all, as every picture of a series has the same colours."""
    image = Image.new("RGB", size, (grey, grey, grey))
    for place in range(256):
        image.putpixel((place % size[0], size[1] - 1 - place // size[0]), (place, place, place))
    file = io.BytesIO()
    image.save(file, "PNG")
    return Drawn(file.getvalue(), grey, str(grey))


def stand_in(folder: Path, code: str) -> str:
    """Return a program in the place of ffmpeg: its last argument is the file to be written."""
    script = folder / "ffmpeg.py"
    script.write_text(f"import sys, pathlib\nout = pathlib.Path(sys.argv[-1])\n{code}\n", encoding="utf-8")
    program = folder / ("ffmpeg.bat" if sys.platform == "win32" else "ffmpeg")
    call = f'"{sys.executable}" "{script}"'
    program.write_text(
        f"@{call} %*\n" if sys.platform == "win32" else f'#!/bin/sh\nexec {call} "$@"\n', encoding="utf-8"
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    return str(program)


def test_gif_holds_every_picture_and_rests_on_the_last(tmp_path: Path) -> None:
    gif = AnimatedGif(tmp_path / "scores.gif")
    for grey in (0, 128, 255):
        gif.show(picture(grey))
    assert not (tmp_path / "scores.gif").exists()
    gif.close()
    with Image.open(tmp_path / "scores.gif") as opened:
        frames = [
            (frame.convert("L").getpixel((5, 5)), frame.info["duration"]) for frame in ImageSequence.Iterator(opened)
        ]
        assert opened.info["loop"] == 0
    greys, durations_ms = zip(*frames, strict=True)
    assert greys == (pytest.approx(0, abs=8), pytest.approx(128, abs=8), pytest.approx(255, abs=8))
    assert durations_ms == (PICTURE_MS, PICTURE_MS, LAST_PICTURE_MS)


@pytest.mark.parametrize("kind", ["gif", "film"])
def test_without_a_picture_there_is_no_file(kind: str, tmp_path: Path) -> None:
    (AnimatedGif(tmp_path / "a.gif") if kind == "gif" else Film(tmp_path / "a.mp4", "nowhere")).close()
    assert list(tmp_path.iterdir()) == []


def test_flip_book_is_numbered_in_order(tmp_path: Path) -> None:
    book = FlipBook(tmp_path)
    drawn = [picture(grey) for grey in range(3)]
    for one in drawn:
        book.show(one)
    book.close()
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [one.png for one in drawn]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0000.png", "0001.png", "0002.png"]


def test_film_gets_every_picture_and_rests_on_the_last(tmp_path: Path) -> None:
    program = stand_in(tmp_path, "out.write_bytes(sys.stdin.buffer.read())")
    film = Film(tmp_path / "scores.mp4", program)
    first, last = picture(0), picture(255)
    film.show(first)
    film.show(last)
    film.close()
    assert (tmp_path / "scores.mp4").read_bytes() == first.png + last.png * (LAST_PICTURE_MS // PICTURE_MS)
    assert not list(tmp_path.glob("*part*"))


def test_film_that_fails_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    program = stand_in(tmp_path, "out.write_text('half'); sys.exit('first\\nUnknown encoder h264')")
    film = Film(tmp_path / "scores.mp4", program)
    film.show(picture(0))
    with pytest.raises(OSError, match=r"^ffmpeg: Unknown encoder h264$"):
        film.close()
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_real_ffmpeg_makes_a_film(tmp_path: Path) -> None:
    film = Film(tmp_path / "scores.mp4", str(shutil.which("ffmpeg")))
    for grey in (0, 255):
        film.show(picture(grey))
    film.close()
    assert (tmp_path / "scores.mp4").read_bytes()[4:8] == b"ftyp"
