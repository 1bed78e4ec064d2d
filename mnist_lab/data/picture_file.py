"""A file with a picture: read the right way up, without transparency, in grey levels or colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from mnist_lab.errors import DataError
from mnist_lab.language import say

Mode = Literal["L", "RGB"]

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
_READ = ".png, .jpg, .bmp, .gif, .webp, .tif"


def read_picture(path: Path, size: Sequence[int], grayscale: bool) -> Tensor:
    """Read a picture, brought to a size, the right way up.

    Args:
        path: The file.
        size: Height and width in pixels.
        grayscale: One channel in place of three.

    Returns:
        uint8 ``(channels, height, width)``.

    Raises:
        DataError: It cannot be read.
    """
    height, width = size
    # A JPEG of many megapixels is decoded at the smallest scale that suffices, several times as fast.
    opened = open_picture(path, "L" if grayscale else "RGB", least=(2 * width, 2 * height))
    picture = opened.resize((width, height), Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(picture, dtype=np.uint8))
    return pixels.unsqueeze(0) if grayscale else pixels.permute(2, 0, 1)


def open_picture(path: Path, mode: Mode, least: tuple[int, int], *, behind: str = "white") -> Image.Image:
    """Read a picture, the right way up.

    Args:
        path: The file.
        mode: ``L`` grey levels, ``RGB`` colours.
        least: Width and height in pixels that suffice: a larger JPEG may be decoded at a smaller scale.
        behind: The colour that transparent parts become.

    Raises:
        DataError: It cannot be read.
    """
    try:
        with Image.open(path) as opened:
            opened.draft(mode, least)
            return _opaque(ImageOps.exif_transpose(opened), behind).convert(mode)
    except UnidentifiedImageError as error:
        raise DataError(
            say(
                "{path} is no picture that can be read ({kinds}); save it as one of these, or take it out of the "
                "folder.",
                "{path} は読み込める画像（{kinds}）ではありません。いずれかの形式で保存し直すか、フォルダから"
                "取り除いてください。",
                path=path,
                kinds=_READ,
            )
        ) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise DataError(
            say(
                "{path} cannot be read as a picture: {why}; save it anew, or take it out.",
                "{path} を画像として読み込めません：{why}。保存し直すか、取り除いてください。",
                path=path,
                why=reason,
            )
        ) from error


def _opaque(picture: Image.Image, behind: str) -> Image.Image:
    """Put a picture on a colour; otherwise what is drawn would be lost where all of it has that of the transparent."""
    if picture.mode.startswith("I;16"):
        # Pillow would cut 16-bit grey levels off at 255.
        return Image.fromarray((np.array(picture) // 257).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture
    filled = Image.new("RGBA", picture.size, behind)
    filled.alpha_composite(picture.convert("RGBA"))
    return filled
