"""What may be compared: networks of one's own count by their code, not by the name of their class."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.comparisons.comparison_check import check_configs
from mnist_lab.errors import UsageError
from tests.own_networks import SLIDE, write

CONFIG = "model: {module}.Net\ndata:\n  source: Digits\n"


def own_config(folder: Path, module: str, text: str) -> str:
    write(folder, text, f"{module}.py")
    path = folder / f"{module}.yaml"
    path.write_text(CONFIG.format(module=module), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_networks_of_one_class_name_in_two_files_are_compared(tmp_path: Path) -> None:
    configs = [
        own_config(tmp_path, "relu_net", SLIDE),
        own_config(tmp_path, "tanh_net", SLIDE.replace("nn.ReLU()", "nn.Tanh()")),
    ]
    assert [contestant.config for contestant in check_configs(configs, [])] == configs


def test_copy_that_was_not_edited_is_the_same_network(tmp_path: Path) -> None:
    configs = [own_config(tmp_path, "first_net", SLIDE), own_config(tmp_path, "copied_net", f"# a copy\n{SLIDE}")]
    with pytest.raises(UsageError, match="are the same configuration"):
        check_configs(configs, [])
