from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.cli.yaml_file import read_yaml
from mnist_lab.errors import UsageError


def test_text_and_content(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("lr: 1e-3  # 学習率\n", encoding="utf-8-sig")
    file = read_yaml(path, "own")
    assert file.text == "lr: 1e-3  # 学習率\n"
    assert file.content == {"lr": "1e-3"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [b\n", "The file own.yaml is no YAML: expected ',' or ']', but got '<stream end>' (line 2, column 1)."),
        (b"a: 1\n\tb: 2\n", "(line 2, column 1)."),
        (b"a: \x00\n", "The file own.yaml is no YAML: unacceptable character #x0000: special characters are not"),
        ("# 数字\n".encode("cp932"), "The file own.yaml is not in UTF-8 (byte 2); save it as UTF-8."),
    ],
)
def test_damaged_file_is_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        read_yaml(path, "The file own.yaml")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^The file cannot be read: No such file or directory\.$"):
        read_yaml(tmp_path / "gone.yaml", "The file")
