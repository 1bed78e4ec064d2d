"""jsonargparse's messages in one line; these were recorded from jsonargparse 4.53, and come from it live as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonargparse import ArgumentParser

from mnist_lab.cli.parse_errors import one_line, parse_or_explain
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.models import Classifier
from mnist_lab.seams.jsonargparse_seam import option_names
from mnist_lab.training.training_cli import TrainingCLI

OPTIONS = ["config", "model", "data.batch_size", "data.source", "optimizer", "trainer.max_epochs"]

UNKNOWN_CLASS = """\
Parser key "optimizer":

  - Expected a path but Adamm either not accessible or invalid
  - Does not validate against any of the Union subtypes
  Subtypes: [<class 'torch.optim.optimizer.Optimizer'>, <class 'NoneType'>]
  Errors:
    - Expected a dot import path string: Adamm
    - Expected a <class 'NoneType'>
  Given value type: <class 'str'>
  Given value: Adamm"""
UNKNOWN_ARGUMENT = """\
Parser key "model":
  Does not validate against any of the Union subtypes
  Subtypes: [<class 'mnist_lab.models.classifier.Classifier'>, <class 'NoneType'>]
  Errors:
    - Problem with given class_path 'mnist_lab.models.FC':
        Option 'hiden' is not accepted
    - Expected a <class 'NoneType'>
  Given value type: <class 'jsonargparse._util.NestedArg'>
  Given value: NestedArg(key='hiden', val=[8])"""
WRONG_TYPE_INSIDE = """\
Parser key "model":
  Does not validate against any of the Union subtypes
  Subtypes: [<class 'mnist_lab.models.classifier.Classifier'>, <class 'NoneType'>]
  Errors:
    - Problem with given class_path 'mnist_lab.models.FC':
        Parser key "hidden":
          Expected a <class 'collections.abc.Sequence'>. Got value: abc
    - Expected a <class 'NoneType'>
  Given value type: <class 'jsonargparse._util.NestedArg'>
  Given value: NestedArg(key='hidden', val='abc')"""
MISSING_INSIDE = """\
Parser key "trainer.callbacks":
  Does not validate against any of the Union subtypes
  Subtypes: [list[lightning.pytorch.callbacks.callback.Callback], <class 'NoneType'>]
  Errors:
    - Problem with given class_path 'lightning.pytorch.callbacks.EarlyStopping':
        the following arguments are required: monitor
    - Not a valid subclass of Callback
      Subclass types expect one of:
      - a class path (str)
      - a dict with class_path entry
    - Expected a <class 'NoneType'>
  Given value type: <class 'list'>
  Given value: [Namespace(class_path='lightning.pytorch.callbacks.EarlyStopping')]"""


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "unrecognized arguments: --modl.hidden=[8]",
            "There is no option 'modl.hidden'. Did you mean 'model'? lightning fit --help all lists all.",
        ),
        (
            "Subcommand 'fit' does not accept option 'data.batch_sze'",
            "There is no option 'data.batch_sze'. Did you mean 'data.batch_size'? lightning fit --help all lists all.",
        ),
        (
            "Group 'data' does not accept option 'batch_sze'",
            "There is no option 'data.batch_sze'. Did you mean 'data.batch_size'? lightning fit --help all lists all.",
        ),
        (
            "Option 'optimiser' is not accepted",
            "There is no option 'optimiser'. Did you mean 'optimizer'? lightning fit --help all lists all.",
        ),
        ("Option 'xyz' is not accepted", "There is no option 'xyz'. lightning fit --help all lists all."),
        (
            "unrecognized arguments: fc.yaml",
            "'fc.yaml' belongs to no option; options begin with two dashes (--config cnn.yaml).",
        ),
        (
            "the following arguments are required: fit.model",
            "No model is given; name a config (--config cnn.yaml) or give --model.",
        ),
        (
            "Parser key \"data.batch_size\":\n  Expected a <class 'int'>. Got value: abc",
            "data.batch_size: 'abc' is not allowed; give int.",
        ),
        (WRONG_TYPE_INSIDE, "model.hidden: 'abc' is not allowed; give a list."),
        (MISSING_INSIDE, "trainer.callbacks: EarlyStopping needs a value for monitor."),
        (
            UNKNOWN_ARGUMENT,
            "model: FC has no argument 'hiden'. Did you mean 'hidden'? "
            "It has: hidden, activation, dropout, loss, label_smoothing.",
        ),
        ("Invalid learning rate: -1.0", "Invalid learning rate: -1.0"),
    ],
)
def test_recorded_message_becomes_one_line(message: str, line: str) -> None:
    assert one_line(message, OPTIONS) == line


@pytest.mark.parametrize("option", ["predictions", "picture"])
def test_output_is_called_otherwise_where_a_command_writes_one_file(option: str) -> None:
    said = one_line("unrecognized arguments: --output=a.csv", [option, "config"])
    assert said == f"There is no option 'output' here; --{option} names the file."
    assert one_line("unrecognized arguments: --output=a.csv", OPTIONS).startswith("There is no option 'output'. ")


def test_unknown_class_lists_those_that_can_be_named() -> None:
    line = one_line(UNKNOWN_CLASS)
    assert line.startswith("optimizer: there is no class 'Adamm'. Did you mean 'Adam'? Allowed: ")
    names = line.partition("Allowed: ")[2].removesuffix(".").split(", ")
    assert {"SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "SparseAdam", "AdamW"} <= set(names)
    # Made on the fly by Lightning; no path leads to it.
    assert not any(name.startswith("Lightning") for name in names)


def small_parser() -> ArgumentParser:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--config", action="config")
    parser.add_class_arguments(ClassificationDataModule, "data")
    parser.add_subclass_arguments(Classifier, "model", required=True, skip={"input_shape", "num_classes"})
    return parser


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--data.batch_size=x"], "data.batch_size: 'x' is not allowed; give int."),
        (
            ["--data.bach_size=1"],
            "There is no option 'data.bach_size'. Did you mean 'data.batch_size'? lightning fit --help all lists all.",
        ),
        (["--data.val_fraction=nan"], "data.val_fraction: 'nan' is not allowed; give a finite number."),
        (["--data.source=Digitss"], "data.source: there is no class 'Digitss'. Did you mean 'Digits'? Allowed: "),
        (["--data.source=Intervals", "--data.source.lables=[0,1]"], "Intervals has no argument 'lables'. Did you mean"),
        (["--data.source=Intervals", "--data.source.num_samples=x"], "'x' is not allowed; give int."),
        (["--data.memory=disk"], "data.memory: 'disk' is not allowed; give one of 'auto', 'device', 'host'."),
        ([], "No model is given; name a config (--config cnn.yaml) or give --model."),
    ],
)
def test_live_parser_says_one_line(args: list[str], line: str) -> None:
    parser = small_parser()
    options = [text.removeprefix("--") for action in parser._actions for text in action.option_strings]
    with pytest.raises(UsageError) as caught:
        parse_or_explain(parser, lambda: options, args)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_sound_arguments_pass() -> None:
    parser = small_parser()
    config = parse_or_explain(parser, list, ["--data.batch_size=7", "--model=FC", "--model.hidden=[5]"])
    assert (config.data.batch_size, config.model.init_args.hidden) == (7, [5])


def test_options_are_those_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = set(option_names(TrainingCLI("data", ["--model=FC", "--data.source=Digits"]).parser))
    assert {"config", "picture", "data.batch_size", "trainer.max_epochs", "model"} <= names
    assert not any(name.endswith(".help") or name.startswith("-") for name in names)
