"""Which of one's own classes the arguments name as the model, and whether they can be trained."""

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
_MODEL = ("--model", "--model.class_path", "--model.help")


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


def plain_networks(args: Sequence[str], folders: Sequence[Path]) -> list[type[nn.Module]]:
    """Return the classes named as the model that are plain ``torch.nn.Module``; the last one named is what is trained.

    Args:
        args: Of the command line, with the texts of the configs.
        folders: Where one's own files may lie.

    Raises:
        UsageError: A class cannot be had, or is none that could be trained.
    """
    kinds = [_checked(path, find_class(path, folders)) for path in dict.fromkeys(_class_paths(args))]
    return [kind for kind in kinds if kind is not None]


def _checked(path: str, kind: Any) -> type[nn.Module] | None:
    """Return a plain network's class; None for a ``Classifier``, whose own arguments say all there is.

    Raises:
        UsageError: It is neither.
    """
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
    if kind.__hash__ is None:
        raise UsageError(
            say(
                "model: {path} is made by @dataclass, whose objects PyTorch cannot keep in a set; write "
                "@dataclass(eq=False), or an __init__ in its place.",
                "model：{path} は @dataclass で作られたクラスで、そのオブジェクトを PyTorch は集合に入れられません。"
                "@dataclass(eq=False) とするか、代わりに __init__ を書いてください。",
                path=path,
            )
        )
    return kind


def is_ones_own(kind: type[nn.Module]) -> bool:
    """Say whether a network's class is none of those that come along."""
    return not kind.__module__.startswith(f"{Classifier.__module__.partition('.')[0]}.")


def check_needed(model: Mapping[str, Any], kinds: Sequence[type[nn.Module]]) -> None:
    """Make sure that a plain network gets all that its constructor needs; the parser has no eye for untyped arguments.

    Args:
        model: Class path and arguments; ``input_shape`` and ``num_classes`` come from the data.
        kinds: The plain networks.

    Raises:
        UsageError: An argument without a default has no value.
    """
    kind = next((kind for kind in kinds if f"{kind.__module__}.{kind.__qualname__}" == model["class_path"]), None)
    if kind is None:
        return
    given = model.get("init_args") or {}
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
