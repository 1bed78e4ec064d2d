"""A series of pictures as one file that moves: an animated GIF, or a film where there is ffmpeg."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from PIL import Image

from mnist_lab.atomic_write import rename, write_atomically
from mnist_lab.pictures.showing import Drawn

PICTURE_MS = 250
LAST_PICTURE_MS = 2500
_COLOURS = 64
_WIDTH_PX = 960


class _Kept:
    """Keeps the pictures, packed as PNG, of which a file is made at the end."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self._path = path
        self._pngs: list[bytes] = []

    def show(self, drawn: Drawn) -> None:
        """Keep the next picture."""
        self._pngs.append(drawn.png)


class AnimatedGif(_Kept):
    """Makes an animated GIF of the pictures."""

    def close(self) -> None:
        """Write the file; without a picture there is none."""
        if not self._pngs:
            return
        # One palette for all: colours do not flicker, and little changes between two pictures. Of an octree, since the
        # usual median cut spends its colours on what fills the picture, and has none left for thin lines.
        both = _beside(_opened(self._pngs[0]), _opened(self._pngs[-1]))
        palette = both.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        frames = (_opened(png).quantize(palette=palette, dither=Image.Dither.NONE) for png in self._pngs)
        durations_ms = [PICTURE_MS] * (len(self._pngs) - 1) + [LAST_PICTURE_MS]
        file = io.BytesIO()
        next(frames).save(
            file, "GIF", save_all=True, append_images=frames, duration=durations_ms, loop=0, optimize=False
        )
        write_atomically(self._path, file.getvalue())


class Film(_Kept):
    """Has ffmpeg make an MP4 of the pictures."""

    def __init__(self, path: Path, ffmpeg: str) -> None:
        """Name the file.

        Args:
            path: Of the MP4.
            ffmpeg: The program.
        """
        super().__init__(path)
        self._ffmpeg = ffmpeg

    def close(self) -> None:
        """Write the file; without a picture there is none.

        Raises:
            OSError: ffmpeg failed; its last line says why.
        """
        if not self._pngs:
            return
        partial = self._path.with_name(f".{self._path.stem}-part{self._path.suffix}")
        pictures = [*self._pngs, *[self._pngs[-1]] * (LAST_PICTURE_MS // PICTURE_MS - 1)]
        command = [self._ffmpeg, "-y", "-loglevel", "error", "-f", "image2pipe", "-framerate", f"{1000 / PICTURE_MS:g}"]
        # What every player takes: this order of colours, and the index at the beginning.
        command += ["-i", "-", "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(partial)]
        done = subprocess.run(command, input=b"".join(pictures), capture_output=True, check=False)
        if done.returncode != 0:
            partial.unlink(missing_ok=True)
            lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
            raise OSError(f"ffmpeg: {lines[-1]}")
        rename(partial, self._path)


def _beside(first: Image.Image, second: Image.Image) -> Image.Image:
    both = Image.new("RGB", (first.width + second.width, max(first.height, second.height)))
    both.paste(first, (0, 0))
    both.paste(second, (first.width, 0))
    return both


def _opened(png: bytes) -> Image.Image:
    """Return a picture of a size at which a long film is still a file that is sent and shown easily."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    scale = min(_WIDTH_PX / picture.width, 1)
    return picture.resize((round(scale * picture.width), round(scale * picture.height)), Image.Resampling.LANCZOS)
