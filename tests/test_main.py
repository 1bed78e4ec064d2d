"""The command tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from rich.cells import cell_len

from mnist_lab import __version__
from mnist_lab.cli.command_line import command_line
from mnist_lab.main import COMMANDS, main, run
from tests.commands.program import call, refused
from tests.conftest import CHECKOUT
from tests.test_language import JAPANESE


def python(*args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, *args], capture_output=True, encoding="utf-8", env=environment, check=False)


def test_both_scripts_start_the_same_function() -> None:
    scripts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"lightning": "mnist_lab.main:run", "mnist-lab": "mnist_lab.main:run"}


def test_module_is_the_same_program() -> None:
    for args in (["--version"], ["--help"], ["fitt"]):
        script = python("-c", "from mnist_lab.main import run; run()", *args)
        module = python("-m", "mnist_lab", *args)
        assert (script.returncode, script.stdout, script.stderr) == (module.returncode, module.stdout, module.stderr)
        assert script.stdout + script.stderr


def test_help_lists_every_command_within_a_second() -> None:
    took_s = []
    for _ in range(3):
        start = time.perf_counter()
        done = python("-m", "mnist_lab", "--help")
        took_s.append(time.perf_counter() - start)
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert set(COMMANDS) <= set(listed)
    assert min(took_s) < 1


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["--version"], [], ["fit", "--help"], ["predict", "-h"]])
def test_help_and_version_import_no_torch(args: list[str]) -> None:
    code = (
        "import sys; from mnist_lab.main import main; code = main(sys.argv[1:]); "
        "print('loaded', code, {'torch', 'lightning', 'jsonargparse'} & set(sys.modules))"
    )
    done = python("-c", code, *args)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("loaded 0 set()\n")


def test_no_argument_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    without = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert without == capsys.readouterr().out


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mnist_lab {__version__}\n"


@pytest.mark.parametrize(("typed", "meant"), [("fitt", "fit"), ("sumary", "summary"), ("tset", "test")])
def test_unknown_command_names_the_nearest(typed: str, meant: str, tmp_path: Path) -> None:
    message = refused(tmp_path, typed)
    assert message.startswith(f"There is no command '{typed}'. Did you mean '{meant}'?")
    assert all(name in message for name in COMMANDS)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--config", "fc.yaml"], "lightning fit --config fc.yaml"),
        (["--config", "cnn.yaml", "test", "--ckpt_path", "last"], "lightning test --config cnn.yaml --ckpt_path last"),
        (["--config=my own.yaml", "fit"], command_line("lightning", "fit", "--config=my own.yaml")),
    ],
)
def test_option_before_the_command_is_moved_behind_it(args: list[str], line: str, tmp_path: Path) -> None:
    assert refused(tmp_path, *args) == f"The command comes first: {line}"


def test_verbose_alone_shows_the_help(tmp_path: Path) -> None:
    assert call(tmp_path, "--verbose") == call(tmp_path, "--help")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_commands_help_exits_with_0(command: str, tmp_path: Path) -> None:
    outcome = call(tmp_path, command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("usage:")
    assert list(tmp_path.iterdir()) == []


def described(text: str) -> dict[str, str]:
    """What a help says of each option, by the option."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if option := re.match(r"  (?:-h, )?(--\S+)", line):
            found[option[1]] = line
        elif found and line.startswith("    "):
            found[[*found][-1]] += line
    return found


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_is_described_in_both_languages(command: str, tmp_path: Path) -> None:
    english = described(call(tmp_path, command, "--help").out)
    outcome = call(tmp_path, command, "--help", "--language", "ja")
    japanese = described(outcome.out)
    assert outcome.out.startswith("使い方：")
    assert english.keys() == japanese.keys() > {"--language"}
    assert {option for option, text in japanese.items() if not JAPANESE.search(text)} == set()
    assert {option for option, text in english.items() if JAPANESE.search(text) or len(text.split()) < 3} == set()
    assert max(map(cell_len, outcome.out.splitlines())) <= 100


def test_mnist_lab_says_once_that_another_lightning_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / ("lightning.bat" if os.name == "nt" else "lightning")
    other.write_text("echo another program\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for program, notes in (("mnist-lab", 1), ("lightning", 0)):
        monkeypatch.setattr(sys, "argv", [str(tmp_path / "bin" / program), "--version"])
        monkeypatch.setattr("mnist_lab.main.leave", sys.exit)  # the real one would end pytest
        with pytest.raises(SystemExit) as stop:
            run()
        assert stop.value.code == 0
        err = capsys.readouterr().err
        assert err.count("another program") == notes
        # Windows finds it under the ending as PATHEXT writes it: .BAT.
        assert (str(other).lower() in err.lower()) == bool(notes)


def test_own_script_is_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = tmp_path / ("lightning.bat" if os.name == "nt" else "lightning")
    ours.write_text("#!python\nfrom mnist_lab.main import run\n", encoding="utf-8")
    ours.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(sys, "argv", ["mnist-lab", "--version"])
    monkeypatch.setattr("mnist_lab.main.leave", sys.exit)
    with pytest.raises(SystemExit):
        run()
    assert capsys.readouterr().err == ""


def test_help_of_a_command_ends_without_a_word_on_the_error_stream() -> None:
    done = python("-m", "mnist_lab", "fit", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage:")
