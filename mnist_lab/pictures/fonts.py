"""The fonts of every figure: a Japanese one comes along, so that no machine needs one of its own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from matplotlib import font_manager

from mnist_lab.language import current_language

JAPANESE_FONT = "IPAexGothic"
LATIN_FONT = "DejaVu Sans"
"""Comes with matplotlib."""


def japanese_font_path() -> Path:
    """Return the font file that comes along."""
    # Importing the package would set its font for all of matplotlib; only the file is wanted.
    package = find_spec("matplotlib_fontja")
    assert package is not None, "matplotlib-fontja is a dependency"
    assert package.origin is not None
    return Path(package.origin).parent / "fonts" / "ipaexg.ttf"


def fonts() -> list[str]:
    """Return the families that a figure's text is drawn in, the current language's first, ready for matplotlib."""
    known = {font.fname for font in font_manager.fontManager.ttflist}
    if str(japanese_font_path()) not in known:
        font_manager.fontManager.addfont(str(japanese_font_path()))
    return [JAPANESE_FONT, LATIN_FONT] if current_language() == "ja" else [LATIN_FONT, JAPANESE_FONT]
