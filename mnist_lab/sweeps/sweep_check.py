"""Has the trainer's own parser look at a sweep's points before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mnist_lab.cli.configs import find_config, read_config
from mnist_lab.cli.folders import make_folder
from mnist_lab.data import Source
from mnist_lab.errors import UsageError
from mnist_lab.language import say, under
from mnist_lab.sweeps.points import Point, grid, short_value, values_of
from mnist_lab.sweeps.space import Base, Choices, Range, Sweep
from mnist_lab.training.checks import checked
from mnist_lab.training.threads import Threads
from mnist_lab.training.training_cli import TrainingCLI
from mnist_lab.training.user_modules import code_of

# A point takes a twentieth of a second; of larger grids each value is looked at once.
_MOST_POINTS_CHECKED = 200
_OURS = ("--config", "-c", "--model", "--ckpt_path", "--trainer.logger", "--trainer.fast_dev_run")
# Where data and logs lie, and which GPU trains, differs between the workers that share a study.
_PLACES = (".root", ".root_dir", ".default_root_dir", ".path", ".folder")


@dataclass(frozen=True)
class CheckedBase:
    """What is known of a base once its points have been looked at."""

    name: str
    arguments: tuple[str, ...]
    """What stands behind ``fit`` in every trial: config, fixed settings, options of the command line."""
    model: str
    """Name of the model's class."""
    seed: int | None
    """Of the first repeat; None where the config seeds nothing."""
    data_seed: int
    """Of the first repeat's split."""
    threads: Threads | None
    """As asked for."""


@dataclass(frozen=True)
class CheckedSweep:
    """A sweep that makes sense to the trainer."""

    bases: Mapping[str, CheckedBase]
    points: tuple[Point, ...] | None
    """The grid; None where points are sampled."""
    log_dir: Path
    device: str
    """The same name in every process on this machine: ``cpu``, or a GPU's UUID."""
    digest: str
    """Changes with everything that has a part in the results."""
    former_digest: str
    """The same sweep's in version 0.1.0, which took ``within`` and the number of the device in."""


def check_sweep(sweep: Sweep, options: Sequence[str]) -> CheckedSweep:
    """Parse and build the sweep's points.

    Args:
        sweep: The sweep.
        options: The trainer's options from the command line, for all trials.

    Raises:
        UsageError: A config, an option or a value makes no sense.
    """
    _check_options(sweep, options)
    points = tuple(grid(sweep)) if sweep.sampler == "grid" else None
    bases: dict[str, CheckedBase] = {}
    texts: list[str] = []
    contents: dict[str, str | None] = {}
    networks: dict[str, str] = {}
    cli: TrainingCLI | None = None
    for base in sweep.bases:
        config = find_config(base.config)
        texts.append(read_config(config))
        fixed = [argument for key, value in base.settings.items() for argument in Point("", {key: value}).options()]
        arguments = (f"--config={config}", *fixed, *options)
        cli = _parse(base, arguments, None)
        threads = cli.settings_of("threads")
        for point in _to_look_at(base, points):
            cli = _parse(base, arguments, point)
            _note_content(contents, cli.datamodule.source)
            networks |= {name: file["text"] for name, file in code_of(cli.model.network_class()).items()}
        seed = cli.settings_of("seed_everything")
        bases[base.name] = CheckedBase(
            base.name,
            arguments,
            cli.model.network_class().__name__,
            None if seed is False else int(seed),
            cli.datamodule.seed,
            threads,
        )
    assert cli is not None, "a sweep has at least one base"
    _check_one_device(cli)
    log_dir = Path(cli.trainer.default_root_dir)
    make_folder(log_dir, "trainer.default_root_dir")
    # A study of files that have changed since is another study, and so is one of a network that was edited.
    texts += [content for content in contents.values() if content is not None]
    texts += [networks[name] for name in sorted(networks)]
    lasting = [option for option in options if not option.partition("=")[0].endswith(_PLACES)]
    return CheckedSweep(
        bases,
        points,
        log_dir,
        device=_device_name(cli.trainer.strategy.root_device),
        digest=sweep.digest([*texts, *(option for option in lasting if not _names_device(option))]),
        former_digest=sweep.digest([*texts, *lasting], without=()),
    )


