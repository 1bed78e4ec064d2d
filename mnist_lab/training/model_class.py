"""Which class the arguments ask for as the model, and whether it can be trained."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from lightning.pytorch import LightningModule
from torch import nn

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.training.user_modules import find_class

FROM_DATA = ("input_shape", "num_classes")
_CONFIG = "--config="
_MODEL = ("--model", "--model.class_path")


def folders_of(args: Sequence[str]) -> list[Path]:
    """Return where one's own files are looked for: beside the configs, then in the working folder.

    Beside them first, so that a run's folder, with its config and its copy of the network, is complete.

    Args:
        args: Of the command line, with the paths of the configs.
    """
    named: list[Path] = []
    for place, arg in enumerate(args):
        option, equals, value = arg.partition("=")
        if option in ("--config", "-c"):
            named += [Path(value if equals else next(iter(args[place + 1 :]), "")).resolve().parent]
    return list(dict.fromkeys([*named, Path.cwd()]))


def plain_network_class(args: Sequence[str], folders: Sequence[Path]) -> type[nn.Module] | None:
    """Return the class of the network that is asked for, if it is a plain ``torch.nn.Module``.

    Args:
        args: Of the command line, with the texts of the configs.
        folders: Where one's own files may lie.

    Returns:
        None for a ``Classifier``, whose own arguments say all there is, and where no class is named.

    Raises:
        UsageError: The class cannot be had, or is none that could be trained.
    """
    path = _class_path(args)
    kind = None if path is None else find_class(path, folders)
    if kind is None or (isinstance(kind, type) and issubclass(kind, Classifier)):
        return None
    if not isinstance(kind, type) or not issubclass(kind, nn.Module):
        raise UsageError(
            say(
                "model: {path} is no network; name a class that is derived from nn.Module.",
                "model：{path} はネットワークではありません。nn.Module を継承したクラスを指定してください。",
                path=path,
            )
        )
    if issubclass(kind, LightningModule):
        raise UsageError(
            say(
                "model: {path} is a LightningModule with steps of its own, so that its times and scores could not be "
                "compared with others'; derive it from nn.Module (layers and forward alone) or from "
                "mnist_lab.Classifier. CudaMemoryGuard and TrainingTimer work with it in a program of your own.",
                "model：{path} は学習手順をもつ LightningModule のため、時間と精度をほかのモデルと比較できません。"
                "nn.Module（層と forward だけ）か mnist_lab.Classifier を継承してください。CudaMemoryGuard と "
                "TrainingTimer は、ご自身のプログラムの中でそのまま使えます。",
                path=path,
            )
        )
    return kind


def check_needed(kind: type[nn.Module], given: Mapping[str, Any]) -> None:
    """Make sure that a plain network gets all that its constructor needs; the parser has no eye for untyped arguments.

    Args:
        kind: The network's class.
        given: Its arguments; ``input_shape`` and ``num_classes`` come from the data.

    Raises:
        UsageError: An argument without a default has no value.
    """
    for name, parameter in inspect.signature(kind).parameters.items():
        fixed = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if fixed and parameter.default is parameter.empty and name not in FROM_DATA and given.get(name) is None:
            raise UsageError(
                say(
                    "model: {kind} needs a value for {name}; give --model.{name}, or a default in its __init__. "
                    "(input_shape and num_classes, under these names, come from the data.)",
                    "model：{kind} の引数 {name} に値が必要です。--model.{name} で指定するか、__init__ に既定値を書いて"
                    "ください（input_shape と num_classes という名前の引数には、データの値が渡されます）。",
                    kind=kind.__name__,
                    name=name,
                )
            )


def _class_path(args: Sequence[str]) -> str | None:
    """Return the model's class path; of several the last one counts, as it does for the parser."""
    return next(reversed(list(_class_paths(args))), None)


def _class_paths(args: Sequence[str]) -> Iterator[str]:
    for place, arg in enumerate(args):
        option, equals, value = arg.partition("=")
        if arg.startswith(_CONFIG):
            yield from _named(yaml.safe_load(arg.removeprefix(_CONFIG)).get("model"))
        elif option in _MODEL:
            yield from _named(value if equals else next(iter(args[place + 1 :]), None))


def _named(model: Any) -> Iterator[str]:
    path = model.get("class_path") if isinstance(model, dict) else model
    if isinstance(path, str) and not path.startswith("{"):
        yield path
