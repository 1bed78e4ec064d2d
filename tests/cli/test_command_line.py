"""Command lines that are said to be copied."""

from __future__ import annotations

import pytest

from mnist_lab.cli.command_line import command_line, without_option


@pytest.mark.parametrize(
    ("system", "line"),
    [("posix", "lightning report 'my runs/1' a"), ("nt", 'lightning report "my runs/1" a')],
)
def test_words_with_spaces_are_quoted_as_the_system_does(
    system: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnist_lab.cli.command_line.os.name", system)
    assert command_line("lightning", "report", "my runs/1", "a") == line


@pytest.mark.parametrize(
    ("system", "line"),
    [
        ("posix", "fit --model.hidden '[8,8]' --trainer.callbacks+=a.B"),
        ("nt", 'fit --model.hidden "[8,8]" --trainer.callbacks+=a.B'),
    ],
)
def test_letters_that_mean_something_to_a_shell_are_quoted(
    system: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnist_lab.cli.command_line.os.name", system)
    assert command_line("fit", "--model.hidden", "[8,8]", "--trainer.callbacks+=a.B") == line


@pytest.mark.parametrize("given", [["--ckpt_path", "last"], ["--ckpt_path=last"]])
def test_option_is_left_out_with_its_value(given: list[str]) -> None:
    assert without_option(["--config", "a.yaml", *given, "--x=1"], "--ckpt_path") == ["--config", "a.yaml", "--x=1"]
