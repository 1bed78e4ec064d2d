"""Looks at all that ``compare`` would train before it trains anything: options, data, devices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnist_lab.cli.command_line import command_line
from mnist_lab.cli.configs import find_config
from mnist_lab.cli.folders import make_folder
from mnist_lab.errors import UsageError
from mnist_lab.language import Phrase, say, under
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared, value_text
from mnist_lab.runs.source_code import identity_of
from mnist_lab.training.checks import checked
from mnist_lab.training.threads import Threads
from mnist_lab.training.user_modules import code_of

_DATA_USED, _DEVICES = Phrase("data", "データ"), Phrase("devices", "デバイス")
_THREADS = Phrase("numbers of CPU threads", "CPU スレッド数")
_FIRST = Phrase(
    "name the configs first: lightning compare cnn.yaml fc.yaml",
    "設定ファイルを先頭に書いてください：lightning compare cnn.yaml fc.yaml",
)
_SEEDS = Phrase(
    "compare sets the seeds itself: repeat r has seed r, for all configs",
    "compare はシードを自動で設定します（r 回目の繰り返しは、どの設定でもシード r）",
)
# What compare sets itself, or what would leave it without a run's folder.
_OURS = {
    "--config": _FIRST,
    "-c": _FIRST,
    "--seed_everything": _SEEDS,
    "--data.seed": _SEEDS,
    "--ckpt_path": Phrase("compare trains every run from its start", "compare はすべての実行を最初から学習します"),
    "--trainer.logger": Phrase(
        "compare reads each run's folder in the log directory", "compare はログフォルダにある各実行のフォルダを読みます"
    ),
    "--trainer.fast_dev_run": Phrase(
        "a run that leaves nothing behind cannot be compared", "記録を残さない実行は比較できません"
    ),
}
_DATA = ("data.source", "data.fallback", "data.val_fraction")
# Where files lie; what counts is what is in them.
_FILES = ("data.source.path", "data.source.root")
_LIMITS = ("limit_train_batches", "limit_val_batches", "limit_test_batches", "overfit_batches")
_DEVICE = ("trainer.accelerator", "trainer.strategy", "trainer.devices", "trainer.num_nodes")


@dataclass(frozen=True)
class Contestant:
    """One of the configurations to be compared."""

    config: str
    """As the user named it."""
    arguments: tuple[str, ...]
    """What stands behind ``fit``, apart from the seeds."""
    log_dir: Path
    threads: Threads | None
    """As asked for."""


def check_configs(configs: Sequence[str], options: Sequence[str]) -> list[Contestant]:
    """Parse and build every configuration.

    Args:
        configs: Names of config files.
        options: The trainer's options, for all of them.

    Raises:
        UsageError: A config or an option makes no sense, or the configs cannot be compared.
    """
    for option in options:
        if (why := _OURS.get(option.partition("=")[0])) is not None:
            raise UsageError(
                say(
                    "{option}: {why}; leave it out.",
                    "{option}：{why}。この指定を外してください。",
                    option=option.partition("=")[0],
                    why=why,
                )
            )
    contestants: list[Contestant] = []
    settings: list[dict[str, Any]] = []
    codes: list[list[str]] = []
    contents: set[str | None] = set()
    for config in configs:
        arguments = (f"--config={find_config(config)}", *options)
        try:
            cli = checked(arguments)
        except UsageError as error:
            raise UsageError(under(config, error)) from error
        plain = cli.plain_settings()
        _check_single(config, plain)
        log_dir = Path(cli.trainer.default_root_dir)
        contestants.append(Contestant(config, arguments, log_dir, cli.settings_of("threads")))
        settings.append(plain)
        # What is in the files, not what they are called: a copy that was never edited is the same network.
        codes.append(sorted(identity_of(code_of(cli.model.network_class())).values()))
        contents.add(cli.datamodule.source.sha256)
    if len({contestant.threads for contestant in contestants}) > 1:
        raise UsageError(
            say(
                "--threads differs between the configs ({numbers}), so that their times could not be compared; give "
                "one for all on the command line.",
                "--threads が設定ファイルによって異なり（{numbers}）、時間を比べられません。コマンドラインで全体に"
                "共通の値を指定してください。",
                numbers=", ".join(value_text(contestant.threads) for contestant in contestants),
            )
        )
    _check_together(configs, settings, same_files=len(contents) == 1 and None not in contents)
    _check_different(configs, settings, codes)
    if len({contestant.log_dir.resolve() for contestant in contestants}) > 1:
        raise UsageError(
            say(
                "trainer.default_root_dir differs between the configs; give one for all on the command line.",
                "trainer.default_root_dir が設定ファイルによって異なります。コマンドラインで全体に共通の値を指定して"
                "ください。",
            )
        )
    make_folder(contestants[0].log_dir, "trainer.default_root_dir")
    return contestants


def check_conditions(configs: Sequence[str], records: Sequence[RunRecord]) -> None:
    """Look at what runs really used.

    Args:
        configs: Names of the config files.
        records: One run of each.

    Raises:
        UsageError: They used different data, devices or numbers of threads.
    """
    first = records[0]
    for config, record in zip(configs[1:], records[1:], strict=True):
        for what, part, names in (
            (_DATA_USED, "data", ("name", "sha256", "input_shape", "split_sizes", "class_names")),
            (_DEVICES, "device", ("type", "name")),
            (_THREADS, "device", ("threads",)),
        ):
            for name in names:
                one, other = getattr(first, part).get(name), getattr(record, part).get(name)
                if one != other:
                    raise UsageError(
                        say(
                            "{config} and {other} use different {what} ({name}: {one} and {two}), so their figures "
                            "cannot be compared; make them the same.",
                            "{config} と {other} では{what}が異なり（{name}：{one} と {two}）、結果を比較できません。"
                            "同じにしてください。",
                            config=configs[0],
                            other=config,
                            what=what,
                            name=name,
                            one=value_text(one),
                            two=value_text(other),
                        )
                    )


def _check_single(config: str, settings: Mapping[str, Any]) -> None:
    trainer = settings["trainer"]
    asked = {
        "--trainer.logger": trainer.get("logger") not in (None, True),
        "--trainer.fast_dev_run": bool(trainer.get("fast_dev_run")),
        "--ckpt_path": settings.get("ckpt_path") is not None,
    }
    for option, is_asked in asked.items():
        if is_asked:
            raise UsageError(
                say(
                    "{config}: {key}: {why}; take it out of the config.",
                    "{config}：{key}：{why}。設定ファイルから外してください。",
                    config=config,
                    key=option.removeprefix("--"),
                    why=_OURS[option],
                )
            )


def _check_together(configs: Sequence[str], settings: Sequence[Mapping[str, Any]], *, same_files: bool) -> None:
    flat = [compared(each, places=True) for each in settings]
    for config, other in zip(configs[1:], flat[1:], strict=True):
        for key in dict.fromkeys([*flat[0], *other]):
            one, two = flat[0].get(key), other.get(key)
            if one == two or not _must_agree(key) or (same_files and key in _FILES):
                continue
            raise UsageError(
                say(
                    "{config} and {other} ask for different {what} ({key}: {one} and {two}); give one for both, such "
                    "as {option}.",
                    "{config} と {other} で指定された{what}が異なります（{key}：{one} と {two}）。{option} のように、"
                    "両方に共通の値を指定してください。",
                    config=configs[0],
                    other=config,
                    what=_DEVICES if key in _DEVICE else _DATA_USED,
                    key=key,
                    one=value_text(one),
                    two=value_text(two),
                    option=command_line(f"--{key}", value_text(one)),
                )
            )


def _check_different(
    configs: Sequence[str], settings: Sequence[Mapping[str, Any]], codes: Sequence[Sequence[str]]
) -> None:
    """Refuse to compare a configuration with itself; networks of one's own are the same where their code is."""
    seen: dict[str, str] = {}
    for config, each, code in zip(configs, settings, codes, strict=True):
        identity = json.dumps([compared(each, places=True), code], sort_keys=True, default=str)
        if identity in seen:
            raise UsageError(
                say(
                    "{config} and {other} are the same configuration, so there is nothing to compare; for more runs of "
                    "one, raise --repeats.",
                    "{config} と {other} は同じ設定のため、比較するものがありません。同じ設定の実行を増やすには "
                    "--repeats を大きくしてください。",
                    config=seen[identity],
                    other=config,
                )
            )
        seen[identity] = config


def _must_agree(key: str) -> bool:
    return key in _DEVICE or key.startswith(_DATA) or key.rpartition(".")[2] in _LIMITS
