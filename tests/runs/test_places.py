"""What a report shows of places on somebody's machine: no user's name."""

from __future__ import annotations

import pytest

from mnist_lab.runs.places import without_home, without_places
from mnist_lab.runs.run import value_text
from mnist_lab.sweeps.points import short_value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot write /home/somebody/tb_logs/run/last.ckpt: full", "cannot write last.ckpt: full"),
        (r"cannot write C:\Users\somebody\last.ckpt", "cannot write last.ckpt"),
        (r"cannot write C:\Users\Taro Yamada\学習\last.ckpt: full", "cannot write last.ckpt: full"),
        (r"C:\Users\Taro Yamada\last.ckpt is gone", "last.ckpt is gone"),
        ("no folder can be made in /Users/taro: full", "no folder can be made in ~: full"),
        ("see https://pytorch.org/get-started/locally/", "see https://pytorch.org/get-started/locally/"),
        ("loss is NaN after 3/4 of epoch 2, see docs/guard.md", "loss is NaN after 3/4 of epoch 2, see docs/guard.md"),
    ],
)
def test_places_are_cut_out_of_messages(text: str, shown: str) -> None:
    assert without_places(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"C:\Users\利用者\data\own.csv", r"~\data\own.csv"),
        (r"c:/users/Taro Yamada/own data/own.csv", "~/own data/own.csv"),
        (r'{"path": "C:\\Users\\Taro Yamada\\own.csv"}', r'{"path": "~\\own.csv"}'),
        (r"C:\Users\taro", "~"),
        ("/home/taro/own.csv", "~/own.csv"),
        ("/srv/home/own.csv", "/srv/home/own.csv"),
        ("data/MNIST", "data/MNIST"),
    ],
)
def test_home_is_a_tilde(text: str, shown: str) -> None:
    assert without_home(text) == shown


def test_own_home_is_a_tilde_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, "/profiles/taro")
    assert without_home("/profiles/taro/own.csv, /profiles/taro-2, /x/profiles/taro") == (
        "~/own.csv, /profiles/taro-2, /x/profiles/taro"
    )


def test_values_of_settings_show_no_home() -> None:
    assert value_text(r"C:\Users\taro") == "~"
    assert short_value(r"C:\Users\taro\own.csv") == r"~\own.csv"
