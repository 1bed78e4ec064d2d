"""A plain ``torch.nn.Module`` of one's own: trained, scored, compared, swept; and what is said where it cannot be."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.training import user_modules
from tests.commands.program import call, only_record, refused, runs
from tests.own_networks import ARGUMENTS, SLIDE, write

QUICK = ("--data.source", "Digits", "--trainer.max_epochs", "1")
CONFIG = "model: mynet.Net\ndata:\n  source: Digits\ntrainer:\n  max_epochs: 1\n"
INIT = "class Net(nn.Module):\n    def __init__(self)"
OTHER = SLIDE.replace("nn.ReLU()", "nn.Tanh()")


def trained(folder: Path, text: str = SLIDE, *args: str) -> Path:
    write(folder, text)
    (folder / "own.yaml").write_text(CONFIG, encoding="utf-8")
    before = set(runs(folder))
    outcome = call(folder, "fit", "--config", "own.yaml", *args)
    assert outcome.code == 0, outcome.err
    (run,) = set(runs(folder)) - before
    return run


def edit(folder: Path, text: str) -> None:
    """Change the file as between two commands, each of which is a program of its own."""
    write(folder, text)
    sys.modules.pop("mynet", None)
    user_modules._imported.clear()


def test_network_as_on_the_slide_trains_by_its_name_alone(tmp_path: Path) -> None:
    write(tmp_path)
    outcome = call(tmp_path, "fit", "--model", "mynet.Net", *QUICK)
    assert outcome.code == 0, outcome.err
    record = only_record(tmp_path)
    assert (record.model, record.parameters) == ("Net", 784 * 16 + 16 + 16 * 10 + 10)
    assert record.test_accuracy is not None
    assert record.test_accuracy > 0.5
    assert runs(tmp_path)[0].parent.name == "net-digits"


def test_shape_and_number_of_classes_come_from_the_data_and_the_rest_are_options(tmp_path: Path) -> None:
    run = trained(tmp_path, ARGUMENTS, "--model.hidden", "5", "--loss", "MSELoss")
    record = read_record(run)
    assert record.parameters == 784 * 5 + 5 + 5 * 10 + 10
    assert record.settings["loss"] == "MSELoss"
    assert record.settings["model"]["init_args"]["hidden"] == 5


def test_checkpoint_of_the_network_is_found_and_scored(tmp_path: Path) -> None:
    record = read_record(trained(tmp_path))
    outcome = call(tmp_path, "test", "--config", "own.yaml", "--ckpt_path", "best")
    assert outcome.code == 0, outcome.err
    found = re.search(r"accuracy \[%\]\s*│\s*([\d.]+)", outcome.out)
    assert found
    assert float(found[1]) / 100 == pytest.approx(record.test_accuracy, abs=1e-4)


def test_edited_forward_is_another_network(tmp_path: Path) -> None:
    run = trained(tmp_path)
    edit(tmp_path, OTHER)
    said = refused(tmp_path, "test", "--config", "own.yaml", "--ckpt_path", "best")
    assert "differs in code in mynet.py (SHA-256)" in said
    (checkpoint,) = run.glob("checkpoints/last.ckpt")
    said = refused(tmp_path, "test", "--config", "own.yaml", "--ckpt_path", str(checkpoint))
    assert "was trained with another network of that name (code in mynet.py" in said


def test_edit_is_the_reason_even_where_the_newest_run_is_a_comparisons(tmp_path: Path) -> None:
    run = trained(tmp_path)
    record = read_record(run)
    newer = run.with_name("2999-01-01_00-00-00")
    shutil.copytree(run, newer)
    write_record(replace(record, made_by="compare"), newer)
    edit(tmp_path, OTHER)
    said = refused(tmp_path, "test", "--config", "own.yaml", "--ckpt_path", "best")
    assert "mynet.py was edited since: " in said
    assert "is one of a compare" not in said
    advised = re.search(r"(--config \S+config\.yaml) (--ckpt_path \S+\.ckpt)", said)
    assert advised
    edit(tmp_path, OTHER)
    outcome = call(tmp_path, "test", *advised[1].split(), *advised[2].split())
    assert outcome.code == 0, outcome.err


def test_runs_folder_is_enough_after_an_edit(tmp_path: Path) -> None:
    run = trained(tmp_path)
    edit(tmp_path, OTHER)
    outcome = call(tmp_path, "test", "--config", str(run / "config.yaml"), "--ckpt_path", "best")
    assert outcome.code == 0, outcome.err


def test_comment_makes_no_other_network(tmp_path: Path) -> None:
    trained(tmp_path)
    edit(tmp_path, SLIDE.replace("        x = x.view", "        # flat\n        x = x.view"))
    assert call(tmp_path, "test", "--config", "own.yaml", "--ckpt_path", "best").code == 0


def test_edited_network_is_no_repeat(tmp_path: Path) -> None:
    trained(tmp_path)
    edit(tmp_path, OTHER)
    trained(tmp_path, OTHER)
    groups = group_runs(read_runs([tmp_path / "tb_logs"]))
    assert [len(group.runs) for group in groups] == [1, 1]
    assert all("mynet.py" in group.label for group in groups)


def test_own_network_is_compared_with_one_that_comes_along(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "own.yaml").write_text(CONFIG, encoding="utf-8")
    outcome = call(tmp_path, "compare", "own.yaml", "fc.yaml", "--repeats", "1", *QUICK)
    assert outcome.code == 0, outcome.err
    assert {read_record(run).model for run in runs(tmp_path)} == {"Net", "FC"}


def test_own_network_is_swept(tmp_path: Path) -> None:
    write(tmp_path, ARGUMENTS)
    (tmp_path / "own.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "hidden.yaml").write_text("config: own.yaml\nparameters:\n  model.hidden: [3, 5]\n", encoding="utf-8")
    outcome = call(tmp_path, "sweep", "hidden.yaml", "--repeats", "1")
    assert outcome.code == 0, outcome.err
    assert sorted(read_record(run).parameters for run in runs(tmp_path)) == [784 * n + n + n * 10 + 10 for n in (3, 5)]


def test_classifier_of_ones_own_needs_no_arguments(tmp_path: Path) -> None:
    text = (
        "import torch\nfrom torch import nn\nfrom mnist_lab import Classifier\n\n\nclass Net(Classifier):\n"
        "    def __init__(self, input_shape, num_classes):\n        super().__init__(input_shape, num_classes)\n"
        "        self.fc = nn.Linear(784, num_classes)\n\n"
        "    def forward(self, x):\n        return self.fc(x.flatten(1))\n"
    )
    assert read_record(trained(tmp_path, text)).parameters == 7850


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "class Net(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n",
            "Net needs a value for width",
        ),
        ("Net = nn.Linear(3, 3)\n", "mynet.Net is no network"),
        (
            "import dataclasses\n@dataclasses.dataclass\nclass Net(nn.Module):\n    width: int = 3\n",
            "mynet.Net is made by @dataclass, whose objects PyTorch cannot keep in a set; write @dataclass(eq=False)",
        ),
        ("def Net():\n    return nn.Linear(3, 3)\n", "mynet.Net is no network"),
        ("class Net(L.LightningModule):\n    pass\n", "is a LightningModule with steps of its own"),
        (
            f"{INIT}:\n        self.fc = nn.Linear(3, 3)\n",
            "mynet.py:6: AttributeError: cannot assign module before Module.__init__() call (begin __init__ with",
        ),
        (
            f"{INIT}:\n        super().__init__()\n        self.fc = nn.Linear(784, n)\n",
            "mynet.py:7: NameError: name 'n' is not defined",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(body: str, said: str, tmp_path: Path) -> None:
    write(tmp_path, f"import lightning as L\nfrom torch import nn\n\n{body}")
    assert said in refused(tmp_path, "fit", "--model", "mynet.Net", *QUICK)


@pytest.mark.parametrize(
    ("args", "model"),
    [
        (("--config", "fc.yaml", "--model", "mynet.Net"), "Net"),
        (("--config", "own.yaml", "--model", "FC"), "FC"),
        (("--config", "cnn.yaml", "--config", "own.yaml"), "Net"),
        (("--model", "mynet.Net", "--model", "mynet.Other"), "Other"),
    ],
)
def test_model_named_last_is_built(args: tuple[str, ...], model: str, tmp_path: Path) -> None:
    write(tmp_path, SLIDE + ARGUMENTS.replace("Net", "Other"))
    (tmp_path / "own.yaml").write_text(CONFIG, encoding="utf-8")
    outcome = call(tmp_path, "summary", *args)
    assert outcome.code == 0, outcome.err
    assert any(line.startswith(f"{model}: ") for line in outcome.out.splitlines())


def test_loss_of_ones_own_network_is_refused_beside_a_model_that_has_its_own(tmp_path: Path) -> None:
    write(tmp_path)
    said = refused(tmp_path, "summary", "--model", "mynet.Net", "--loss", "MSELoss", "--model", "FC")
    assert said == "loss: FC has this among its own arguments; give --model.loss."


def test_classifier_without_a_network_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "from mnist_lab import Classifier\n\n\nclass Net(Classifier):\n    pass\n")
    assert "Net sets no self.network and has no forward" in refused(tmp_path, "summary", "--model", "mynet.Net")


@pytest.mark.parametrize("command", [("fit", "--model", "mynet.Net"), ("compare", "own.yaml", "fc.yaml")])
def test_shape_that_does_not_fit_is_explained_before_anything_is_trained(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    write(tmp_path, SLIDE.replace("nn.Linear(784, 16)", "nn.Linear(2304, 16)"))
    (tmp_path / "own.yaml").write_text(CONFIG, encoding="utf-8")
    assert "fc1 is Linear(2304 → 16), but 784 values arrive" in refused(tmp_path, *command, *QUICK)


def test_softmax_before_the_loss_is_pointed_out(tmp_path: Path) -> None:
    write(tmp_path, SLIDE.replace("return self.fc2(x)", "return self.fc2(x).softmax(1)"))
    outcome = call(tmp_path, "fit", "--model", "mynet.Net", *QUICK)
    assert outcome.code == 0, outcome.err
    assert "Hint: softmax at the end: CrossEntropyLoss contains a softmax" in outcome.out
