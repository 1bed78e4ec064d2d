"""What is found out about the place in which a program runs."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import matplotlib
import pytest

from mnist_lab.pictures import surroundings


@pytest.mark.parametrize(
    ("shell", "is_notebook"),
    [(None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=object()), True)],
    ids=["plain Python", "IPython in a terminal", "a kernel"],
)
def test_notebook_is_a_shell_with_a_kernel(shell: object, is_notebook: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert surroundings.in_notebook() is is_notebook


def test_without_ipython_there_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not surroundings.in_notebook()


@pytest.mark.parametrize(
    ("backend", "pycharm", "windows"),
    [
        ("agg", False, False),
        ("TkAgg", False, True),
        ("QtAgg", False, True),
        ("WebAgg", False, False),
        ("module://backend_interagg", True, False),
        ("module://matplotlib_inline.backend_inline", False, False),
    ],
)
def test_backend_tells_windows_and_pycharm(
    backend: str, pycharm: bool, windows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matplotlib, "get_backend", lambda **_: backend)
    assert (surroundings.in_pycharm(), surroundings.has_windows()) == (pycharm, windows)


def test_backend_that_nobody_has_chosen_is_not_pycharms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib, "get_backend", lambda **_: None)
    assert not surroundings.in_pycharm()
