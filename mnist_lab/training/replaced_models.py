"""Models of configs that another one takes the place of: their arguments do not go to the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from mnist_lab.language import say
from mnist_lab.runs.run import value_text

_CONFIG = "--config="
_MODEL = ("--model", "--model.class_path")
_PACKAGE = "mnist_lab."


def with_one_model(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arguments with the class that is trained in place of every other model that a config names.

    ``--model`` counts wherever it stands; without it the last config does. The parser alone would let a later config
    take the place of an earlier ``--model``, and would hand on arguments, such as ``hidden: [30]``, to another class
    that happens to have one of that name.

    Args:
        args: Of the command line, with the texts of the configs.

    Returns:
        The arguments, and a line for each config whose arguments were dropped.
    """
    models = [_model_in(arg) for arg in args]
    paths = [_path_of(model) for model in models]
    named = _named_on_command_line(args) or [path for path in paths if path][-1:]
    if not named:
        return list(args), []
    chosen = named[-1]
    kept: list[str] = []
    notes: list[str] = []
    named_before = False
    for arg, model, path in zip(args, models, paths, strict=True):
        if path is None or _same(path, chosen):
            kept.append(arg)
        else:
            # Behind a model that is named already there is nothing to be said: --model.hidden may stand between them.
            kept.append(f"{_CONFIG}---\n{_with_model(arg.removeprefix(_CONFIG), None if named_before else chosen)}")
            dropped = model.get("init_args") if isinstance(model, dict) else None
            if isinstance(dropped, dict) and dropped:
                notes.append(_note(path, chosen, dropped))
        named_before |= path is not None or arg.partition("=")[0] in _MODEL
    return kept, notes


def _note(replaced: str, chosen: str, dropped: dict[str, Any]) -> str:
    return say(
        "Model: {chosen}, in place of the config's {replaced}, whose arguments ({arguments}) are left out.",
        "モデル：設定ファイルの {replaced} の代わりに {chosen} を使います"
        "（{replaced} の引数 {arguments} は使いません）。",
        chosen=chosen,
        replaced=replaced,
        arguments=", ".join(f"{name}: {value_text(value)}" for name, value in dropped.items()),
    )


def _named_on_command_line(args: Sequence[str]) -> list[str]:
    found = []
    for place, arg in enumerate(args):
        option, equals, value = arg.partition("=")
        if option in _MODEL:
            value = value if equals else next(iter(args[place + 1 :]), "")
            found.append(_path_of(_loaded(value) if value.startswith("{") else value))
    return [path for path in found if path]


def _model_in(arg: str) -> Any:
    content = _loaded(arg.removeprefix(_CONFIG)) if arg.startswith(_CONFIG) else None
    return content.get("model") if isinstance(content, dict) else None


def _loaded(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:  # the parser says so
        return None


def _path_of(model: Any) -> str | None:
    path = model.get("class_path") if isinstance(model, dict) else model
    return path if isinstance(path, str) and path not in ("", "null") else None


def _same(one: str, other: str) -> bool:
    """Say whether two class paths are one class: those that come along may be named without their module."""

    def short(path: str) -> str:
        """Return a class path of this package without its modules, any other as it is."""
        return path.rpartition(".")[2] if path.startswith(_PACKAGE) else path

    return short(one) == short(other)


def _with_model(text: str, path: str | None) -> str:
    """Return a config's text with another model, or with none."""
    # Nodes, not values, so that everything else reaches the parser as it was written.
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    others = [(key, value) for key, value in node.value if key.value != "model"]
    own = yaml.compose(f"model: {json.dumps(path)}", Loader=yaml.SafeLoader).value if path else []
    node.value = [*own, *others]
    return str(yaml.serialize(node, Dumper=yaml.SafeDumper))
