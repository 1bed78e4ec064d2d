"""A notebook's picture as JupyterLab shows it: one place in the cell, one picture after another, the text stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHECKOUT, missing
from tests.test_notebooks import REDRAWN

pytestmark = pytest.mark.browser

PATIENCE_S = 120.0
IDLE = ".jp-Notebook-ExecutionIndicator[data-status='idle']"
PICTURES = "return [...document.querySelectorAll('.jp-OutputArea-output img')].map(image => image.src)"
TEXT = "return [...document.querySelectorAll('.jp-OutputArea-output')].map(output => output.innerText).join('\\n')"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a JupyterLab of its own answers, with the notebook ``hills.ipynb`` in its folder."""
    if find_spec("jupyterlab") is None:
        missing('JupyterLab is not installed: pip install -e ".[notebook]".')
    nbformat = pytest.importorskip("nbformat")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(REDRAWN)], metadata=kernel)
    nbformat.write(notebook, tmp_path / "hills.ipynb")
    runtime = tmp_path / "runtime"
    paths = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])
    places = {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "PYTHONPATH": paths}
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token="]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=tmp_path,
            env={**os.environ, **places},
            stdout=log,
            stderr=log,
        )
    try:
        file = waited_for(lambda: next(runtime.glob("jpserver-*.json"), None))
        yield str(json.loads(file.read_text(encoding="utf-8"))["url"])
    finally:
        # A server with a live kernel hears SIGTERM and may wait for it for longer than a test has time.
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def waited_for(find: Callable[[], Any]) -> Any:
    """Return what is there sooner or later."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (found := find()):
        assert time.monotonic() < deadline_s, "it never came"
        time.sleep(0.05)
    return found


def first_cell_is_run(browser: Any) -> bool:
    """Click into the first cell and press Ctrl+Enter; false while there is none, or while JupyterLab draws it anew."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    try:
        lines = browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell .cm-line")
        shown = [line for line in lines if line.is_displayed()]
        if not shown:
            return False
        keys = ActionChains(browser).move_to_element(shown[0]).click()
        keys.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    except StaleElementReferenceException:
        return False
    return True


def test_one_place_shows_at_least_three_pictures_and_the_text_stays(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By

    browser.get(f"{address}lab/tree/hills.ipynb")
    waited_for(lambda: browser.find_elements(By.CSS_SELECTOR, IDLE))
    waited_for(lambda: first_cell_is_run(browser))
    seen: list[str] = []
    deadline_s = time.monotonic() + PATIENCE_S
    while "after the picture" not in (text := browser.execute_script(TEXT)):
        pictures = browser.execute_script(PICTURES)
        # Once there, it is never away: that would be the flicker of a cell that is cleared and filled again.
        assert len(pictures) == (1 if seen else len(pictures)) <= 1
        seen += [picture for picture in pictures if picture not in seen]
        assert time.monotonic() < deadline_s, text
        time.sleep(0.02)
    assert len(seen) >= 3
    assert all(picture.startswith("data:image/png;base64,") for picture in seen)
    assert text.index("before the picture") < text.index("after the picture")
