"""Where configs are looked up, and what their files may hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mnist_lab import shipped
from mnist_lab.cli.configs import find_config, read_config, read_configs, resolve_configs
from mnist_lab.errors import UsageError
from tests.commands.program import call, only_record, refused
from tests.conftest import CHECKOUT

SHIPPED = sorted((CHECKOUT / "configs").glob("*.yaml"))
FEW = [f"--trainer.limit_{split}_batches=3" for split in ("train", "val", "test")]


def test_path_as_given_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_config("fc.yaml") == CHECKOUT / "configs" / "fc.yaml"
    Path("fc.yaml").touch()
    assert find_config("fc.yaml") == Path("fc.yaml")


def test_checkout_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "mnist_lab"
    monkeypatch.setattr(shipped, "_PACKAGE", package)
    in_wheel, in_checkout = package / "configs" / "own.yaml", tmp_path / "configs" / "own.yaml"
    for path in (in_wheel, in_checkout):
        path.parent.mkdir(parents=True)
        path.touch()
    assert find_config("own.yaml") == in_checkout
    in_checkout.unlink()
    assert find_config("own.yaml") == in_wheel


def test_unknown_config_says_where_it_looked_and_what_there_is(tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", "--config", "fcc.yaml")
    assert message.startswith("There is no config 'fcc.yaml'")
    assert str(CHECKOUT / "configs") in message
    assert "Did you mean 'fc.yaml'?" in message
    assert all(path.name in message for path in SHIPPED)


def test_every_spelling_of_the_option_is_resolved() -> None:
    path = str(CHECKOUT / "configs" / "fc.yaml")
    args = ["--config", "fc.yaml", "--config=fc.yaml", "-c", "fc.yaml", "--seed_everything", "1"]
    assert resolve_configs(args) == ["--config", path, f"--config={path}", "-c", path, "--seed_everything", "1"]
    read = read_configs(resolve_configs(args))
    assert read[:3] == [f"--config=---\n{read_config(Path(path))}"] * 3
    assert read[3:] == ["--seed_everything", "1"]


def test_content_reaches_the_parser_as_it_was_written(tmp_path: Path) -> None:
    text = "a: &a 1e-3  # 学習率\nb: [*a, 'no', no, null]\nc: 数字\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    expected = "a: &id001 1e-3\nb: [*id001, 'no', no, null]\nc: \"\\u6570\\u5B57\"\n"
    assert read_config(tmp_path / "own.yaml") == expected


def test_option_without_a_value_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "fit", "--config") == "--config needs the name of a file, such as cnn.yaml."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds nothing; it must hold keys and values"),
        (b"# only a comment\n", "holds nothing"),
        (b"- model: FC\n", "holds a list; it must hold keys and values"),
        (b"hello\n", "holds a str; it must hold keys and values"),
        (b"model: [FC\n", "is no YAML: expected ',' or ']', but got '<stream end>' (line 2, column 1)."),
        (b"model: FC\n\tdata: 1\n", "(line 2, column 1)."),
        (b"model: \x00\n", "is no YAML: "),
        ("# 数字\nmodel: FC\n".encode("cp932"), "is not in UTF-8 (byte 2); save it as UTF-8."),
        ("model: FC\n".encode("utf-16"), "is not in UTF-8 (byte 0); save it as UTF-8."),
    ],
)
def test_file_that_is_no_config_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(content)
    for command in ("fit", "summary", "data"):
        message = refused(tmp_path, command, "--config", "own.yaml")
        assert message.startswith("--config: own.yaml ")
        assert said in message


def test_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    expected = f"--config: 'runs' is a folder; name a file in it, such as {Path('runs', 'fc.yaml')}."
    assert refused(tmp_path, "fit", "--config", "runs") == expected


def test_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--config: .*gone\.yaml cannot be read: No such file or directory\.$"):
        read_config(tmp_path / "gone.yaml")


def test_byte_order_mark_of_windows_editors_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("model: FC\n", encoding="utf-8-sig")
    assert read_config(tmp_path / "own.yaml") == "model: FC\n"


@pytest.mark.skipif(sys.platform == "win32", reason="sets the locale's encoding the POSIX way")
def test_configs_are_utf_8_where_the_locale_is_not(tmp_path: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    environment |= {"PYTHONPATH": str(CHECKOUT), "PYTHONWARNINGS": "ignore"}
    (tmp_path / "own.yaml").write_text(
        "# 28×28\ndata: {fallback: {class_path: MNIST, init_args: {mirrors: [数字]}}}\n", encoding="utf-8"
    )
    args = ["fit", "--config", "cnn.yaml", "--config", "own.yaml", "--data.source", "Digits", "--model.hidden=[4]"]
    done = subprocess.run(
        [sys.executable, "-m", "mnist_lab", *args, *FEW, "--trainer.max_epochs=1"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (kept,) = tmp_path.glob("tb_logs/*/*/config.yaml")
    settings = yaml.safe_load(kept.read_text(encoding="utf-8"))
    assert settings["data"]["fallback"]["init_args"]["mirrors"] == ["数字"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_config_runs(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = yaml.safe_load(path.read_text(encoding="utf-8"))["data"]["source"]
    overrides = []
    if source["class_path"] == "MNIST":
        overrides = ["--data.source.root", str(request.getfixturevalue("mnist_root"))]
    elif source["class_path"] in ("FashionMNIST", "KMNIST"):
        overrides = ["--data.source", "Digits"]
    outcome = call(tmp_path, "fit", "--config", path.name, *overrides, *FEW, "--trainer.max_epochs=1")
    assert outcome.code == 0, outcome.err
    record = only_record(tmp_path)
    assert (record.status, len(record.epochs)) == ("completed", 1)
    assert f"{record.parameters:,}" in path.read_text(encoding="utf-8").splitlines()[0]
