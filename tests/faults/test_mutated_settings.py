"""Invented command lines and configs: each is taken or refused in one line, in time, and leaves nothing behind.

MNIST_LAB_MUTATIONS says how many, MNIST_LAB_MUTATION_SEED with which seed (``random``: a new one, which is printed).
"""

from __future__ import annotations

import collections
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.commands.program import call, everything_in

COUNT = int(os.environ.get("MNIST_LAB_MUTATIONS", "100"))
_ASKED = os.environ.get("MNIST_LAB_MUTATION_SEED", "0")
SEED = random.SystemRandom().randrange(2**32) if _ASKED == "random" else int(_ASKED)
LONGEST_S = 20

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600), pytest.mark.filterwarnings("ignore::UserWarning")]

BASE = ["--config=fc.yaml", "--data.source=Digits", "--model.hidden=[8]"]
OPTIONS = (
    *("trainer", "trainer.max_epochs", "trainer.max_steps", "trainer.max_time", "trainer.precision", "trainer.logger"),
    *("trainer.callbacks", "trainer.limit_train_batches", "trainer.val_check_interval", "trainer.gradient_clip_val"),
    *("trainer.accelerator", "trainer.log_every_n_steps", "trainer.accumulate_grad_batches", "trainer.profiler"),
    *(
        "model",
        "model.hidden",
        "model.activation",
        "model.dropout",
        "model.loss",
        "model.class_path",
        "model.init_args",
    ),
    *("data", "data.source", "data.batch_size", "data.val_fraction", "data.seed", "data.memory", "data.fallback"),
    *("optimizer", "optimizer.lr", "optimizer.betas", "optimizer.weight_decay", "optimizer.fused", "optimizer.nothing"),
    *("lr_scheduler", "lr_scheduler.gamma", "lr_interval", "steps_per_execution", "seed_everything", "ckpt_path"),
    *("config", "print_config", "nothing", "trainer.nothing", "data.source.nothing", "model.input_shape", ""),
)
TEXTS = st.sampled_from(
    [
        *("", "null", "true", "0", "-1", "1e999", ".nan", "-.inf", "1e-400", "0x10", "1_000", "12:30:45", "2001-01-01"),
        *(
            "Adam",
            "StepLR",
            "FC",
            "CNN",
            "Digits",
            "MNISTT",
            "ReLU",
            "fc.yaml",
            "torch.nn.Linear",
            "os.system",
            "a.b.c",
        ),
        *("[", "]", "{", "[[[[", "{a", "a: b: c", "&a [*a]", "*a", "!!python/object:os.system {}", "- ", "%", "@", "`"),
        *("[8]", "[0]", "[-1]", "[8, null]", "{class_path: FC}", "{class_path: 5}", "{class_path: FC, init_args: 5}"),
        *(
            "{init_args: {}}",
            "{class_path: Adam, init_args: {lr: x}}",
            "{a: 1, a: 2}",
            "[" * 300 + "]" * 300,
            "9" * 400,
        ),
        *(
            "日本語",
            "a\tb",
            "a b",
            "\x00",
            "\udc80",
            "..",
            "/",
            "../../x",
            "C:\\x",
            "~",
            "$HOME",
            "-",
            "--",
            "=",
            "==1",
        ),
    ]
)
VALUES: st.SearchStrategy[object] = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["class_path", "init_args", "lr", "hidden", "a"]) | st.text(max_size=3), inner
        )
    ),
    max_leaves=5,
)
OPTION = st.builds(
    lambda name, plus, value: f"--{name}{plus}={value}", st.sampled_from(OPTIONS), st.sampled_from(["", "", "+"]), TEXTS
) | st.builds(lambda name, value: f"--{name}={value}", st.sampled_from(OPTIONS), VALUES)
ENTRIES = st.dictionaries(st.sampled_from([name for name in OPTIONS if name != "config"]), VALUES, max_size=3)


def nested(entries: dict[str, object]) -> dict[str, object]:
    """Return dotted names as a config has them."""
    content: dict[str, object] = {}
    for name, value in entries.items():
        *above, last = name.split(".")
        inner = content
        for part in above:
            found = inner.setdefault(part, {})
            inner = found if isinstance(found, dict) else {}
        inner[last] = value
    return content


def as_yaml(content: object) -> str:
    try:
        return str(yaml.dump(content, allow_unicode=True))
    except UnicodeEncodeError:
        return str(yaml.dump(content))


@contextmanager
def alarm(case: object) -> Iterator[None]:
    """Fail what takes too long; without the signal, on Windows, pytest's own timeout is left."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"more than {LONGEST_S} s: {case}")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


ENDS: collections.Counter[int] = collections.Counter()


def check(folder: Path, command: str, args: list[str]) -> None:
    """Run a command on what cannot train: its ending is one line or none, and nothing is new."""
    before = everything_in(folder.parent)
    with alarm([command, *args]):
        outcome = call(folder, command, *args)
    ENDS[outcome.code] += 1
    assert outcome.code in (0, 1, 2), (args, outcome.err)
    assert "Traceback" not in outcome.err, (args, outcome.err)
    assert "error of mnist_lab" not in outcome.err, (args, outcome.err)
    if outcome.code:
        line = outcome.err.splitlines()[-1]
        assert line.startswith("Error: "), (args, outcome.err)
        assert "object has no attribute" not in line, (args, line)
        assert len(line) < 2000, (args, line)
    assert everything_in(folder.parent) == before, (args, everything_in(folder.parent) - before)


@pytest.fixture(scope="module", autouse=True)
def counted() -> Iterator[None]:
    yield
    codes = ", ".join(f"{count} ended with {code}" for code, count in sorted(ENDS.items()))
    sys.__stdout__ and sys.__stdout__.write(f"\nSeed {SEED}: {sum(ENDS.values())} mutated commands; {codes}\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "here").mkdir()
    assert call(tmp_path, "summary", *BASE).code == 0  # what libraries leave when they are imported is theirs
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "here"


MUTATED = settings(
    max_examples=COUNT,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@MUTATED
@seed(SEED)
@given(options=st.lists(OPTION, min_size=1, max_size=3))
def test_mutated_command_lines(options: list[str], folder: Path) -> None:
    check(folder, "summary", [*BASE, *options])


@MUTATED
@seed(SEED)
@given(entries=ENTRIES)
def test_mutated_configs(entries: dict[str, object], folder: Path) -> None:
    path = folder / "own.yaml"
    path.write_text(as_yaml(nested(entries)), encoding="utf-8", errors="surrogatepass")
    check(folder, "summary", [*BASE, "--config=own.yaml"])


@MUTATED
@seed(SEED)
@given(data=st.data())
def test_configs_with_letters_exchanged(data: st.DataObject, folder: Path) -> None:
    from mnist_lab.shipped import config_folders

    text = (config_folders()[0] / "fc.yaml").read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + data.draw(st.sampled_from(list("[]{}:,-*&!#|>\"'\n\t 0a\0日"))) + text[place + 1 :]
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    check(folder, "summary", ["--config=own.yaml", "--data.source=Digits"])
