"""The page as one HTML file: style, code, data and weights are in it, and it may fetch nothing."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mnist_lab.errors import MnistLabError, UsageError, is_full
from mnist_lab.language import current_language, say
from mnist_lab.own_files import OwnFiles, why_unwritten
from mnist_lab.page.page_content import page_content
from mnist_lab.page.subject import Subject
from mnist_lab.pictures.embedded_font import embedded_font

OPTION = "--output"
_FILES = Path(__file__).parent / "files"
_SCRIPTS = ("operations.js", "drawing.js", "pixels.js", "chart.js", "layers.js", "inputs.js", "film.js", "start.js")
_JAPANESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")


def check_page(path: Path) -> None:
    """Look whether the file may be written.

    Raises:
        UsageError: There is a file of this name that this program has not written, or that was changed since.
    """
    OwnFiles(path.parent, OPTION).check([path.name])


def write_page(path: Path, subject: Subject) -> int:
    """Write the page and return its size in bytes.

    Args:
        path: The file; one that this program has written, and nobody changed, is replaced.
        subject: What it is about.

    Raises:
        UsageError: The network has a layer that the page does not know, or the file is the user's or unwritable.
        MnistLabError: There is no room.
    """
    content = to_page(subject).encode()
    try:
        OwnFiles(path.parent, OPTION).write({path.name: content})
    except OSError as error:
        kind = MnistLabError if is_full(error) else UsageError
        raise kind(
            say(
                "{option}: {path} cannot be written: {why}; name another file.",
                "{option}：{path} に書き込めません：{why}。別のファイルを指定してください。",
                option=OPTION,
                path=path,
                why=why_unwritten(error),
            )
        ) from error
    return len(content)


def to_page(subject: Subject) -> str:
    """Return the page.

    Raises:
        UsageError: The network has a layer that the page does not know.
    """
    content, weights = page_content(subject)
    environment = Environment(
        loader=PackageLoader("mnist_lab.page", "files"), autoescape=True, undefined=StrictUndefined
    )
    heading = _heading(subject)
    data = _as_script(content)
    text = "".join([*content["words"].values(), *heading.values(), *content["classes"], data])
    return environment.get_template("page.html").render(
        language=current_language(),
        words={**content["words"], **heading},
        is_picture=content["form"] is not None,
        is_one_number=content["features"] is not None and len(content["features"]) == 1,
        has_film=content["film"] is not None,
        style=Markup((_FILES / "page.css").read_text(encoding="utf-8")),
        font=Markup(embedded_font(text)) if _JAPANESE.search(text) else None,
        script=Markup("\n".join((_FILES / name).read_text(encoding="utf-8") for name in _SCRIPTS)),
        data=Markup(data),
        weights=Markup(base64.b64encode(weights).decode("ascii")),
    )


def _heading(subject: Subject) -> dict[str, str]:
    """Return what the page is called, and what it was made of."""
    title = say("{model} on {data}", "{data} を学習した {model}", model=subject.model, data=subject.data)
    made = say(
        "{parameters:,} parameters · checkpoint {checkpoint}",
        "パラメータ {parameters:,} 個・チェックポイント {checkpoint}",
        parameters=sum(parameter.numel() for parameter in subject.network.parameters()),
        checkpoint=subject.checkpoint,
    )
    return {"title": title, "made": made}


def _as_script(content: dict[str, Any]) -> str:
    """Return plain values as JSON that may stand in a script: no text in there ends it."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
