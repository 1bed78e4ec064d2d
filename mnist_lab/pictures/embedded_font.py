"""The Japanese font cut down to a text's characters, for HTML files that stand alone."""

from __future__ import annotations

import base64
import io

from mnist_lab.pictures.fonts import japanese_font_path


def embedded_font(text: str) -> str:
    """Return the glyphs of a text as a WOFF font in base64; the whole font would be six megabytes."""
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=[], hinting=False, desubroutinize=True)
    options.drop_tables += ["FFTM", "GSUB", "GPOS"]
    font = subset.load_font(str(japanese_font_path()), options)
    # The file would otherwise bear the time at which it was made.
    font.recalcTimestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text + " \u00a0…")
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    font.close()
    return base64.b64encode(buffer.getvalue()).decode("ascii")