def _check_one_device(cli: TrainingCLI) -> None:
    if cli.trainer.world_size > 1:
        raise UsageError(
            say(
                "trainer.devices: {count} devices are asked for, but a trial trains on one; start the same sweep once "
                'for each device (--trainer.devices "[0]", "[1]", …) with the same --storage.',
                "trainer.devices：{count} 個のデバイスが指定されましたが、1 つの試行は 1 つのデバイスで学習します。"
                "同じ "
                '--storage で、デバイスごとに同じスイープを始めてください（--trainer.devices "[0]"、"[1]"、…）。',
                count=cli.trainer.world_size,
            )
        )


def joined(options: Sequence[str]) -> list[str]:
    """Return options with each value joined to its option by ``=``.

    Raises:
        UsageError: A value follows no option.
    """
    found: list[str] = []
    for option in options:
        if option.startswith("--"):
            found.append(option)
        elif found and "=" not in found[-1]:
            found[-1] += f"={option}"
        else:
            raise UsageError(
                say(
                    "'{option}' belongs to no option; options begin with two dashes (--repeats 3).",
                    "'{option}' はどのオプションの値でもありません。オプションはハイフン 2 つで始めます（--repeats "
                    "3）。",
                    option=option,
                )
            )
    return found


def _names_device(option: str) -> bool:
    return option.partition("=")[0] == "--trainer.devices"


def _check_options(sweep: Sweep, options: Sequence[str]) -> None:
    varied = {key for base in sweep.bases for key in base.parameters}
    for option in options:
        name = option.partition("=")[0]
        if name in _OURS:
            raise UsageError(
                say(
                    "{name}: a sweep takes this from its file or sets it itself; leave it out.",
                    "{name}：スイープではファイルから取得するか、自動で設定します。この指定を外してください。",
                    name=name,
                )
            )
        if name.removeprefix("--") in varied:
            raise UsageError(
                say(
                    "{name}: the sweep varies this; take it off the command line or out of 'parameters'.",
                    "{name}：スイープで変化させる項目です。コマンドラインか 'parameters' "
                    "のどちらかから外してください。",
                    name=name,
                )
            )


def _to_look_at(base: Base, points: Sequence[Point] | None) -> Iterator[Point]:
    """Yield all points of a small grid, else each value once, with the first value of every other parameter."""
    own = [point for point in points or () if point.base == base.name]
    if points is not None and len(own) <= _MOST_POINTS_CHECKED:
        yield from own
        return
    values = {key: _ends(parameter) for key, parameter in base.parameters.items()}
    first = {key: entries[0] for key, entries in values.items()}
    yield Point(base.name, first)
    for key, entries in values.items():
        for entry in entries[1:]:
            yield Point(base.name, first | {key: entry})


def _note_content(contents: dict[str, str | None], source: Source) -> None:
    """Note what is in a source's files, which takes a while where they are pictures, once for the same settings."""
    key = f"{source.name} {source.settings()}"
    if key not in contents:
        contents[key] = source.sha256


def _ends(parameter: Choices | Range) -> list[Any]:
    """Return what a parameter can be at its extremes; of a list all, since its values need not resemble each other."""
    return values_of(parameter) if isinstance(parameter, Choices) else [parameter.low, parameter.high]


def _parse(base: Base, arguments: Sequence[str], point: Point | None) -> TrainingCLI:
    try:
        return checked([*arguments, *(point.options() if point else [])])
    except UsageError as error:
        values = (
            "" if point is None else ", ".join(f"{key} {short_value(value)}" for key, value in point.values.items())
        )
        what = say("{config} with {values}", "{config}（{values}）", config=base.config, values=values)
        raise UsageError(under(what if values else base.config, error)) from error


def _device_name(device: torch.device) -> str:
    if device.type != "cuda":
        return device.type
    # CUDA_VISIBLE_DEVICES numbers the GPUs anew in each process; the UUID stays.
    return f"cuda-{torch.cuda.get_device_properties(device).uuid}"
