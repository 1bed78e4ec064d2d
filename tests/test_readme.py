"""What the READMEs show can be run: their commands parse, their files exist, both languages show the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mnist_lab.main import COMMANDS, main
from tests.reports.records import leave_run

CHECKOUT = Path(__file__).resolve().parent.parent
ENGLISH = (CHECKOUT / "README.md").read_text(encoding="utf-8")
JAPANESE = (CHECKOUT / "README.ja.md").read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """Return the lines of the blocks without a language, and what the table of commands shows."""
    every = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    blocks = [block for language, block in every if not language]
    table = re.findall(r"^\| `(lightning [^`]+)`", text, flags=re.MULTILINE)
    return [*(line for block in blocks for line in block.splitlines()), *table]


ON_RUNS = ("compare", "sweep", "report")
OURS = sorted({line for line in commands(ENGLISH) if line.startswith("lightning ")})


def test_readme_opens_with_the_two_commands() -> None:
    assert commands(ENGLISH)[:3] == ['pip install -e ".[test]"', "lightning fit --config cnn.yaml", "pytest"]


def test_both_languages_show_the_same_commands_and_code() -> None:
    assert commands(JAPANESE) == commands(ENGLISH)
    assert re.findall(r"```python.*?```", JAPANESE, flags=re.DOTALL) == re.findall(
        r"```python.*?```", ENGLISH, flags=re.DOTALL
    )


def place_of(link: str) -> tuple[str, int | None]:
    """Return a link's file, in English, and which of its headings the link leads to: they differ by language."""
    name, _, heading = link.partition("#")
    number = None
    if heading and "://" not in link:
        lines = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
        headings = [
            re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-") for line in lines if line[:1] == "#"
        ]
        number = headings.index(heading)
    return name.replace(".ja.md", ".md"), number


def test_both_languages_link_to_the_same_places() -> None:
    english, japanese = (
        {place_of(link) for link in re.findall(r"\]\(([^)]+)\)", text)} for text in (ENGLISH, JAPANESE)
    )
    assert english == japanese


@pytest.mark.parametrize("text", [ENGLISH, JAPANESE], ids=["README.md", "README.ja.md"])
def test_linked_files_exist(text: str) -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (CHECKOUT / link).is_file()] == []


def test_readme_shows_every_command() -> None:
    assert {line.split()[1] for line in OURS} == set(COMMANDS)


@pytest.mark.parametrize("line", [line for line in OURS if line.split()[1] not in ("doctor", "bench", "new", *ON_RUNS)])
def test_commands_are_accepted_by_the_parser(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    args = shlex.split(line)[1:]
    with pytest.raises(SystemExit) as stop:
        main([*args, *([] if "--print_config" in args else ["--print_config"])])
    assert stop.value.code == 0
    assert re.search(r"class_path: mnist_lab\.(CNN|FC|Perceptron)\b", capsys.readouterr().out)


def test_changes_shown_run_in_the_order_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    section = ENGLISH.partition("## Change something")[2].partition("\n## ")[0]
    lines = [line for line in commands(section) if line.startswith("lightning ") and "--print_config" not in line]
    assert len(lines) == 5
    quickly = ["--data.source=Digits", "--trainer.limit_train_batches=1", "--trainer.enable_progress_bar=false"]
    for line in lines:
        assert main([*shlex.split(line)[1:], *quickly]) == 0, line
    assert len(list(tmp_path.glob("tb_logs/cnn-digits/*/record.json"))) == 2
    assert "epoch 8/8" in capsys.readouterr().out


@pytest.mark.usefixtures("unrendered_figures")
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=pytest.mark.slow) if "sweep" in line or "--repeats" in line else line
        for line in OURS
        if line.split()[1] in ON_RUNS
    ],
)
def test_experiments_shown_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command, *args = shlex.split(line)[1:]
    for model in ("CNN", "FC"):
        leave_run(tmp_path / "tb_logs", model, 0)
    quickly = ["--data.source=Digits", "--trainer.max_epochs=1", "--trainer.limit_train_batches=2"]
    assert main([command, *args, *([] if command == "report" else quickly)]) == 0
    assert len(list(tmp_path.glob("reports/*/report.html"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        line if "matmul" in line else pytest.param(line, marks=pytest.mark.slow)
        for line in OURS
        if line.split()[1] == "bench"
    ],
)
def test_benches_shown_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command, *args = shlex.split(line)[1:]
    quickly = ["--sizes=8,16", "--max-seconds=0.01", "--only=python,numpy-1"]
    assert main([command, *args, *quickly]) == 0
    assert len(list(tmp_path.glob("reports/*/report.html"))) == 1


def test_python_shown_runs() -> None:
    (first, second) = re.findall(r"```python\n(.*?)```", ENGLISH, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(first, names)
    assert type(names["CudaMemoryGuard"]()).__name__ == "CudaMemoryGuard"  # type: ignore[operator]
    exec(second, names)
