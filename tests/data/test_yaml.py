"""The data module on a command line and in YAML, as LightningCLI parses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonargparse import ArgumentParser

from mnist_lab.data import ClassificationDataModule, Digits
from mnist_lab.errors import UsageError

YAML = """
data:
  source:
    class_path: MNIST
    init_args: {root: from_yaml}
  fallback: Digits
  seed: 3
"""


def parse(*args: str) -> Any:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--config", action="config")
    parser.add_class_arguments(ClassificationDataModule, "data")
    config = parser.parse_args(list(args))
    instantiate = getattr(parser, "instantiate", None) or parser.instantiate_classes
    return instantiate(config).data


@pytest.mark.parametrize(
    ("args", "name", "root"),
    [
        (["--data.source", "FashionMNIST", "--data.source.root", "x"], "FashionMNIST", "x"),
        (["--data.source", "KMNIST", "--data.source.init_args.root", "x"], "KMNIST", "x"),
        (["--data.source=mnist_lab.data.MNIST"], "MNIST", "data"),
    ],
)
def test_sources_go_by_short_names(args: list[str], name: str, root: str) -> None:
    source = parse(*args).source
    assert (source.name, source.root) == (name, root)


def test_yaml_and_overrides(tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text(YAML, encoding="utf-8")
    module = parse("--config", str(config))
    assert (module.source.root, module.seed) == ("from_yaml", 3)
    assert isinstance(module.fallback, Digits)
    module = parse("--config", str(config), "--data.source.root", "other", "--data.fallback", "null")
    assert (module.source.root, module.fallback) == ("other", None)


def test_interval_labels_are_a_list() -> None:
    module = parse("--data.source=Intervals", "--data.source.labels=[0,1,0]")
    assert (module.input_shape, module.num_classes) == ((1,), 2)


def test_wrong_value_stays_one_line_of_usage_error() -> None:
    with pytest.raises(UsageError, match=r"^data\.batch_size: 0 is not a batch size; give 1 or more\.$"):
        parse("--data.batch_size", "0")


def test_import_leaves_scikit_learns_data_sets_alone() -> None:
    code = "import sys, mnist_lab.data; print('sklearn.datasets' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
