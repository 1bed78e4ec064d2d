"""What is said where model, data or trainer refuse to be built."""

from __future__ import annotations

import re

from lightning.pytorch.utilities.exceptions import MisconfigurationException  # type: ignore[attr-defined]

from mnist_lab.cli.parse_errors import one_line
from mnist_lab.language import say
from mnist_lab.training.user_modules import explained


def refusal_of(error: Exception) -> str | None:
    """Return the line for what was raised while the classes were built; None where it is nobody's setting."""
    if explanation := explained(error):
        return say("model: {reason}.", "model：{reason}。", reason=explanation)
    if isinstance(error, ModuleNotFoundError):
        return say(
            "trainer: what is asked for needs a package that is not installed: {reason}.",
            "trainer：指定された機能に必要なパッケージがインストールされていません：{reason}。",
            reason=one_line(str(error)).rstrip("."),
        )
    if not isinstance(error, (ValueError, TypeError, MisconfigurationException)):
        return None
    text = str(error)
    known = (explain(text) for explain in (_too_large, _no_device, _no_number_of_devices, _no_count_or_share))
    return next((line for line in known if line), _others_words(text))


def _others_words(text: str) -> str:
    """Return what a library says, in Japanese behind a lead-in: no library speaks it."""
    line = one_line(text)
    if line != " ".join(text.split()):
        return line
    return say("{line}", "指定された値では準備できません（ライブラリの説明：{line}）。", line=line)


def _no_count_or_share(text: str) -> str | None:
    count = re.search(r"`(?P<name>\w+)` must be a non-negative integer or -1\. You passed in (?P<value>\S+?)\.?$", text)
    share = re.search(r"invalid value (?P<value>\S+) for (?P<name>\w+), it has to be in \[0\.0, 1\.0\] or an int", text)
    found = count or share
    if found is None:
        return None
    return say(
        "trainer.{name}: {value} is not allowed; give {allowed}.",
        "trainer.{name}：{value} は指定できません。{allowed}を指定してください。",
        name=found["name"],
        value=found["value"],
        allowed=say("a whole number, 0 or more, or -1 for no limit", "0 以上の整数か、無制限を表す -1 ")
        if count
        else say("a share of the batches, 0.0 to 1.0, or their number", "バッチの割合（0.0 から 1.0）か、個数"),
    )


def _too_large(text: str) -> str | None:
    found = re.search(r"you tried to allocate (\d+) bytes|[Oo]verflow", text)
    if found is None:
        return None
    return say(
        "model: a layer is too large for this machine's memory{size}; make the model smaller.",
        "model：層が大きすぎて、このコンピューターのメモリに収まりません{size}。モデルを小さくしてください。",
        size="" if found[1] is None else f" ({int(found[1]) / 2**30:,.0f} GiB)",
    )


def _no_device(text: str) -> str | None:
    found = re.search(r"No supported (gpu) backend found|`(\w+)Accelerator` can not run", text)
    if found is None:
        return None
    return say(
        "trainer.accelerator: there is no {kind} here that torch can use; leave the option out, or give cpu. lightning "
        "doctor says more.",
        "trainer.accelerator：このコンピューターには torch が使える {kind} がありません。この指定を外すか、cpu を"
        "指定してください。詳しくは lightning doctor で確認できます。",
        kind=(found[1] or found[2]).upper(),
    )


def _no_number_of_devices(text: str) -> str | None:
    if not re.search(r"`devices`|Trainer\(devices=", text):
        return None
    return say(
        "trainer.devices: this is neither a number of devices nor a list of them; give a number, 1 or more, or auto.",
        "trainer.devices：デバイスの数でも、デバイスのリストでもありません。1 以上の数か auto を指定してください。",
    )
