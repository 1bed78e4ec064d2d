"""What argparse says of a wrong command line, in the language that is spoken."""

from __future__ import annotations

import re

from mnist_lab.language import say


def argparse_message(message: str) -> str:
    """Return argparse's message in the current language; one that is not known here, as it is.

    Args:
        message: As it reaches ``ArgumentParser.error``.
    """
    found = re.fullmatch(r"argument (.+?): (.*)", message, re.DOTALL)
    if found is None:
        return _said(message)
    return say("argument {name}: {what}", "引数 {name}：{what}", name=found[1], what=_said(found[2]))


def _said(what: str) -> str:
    if what == "expected one argument":
        return say("expected one argument", "値を 1 つ指定してください")
    if found := re.fullmatch(r"the following arguments are required: (.+)", what):
        return say("the following arguments are required: {names}", "{names} を指定してください", names=found[1])
    if found := re.fullmatch(r"unrecognized arguments: (.+)", what):
        return say("unrecognized arguments: {names}", "引数 {names} はありません", names=found[1])
    if found := re.fullmatch(r"invalid choice: (.+) \(choose from (.+)\)", what):
        return say(
            "invalid choice: {value} (choose from {names})",
            "{value} は指定できません（選択肢：{names}）",
            value=found[1],
            names=found[2],
        )
    return what
