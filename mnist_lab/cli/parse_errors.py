"""Turns what jsonargparse says of a wrong argument or key, many lines of it, into one line with the way out."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from argparse import ArgumentError
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jsonargparse import ArgumentParser, Namespace

from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import Phrase, say, spaced
from mnist_lab.seams.jsonargparse_seam import argument_names

_MOST_NAMES_LISTED = 20
_SHOWN_CHARACTERS = 80
_REQUIRED = ("model",)  # null would be no remedy
# Constructor arguments of optimizers, schedules and models that no user gives.
_GIVEN_BY_US = ("params", "optimizer", "input_shape", "num_classes")

# What --output is called where a command writes one file.
_OUTPUT_OF_OTHERS = ("predictions", "picture")

_NAMES = {
    "PositiveInt": Phrase("a whole number of at least 1", "1 以上の整数"),
    "collections.abc.Sequence": Phrase("a list", "リスト"),
    "collections.abc.Iterable": Phrase("a list", "リスト"),
}

# jsonargparse tries each type that a key may have and lists what each said; these lines only say how it went about it.
_PROCEDURE = re.compile(
    r"Does not validate against any of the Union subtypes|Subtypes: |Errors:|Given value( type)?: |Not a valid subclass"
    r"|Subclass types expect one of|a class path \(str\)|a dict with|a dict without|Expected a path but"
    r"|Import path .* does not correspond to a subclass|Expected an? "
)


def parse_or_explain(parser: ArgumentParser, options: Callable[[], Iterable[str]], args: Sequence[str]) -> Namespace:
    """Parse the arguments.

    Args:
        parser: The parser.
        options: Returns the names of all options, without dashes; asked only when something is wrong.
        args: The arguments.

    Raises:
        UsageError: They do not parse; the message is one line.
    """
    try:
        return parser.parse_args(list(args))
    except (ArgumentError, ValueError, TypeError, KeyError) as error:
        raise UsageError(one_line(str(error), list(options()))) from error


def one_line(message: str, options: Sequence[str] = ()) -> str:
    """Return what was wrong, the value, what is allowed, in one line.

    Args:
        message: jsonargparse's.
        options: Names of all options, without dashes.
    """
    found = _unknown_option(message, options)
    for explain in (_missing, _no_group, _no_arguments, _unknown_argument, _unknown_class, _constructor, _wrong_type):
        found = found or explain(message)
    if found:
        return found
    return " ".join(message.split())


def _unknown_option(message: str, options: Sequence[str]) -> str | None:
    found = (
        re.search(r"does not accept option '([^']+)'", message)
        or re.match(r"Option '([^']+)' is not accepted", message)
        or re.search(r"unrecognized arguments: (?:--)?([^\s=]+)", message)
    )
    if not found:
        return None
    group = re.match(r"Group '([^']+)' does not", message)
    name = f"{group[1]}.{found[1]}" if group else found[1]
    if message.startswith("unrecognized") and f"--{name}" not in message:
        return say(
            "'{name}' belongs to no option; options begin with two dashes (--config cnn.yaml).",
            "'{name}' はどのオプションの値でもありません。オプションはハイフン 2 つで始めます（--config cnn.yaml）。",
            name=name,
        )
    if name in options:
        return say(
            "'{name}' is for the command line, and no setting; take it out of the config.",
            "'{name}' はコマンドライン用であり、設定ではありません。設定ファイルから外してください。",
            name=name,
        )
    meant = next((option for option in _OUTPUT_OF_OTHERS if name == "output" and option in options), None)
    if meant is not None:
        return say(
            "There is no option 'output' here; --{option} names the file.",
            "ここには 'output' というオプションはありません。ファイルは --{option} で指定します。",
            option=meant,
        )
    parts = name.split(".")
    # The whole name first, then what stands before the last dot, and so on: 'data.sources.init_args.root'.
    hints = (nearest(".".join(parts[:length]), options) for length in range(len(parts), 0, -1))
    return no_option(name, next((hint for hint in hints if hint), ""))


def no_option(name: str, hint: str = "") -> str:
    """Return the sentence for an option that there is not.

    Args:
        name: Without its dashes.
        hint: Which one may be meant.
    """
    return say(
        "There is no option '{name}'.{hint} lightning fit --help all lists all.",
        "オプション '{name}' はありません。{hint}すべてのオプション：lightning fit --help all",
        name=name,
        hint=hint,
    )


def _missing(message: str) -> str | None:
    found = re.search(r"the following arguments are required: ([^\n]+)", message)
    if not found:
        return None
    owner = re.search(r"Problem with given class_path '([^']+)'", message)
    if owner:
        return say(
            "{key}: {kind} needs a value for {names}.",
            "{key}：{kind} には {names} の値が必要です。",
            key=_key(message),
            kind=_short(owner[1]),
            names=found[1],
        )
    names = re.sub(r"\b\w+\.(model|data)\b", r"\1", found[1])
    return say(
        "No {names} is given; name a config (--config cnn.yaml) or give --{names}.",
        "{names} が指定されていません。設定ファイル（--config cnn.yaml）か --{names} を指定してください。",
        names=names,
    )


def no_group(name: str, value: object) -> str:
    """Return the sentence for a part of a config that holds no keys and values.

    Args:
        name: Of the part, such as ``trainer``.
        value: What stands there.
    """
    return say(
        "{name}: {value} is not allowed; it holds keys and values, such as {name}: {{{example}: 5}}.",
        "{name}：{value} は指定できません。{name}: {{{example}: 5}} のように、キーと値を書いてください。",
        name=name,
        value=_shown(value),
        example={"trainer": "max_epochs", "data": "seed"}.get(name, "…"),
    )


def _no_group(message: str) -> str | None:
    found = re.match(r"""Parser key "([^"]+)":\s+Unable to load config (['"])(.*)\2$""", message, re.MULTILINE)
    return no_group(found[1], found[3]) if found else None


def _no_arguments(message: str) -> str | None:
    """Say that ``init_args`` holds no keys, or that the arguments stand beside ``class_path`` and not in it."""
    found = re.search(r"Problem with given class_path '([^']+)':\s+(.*)", message)
    if not found or not ("has no attribute 'keys'" in found[2] or "Option 'class_path' is not accepted" in found[2]):
        return None
    given = re.search(r"Given value: {'class_path': '([^']+)'", message) or found
    return say(
        "{key}: the arguments of {kind} stand as keys and values under init_args: {{class_path: {kind}, init_args: "
        "{{…}}}}.",
        "{key}：{kind} の引数は init_args の下にキーと値で書いてください：{{class_path: {kind}, init_args: {{…}}}}",
        key=_key(message),
        kind=_short(given[1]),
    )


def _unknown_argument(message: str) -> str | None:
    found = re.search(r"Problem with given class_path '([^']+)':\s+Option '([^']+)' is not accepted", message)
    if not found:
        return None
    allowed = [name for name in argument_names(_import(found[1])) if name not in _GIVEN_BY_US]
    has = (
        say("It has: {names}.", "使用できる引数：{names}", names=", ".join(allowed))
        if allowed
        else say("It has none.", "引数はありません。")
    )
    return say(
        "{key}: {kind} has no argument '{name}'.{hint} {has}",
        "{key}：{kind} に引数 '{name}' はありません。{hint}{has}",
        key=_key(message),
        kind=_short(found[1]),
        name=found[2],
        hint=nearest(found[2], allowed),
        has=has,
    )


def _unknown_class(message: str) -> str | None:
    found = re.search(r"Expected a dot import path string: (\S+)", message)
    named = [_import(path) for path in re.findall(r"([\w.]+\.[A-Z]\w*)", _subtypes(message))]
    bases = [base for base in named if isinstance(base, type)]  # not an alias such as a Union
    if not found or not bases or "float" in _subtypes(message):
        return None
    names = sorted({name for base in bases for name in _subclasses(base)})
    if found[1] in names:  # it is there, and something else about it is wrong
        return None
    listed = (
        say(" Allowed: {names}.", "使用できるクラス：{names}", names=", ".join(names))
        if len(names) <= _MOST_NAMES_LISTED
        else ""
    )
    return say(
        "{key}: there is no class '{name}'.{hint}{listed}",
        "{key}：クラス '{name}' はありません。{hint}{listed}",
        key=_key(message),
        name=found[1],
        hint=nearest(found[1], names),
        listed=listed,
    )


def _constructor(message: str) -> str | None:
    """Return what a class that was found said of its arguments."""
    if "Parser key" in message and "Problem with given class_path" not in message:
        return None
    if message.startswith("Problems parsing config"):
        return " ".join(message.replace('in "<unicode string>", ', "in ").split())
    bullets = (line.strip().removeprefix("- ") for line in message.splitlines())
    own = [line for line in bullets if line and not _PROCEDURE.match(line) and not line.startswith("Parser key")]
    own = [line for line in own if not line.startswith("Problem with given class_path")]
    return own[0] if own and "Expected a" not in own[0] else None


def _wrong_type(message: str) -> str | None:
    expected = re.findall(r"Expected an? (.+?)(?:\. Got value: .*)?$", _innermost(message), flags=re.MULTILINE)
    expected += [_name_of_a(name) for name in re.findall(r"Not a valid subclass of (\w+)", _innermost(message))]
    expected += re.findall(r"Not of type (\w+)", _innermost(message))
    got = re.search(r"Got value: (.*)", message) or re.search(r"Given value: (.*)", _innermost(message))
    names = list(dict.fromkeys(_type_name(text) for text in expected if not text.startswith(("path", "dot import"))))
    if not names or not got:
        return None
    if names == ["null"]:  # none of the classes has said that it is not one of its own
        bases = (_short(path) for path in re.findall(r"<class '([^']+)'>", _subtypes(message)))
        names += [_name_of_a(base) for base in bases if base not in ("", "NoneType")]
    if _key(message) in _REQUIRED and len(names) > 1:
        names = [name for name in names if name != "null"]
    names.sort(key="null".__eq__)  # last, in whatever order the types were tried
    if "float" in names and got[1].strip().strip("'\"").lower().lstrip("+-.") in ("nan", "inf", "infinity"):
        names[names.index("float")] = say("a finite number", "有限の数")
    allowed = say(" or ", " または ").join(re.sub(r"\ba (?=[AEIO])", "an ", name) for name in names)
    return say(
        "{key}: {value} is not allowed; {remedy}",
        "{key}：{value} は指定できません。{remedy}",
        key=_key(message),
        value=_shown(got[1].strip()),
        remedy=spaced(say("give {allowed}.", "{allowed} を指定してください。", allowed=allowed)),
    )


def _name_of_a(kind: str) -> str:
    return say("the name of a {kind}", "{kind} のクラス名", kind=kind)


def _innermost(message: str) -> str:
    """Return the part about the key that is really meant, when a class has it as an argument."""
    inner = message.rpartition("Parser key")[2]
    return (
        inner.partition("\n    - Expected a <class 'NoneType'>\n  Given value")[0]
        if "Problem with" in message
        else inner
    )


def _key(message: str) -> str:
    return ".".join(re.findall(r'Parser key "([^"]+)"', message)) or "config"


def _subtypes(message: str) -> str:
    found = re.search(r"Subtypes: (.*)", _innermost(message))
    return found[1] if found else ""


def _type_name(text: str) -> str:
    text = re.sub(r"<class '([^']+)'>", r"\1", text)
    if found := re.fullmatch(r"typing\.Literal\[(.*)\]", text):
        return say("one of {names}", "{names} のいずれか", names=found[1])
    return "null" if text == "NoneType" else str(_NAMES.get(text, text))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _short(class_path: str) -> str:
    return class_path.rpartition(".")[2]


def _import(class_path: str) -> Any:
    module, _, name = class_path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _subclasses(base: type[Any]) -> Iterable[str]:
    for kind in base.__subclasses__():
        # Some libraries make subclasses on the fly, which no path leads to.
        public = not kind.__name__.startswith("_") and not inspect.isabstract(kind)
        if public and getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind:
            yield kind.__name__
        yield from _subclasses(kind)
