"""One's own files: found, imported once, and explained where they fail; and which of them a class is made of."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from torch import nn

from mnist_lab.errors import UsageError
from mnist_lab.training.user_modules import code_of, find_class
from tests.own_networks import SLIDE, write


def test_first_folder_that_has_the_file_counts(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder, f"place = {folder.name!r}\n{SLIDE}")
    found = find_class("mynet.Net", [one, two])
    assert issubclass(found, nn.Module)
    assert sys.modules["mynet"].place == "one"


def test_second_file_of_the_same_name_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder)
    find_class("mynet.Net", [one])
    with pytest.raises(UsageError, match=r"two.mynet\.py has the name of another module \(.*one.mynet\.py\)"):
        find_class("mynet.Net", [two])


def test_installed_class_needs_no_file(tmp_path: Path) -> None:
    found = find_class("torch.nn.Linear", [tmp_path])
    assert found is nn.Linear
    assert code_of(found) == {}


def test_code_is_that_of_all_own_files_that_the_class_uses(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    write(tmp_path, "from torch.nn import ReLU as Bend\n", "layers/__init__.py")
    write(tmp_path, "import unused\nfrom layers import Bend\n", "blocks.py")
    write(tmp_path, "", "unused.py")
    write(tmp_path, "", "stranger.py")
    write(tmp_path, f"from blocks import Bend\nimport blocks\n{SLIDE}")
    found = code_of(find_class("mynet.Net", [tmp_path]))
    assert sorted(found) == ["blocks.py", "mynet.py", "unused.py"]
    assert found["mynet.py"]["text"].startswith("from blocks import Bend")


def test_code_is_as_it_was_imported(tmp_path: Path) -> None:
    path = write(tmp_path)
    found = find_class("mynet.Net", [tmp_path])
    path.write_text("# edited while a sweep goes on\n", encoding="utf-8")
    assert code_of(found)["mynet.py"]["text"] == SLIDE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import torch\n\nclass Net(nn.Module):\n    pass\n",
            "mynet.py:3: NameError: name 'nn' is not defined (write 'from torch",
        ),
        ("class Net:\n    def __init__(self)\n        pass\n", "mynet.py:2: SyntaxError: expected ':'"),
        (
            "import there_is_no_such_thing\n",
            "mynet.py:1: ModuleNotFoundError: No module named 'there_is_no_such_thing'",
        ),
        ("x = 1\n1 / 0\n", "mynet.py:2: ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", "mynet.py:2: it ends the program (exit)"),
    ],
)
def test_file_that_fails_is_shown_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        find_class("mynet.Net", [tmp_path])
    assert said in str(caught.value)
    assert "mynet" not in sys.modules


def test_error_in_another_own_file_names_that_file(tmp_path: Path) -> None:
    write(tmp_path, "import blocks\n")
    write(tmp_path, "\n\nfail()\n", "blocks.py")
    with pytest.raises(UsageError, match=r"blocks\.py:3: NameError: name 'fail' is not defined"):
        find_class("mynet.Net", [tmp_path])


@pytest.mark.parametrize(("module", "renamed"), [("my-net", "my_net"), ("2layers", "_2layers"), ("my net", "my_net")])
def test_file_whose_name_is_no_modules_is_named_with_another(module: str, renamed: str, tmp_path: Path) -> None:
    write(tmp_path, name=f"{module}.py")
    with pytest.raises(UsageError, match=rf"^model: {module}\.py cannot be .* give {renamed}\.Net\.$"):
        find_class(f"{module}.Net", [tmp_path])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("mynet.net", "mynet.py has no class 'net'. Did you mean 'Net'? It has: Net."),
        ("mynt.Net", "there is no mynt.py in"),
        ("mynet", "mynet.py is a file; name a class in it, such as mynet.Net."),
        ("Net", "there is no class 'Net' in mnist_lab; the one in mynet.py is mynet.Net."),
    ],
)
def test_name_that_is_nearly_right_is_answered_with_the_right_one(asked: str, said: str, tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(UsageError) as caught:
        find_class(asked, [tmp_path])
    assert said in str(caught.value)


def test_file_with_the_name_of_one_of_pythons_modules_is_refused(tmp_path: Path) -> None:
    write(tmp_path, SLIDE, "code.py")
    with pytest.raises(UsageError, match=r"code\.py has the name of another module \(Python's own\)"):
        find_class("code.Net", [tmp_path])


def test_own_file_does_not_stand_in_the_way_of_a_model_that_comes_along(tmp_path: Path) -> None:
    write(tmp_path, SLIDE, "CNN.py")  # which is cnn.py to Windows
    assert find_class("CNN", [tmp_path]) is None
