"""What a sweep varies: its file, read and checked before anything is trained."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from mnist_lab.cli.yaml_file import read_yaml
from mnist_lab.errors import UsageError
from mnist_lab.language import Phrase, say, under
from mnist_lab.sweeps.file_values import filled_list, mapping, one_of, plain, true_or_false, whole_number

SamplerName = Literal["grid", "random", "tpe", "nsga2"]
Goal = Literal["accuracy", "time", "parameters"]

_CONTENT_KEYS = ("config", "bases", "parameters", "settings")
_SWEEP_KEYS = (*_CONTENT_KEYS, "repeats", "sampler", "trials", "goals", "within", "seed", "remeasure")
_BASE_KEYS = ("config", "name", "parameters", "settings")
_RANGE_KEYS = ("low", "high", "step", "log")
_ONE_DEVICE = Phrase("a trial trains on one device", "1 つの試行は 1 つのデバイスで学習します")
# Keys that say where a run goes, not how it goes; the sweep sets them itself.
_NOT_SWEPT = {
    "config": Phrase("list several configs under 'bases'", "複数の設定ファイルは 'bases' に書いてください"),
    "ckpt_path": Phrase("every trial starts afresh", "どの試行も最初から学習します"),
    "seed_everything": Phrase(
        "'repeats' trains each point with several seeds", "'repeats' を使うと、各設定を複数のシードで学習します"
    ),
    "trainer.default_root_dir": Phrase(
        "all runs of a sweep lie in one log directory", "スイープの実行はすべて同じログフォルダに保存されます"
    ),
    "trainer.logger": Phrase("every trial is a run in TensorBoard", "どの試行も TensorBoard に記録されます"),
    "trainer.fast_dev_run": Phrase("such a run leaves no record", "この実行は記録を残しません"),
    "trainer.devices": _ONE_DEVICE,
    "trainer.num_nodes": _ONE_DEVICE,
}


@dataclass(frozen=True)
class Choices:
    """A parameter that takes each of some values."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Range:
    """A parameter that takes any number from ``low`` to ``high``, both included."""

    low: float
    high: float
    step: float | None = None
    log: bool = False

    @property
    def is_integer(self) -> bool:
        """Whether only whole numbers are meant."""
        return all(value is None or isinstance(value, int) for value in (self.low, self.high, self.step))


@dataclass(frozen=True)
class Base:
    """A config and what is varied in it."""

    name: str
    config: str
    parameters: Mapping[str, Choices | Range]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Options that are the same in every trial."""


@dataclass(frozen=True)
class Sweep:
    """A sweep's file in full."""

    name: str
    bases: tuple[Base, ...]
    repeats: int = 1
    """Runs of each point, each with a seed of its own."""
    sampler: SamplerName = "grid"
    trials: int | None = None
    """How many points are tried; None for a grid, which tries all."""
    goals: tuple[Goal, ...] = get_args(Goal)
    """What the sampler aims at: validation accuracy (high), training time (low), number of parameters (low)."""
    within: float = 0.5
    """How far, in percentage points, a model may stay behind the best and still hold its accuracy."""
    seed: int = 0
    """Of the random and the TPE sampler."""
    remeasure: bool = True
    """Whether a point whose time does not fit its neighbours' is measured again."""

    def digest(self, more: Iterable[str] = (), *, without: Collection[str] = ("within",)) -> str:
        """Return 8 hexadecimal digits that change whenever the sweep would give other results.

        Args:
            more: Further texts that have a part in the results, such as the configs' content.
            without: Keys that have none; ``within`` only says how the report looks at the results.
        """
        content = {name: value for name, value in asdict(self).items() if name not in without}
        text = json.dumps([content, list(more)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_sweep(path: Path) -> Sweep:
    """Read a sweep's file.

    Raises:
        UsageError: It cannot be read, or makes no sense; what the trainer's parser says of the values comes later.
    """
    content = read_yaml(path, say("The sweep {path}", "スイープ {path}", path=path)).content
    if isinstance(content, Mapping) and "model" in content and not content.keys() & {"parameters", "bases"}:
        raise UsageError(
            say(
                "{path} is a run's config and no sweep, which names a config and what varies in it (config: fc.yaml, "
                "parameters: …); lightning fit --config {path} trains it.",
                "{path} は学習の設定ファイルであり、スイープではありません。スイープには、設定ファイルと変化させる項目"
                "を書きます（config: fc.yaml, parameters: …）。学習するには：lightning fit --config {path}",
                path=path,
            )
        )
    try:
        return _sweep(path.stem, content)
    except UsageError as error:
        raise UsageError(under(path, error)) from None


def _sweep(name: str, content: Any) -> Sweep:
    content = mapping(say("the file", "このファイル"), content, _SWEEP_KEYS)
    sampler = one_of("sampler", content.get("sampler", "grid"), get_args(SamplerName))
    goals = content.get("goals", ["accuracy"] if sampler == "tpe" else list(get_args(Goal)))
    goals = [one_of("goals", goal, get_args(Goal)) for goal in filled_list("goals", goals)]
    if len(set(goals)) < len(goals):
        raise UsageError(
            say("goals: {goals} names a goal twice.", "goals：{goals} に同じ目標が重複しています。", goals=goals)
        )
    bases = _bases(content)
    trials = content.get("trials")
    if sampler == "grid":
        if trials is not None:
            raise UsageError(
                say(
                    "trials: a grid tries every point; leave the key out, or choose another sampler.",
                    "trials：grid はすべての設定を試します。このキーを外すか、ほかの sampler を選んでください。",
                )
            )
        for base in bases:
            for key, parameter in base.parameters.items():
                if isinstance(parameter, Range) and parameter.step is None:
                    raise UsageError(
                        say(
                            "parameters.{key}: a grid needs values, or a range with a step; list them, or choose "
                            "'sampler: random', 'tpe' or 'nsga2'.",
                            "parameters.{key}：grid には値の一覧か、step のある範囲が必要です。値を並べるか、"
                            "'sampler: random'、'tpe'、'nsga2' のいずれかを選んでください。",
                            key=key,
                        )
                    )
    elif trials is None:
        raise UsageError(
            say(
                "trials: sampler '{sampler}' needs the number of points to try, such as 'trials: 40'.",
                "trials：sampler '{sampler}' には、'trials: 40' のように試す設定の数が必要です。",
                sampler=sampler,
            )
        )
    return Sweep(
        name=name,
        bases=bases,
        repeats=whole_number("repeats", content.get("repeats", 1), least=1),
        sampler=sampler,
        trials=None if trials is None else whole_number("trials", trials, least=1),
        goals=tuple(goals),
        within=_within(content.get("within", 0.5)),
        seed=whole_number("seed", content.get("seed", 0), least=0),
        remeasure=true_or_false("remeasure", content.get("remeasure", True)),
    )


def _bases(content: Mapping[str, Any]) -> tuple[Base, ...]:
    shared = _parameters(content.get("parameters", {}))
    settings = _settings(content.get("settings", {}))
    if ("config" in content) == ("bases" in content):
        raise UsageError(
            say(
                "{found} given of 'config' (one base config) and 'bases' (a list of them); give one.",
                "'config'（1 つの設定ファイル）と 'bases'（その一覧）の{found}。一方を書いてください。",
                found=say("both are", "両方があります")
                if "config" in content
                else say("neither is", "どちらもありません"),
            )
        )
    entries = [{"config": content["config"]}] if "config" in content else filled_list("bases", content["bases"])
    bases: list[Base] = []
    for index, content_of_entry in enumerate(entries):
        entry = mapping(f"bases[{index}]", content_of_entry, _BASE_KEYS)
        config = entry.get("config")
        if not isinstance(config, str) or not config:
            raise UsageError(
                say(
                    "config: {config!r} is no file name; give one, such as fc.yaml.",
                    "config：{config!r} はファイル名ではありません。fc.yaml のように指定してください。",
                    config=config,
                )
            )
        own = _parameters(entry.get("parameters", {}))
        name = str(entry.get("name", Path(config).stem))
        if name in [base.name for base in bases]:
            raise UsageError(
                say(
                    "bases: two are called '{name}'; give one of them another 'name'.",
                    "bases：名前 '{name}' が重複しています。一方に別の 'name' を付けてください。",
                    name=name,
                )
            )
        fixed = settings | _settings(entry.get("settings", {}))
        parameters = {**shared, **own}
        if both := fixed.keys() & parameters.keys():
            raise UsageError(
                say(
                    "{key}: it is both fixed in 'settings' and varied in 'parameters'.",
                    "{key}：'settings' で固定され、'parameters' でも変化させています。どちらかにしてください。",
                    key=sorted(both)[0],
                )
            )
        bases.append(Base(name, config, parameters, fixed))
    if not any(base.parameters for base in bases):
        raise UsageError(
            say(
                "no 'parameters' are given; name at least one with its values (model.hidden: [[16], [32]]).",
                "'parameters' がありません。変化させる項目を値とともに 1 つ以上書いてください"
                "（model.hidden: [[16], [32]]）。",
            )
        )
    return tuple(bases)


def _parameters(content: Any) -> dict[str, Choices | Range]:
    parameters: dict[str, Choices | Range] = {}
    for key, values in mapping("parameters", content).items():
        _check_key(key)
        if isinstance(values, Mapping):
            parameters[key] = _range(key, values)
            continue
        if not isinstance(values, list):
            raise UsageError(
                say(
                    "parameters.{key}: {values!r} is neither a list of values ([16, 32, 64]) nor a range "
                    "({{low: 16, high: 512, log: true}}).",
                    "parameters.{key}：{values!r} は値の一覧（[16, 32, 64]）でも範囲"
                    "（{{low: 16, high: 512, log: true}}）でもありません。",
                    key=key,
                    values=values,
                )
            )
        chosen = [plain(value) for value in values]
        if not chosen:
            raise UsageError(
                say(
                    "parameters.{key}: the list is empty; give at least one value.",
                    "parameters.{key}：一覧が空です。値を 1 つ以上書いてください。",
                    key=key,
                )
            )
        texts = [json.dumps(value, sort_keys=True) for value in chosen]
        if len(set(texts)) < len(texts):
            twice = next(text for text in texts if texts.count(text) > 1)
            raise UsageError(
                say(
                    "parameters.{key}: {value} is listed twice; 'repeats' trains a point several times.",
                    "parameters.{key}：{value} が重複しています。同じ設定を繰り返すには 'repeats' を使ってください。",
                    key=key,
                    value=twice,
                )
            )
        parameters[key] = Choices(tuple(chosen))
    return parameters


def _settings(content: Any) -> dict[str, Any]:
    settings = {key: plain(value) for key, value in mapping("settings", content).items()}
    for key in settings:
        if key == "config" or key in ("trainer.fast_dev_run", "trainer.logger"):
            _check_key(key)
    return settings


def _check_key(key: str) -> None:
    if key in _NOT_SWEPT:
        raise UsageError(
            say(
                "parameters.{key}: this cannot be varied; {why}.",
                "parameters.{key}：この項目は変化させられません。{why}。",
                key=key,
                why=_NOT_SWEPT[key],
            )
        )


def _range(key: str, content: Mapping[str, Any]) -> Range:
    content = mapping(f"parameters.{key}", content, _RANGE_KEYS)
    numbers: dict[str, Any] = {}
    for name in ("low", "high", "step"):
        value = plain(content.get(name))
        if value is None and name == "step":
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise UsageError(
                say(
                    "parameters.{key}.{name}: {value!r} is not a number; a range is {{low: 16, high: 512}}.",
                    "parameters.{key}.{name}：{value!r} は数値ではありません。範囲は {{low: 16, high: 512}} のように"
                    "書いてください。",
                    key=key,
                    name=name,
                    value=value,
                )
            )
        numbers[name] = value
    log = true_or_false(f"parameters.{key}.log", content.get("log", False))
    low, high, step = numbers["low"], numbers["high"], numbers.get("step")
    if low >= high:
        raise UsageError(
            say(
                "parameters.{key}: low ({low}) must be less than high ({high}).",
                "parameters.{key}：low（{low}）は high（{high}）より小さくしてください。",
                key=key,
                low=low,
                high=high,
            )
        )
    if step is not None and not 0 < step <= high - low:
        raise UsageError(
            say(
                "parameters.{key}.step: {step} must be more than 0 and at most high - low ({most}).",
                "parameters.{key}.step：{step} は 0 より大きく、high - low（{most}）以下にしてください。",
                key=key,
                step=step,
                most=high - low,
            )
        )
    if log and (step is not None or low <= 0):
        raise UsageError(
            say(
                "parameters.{key}.log: a logarithmic range has no step and begins above 0.",
                "parameters.{key}.log：対数の範囲には step を指定できず、0 より大きい値から始めます。",
                key=key,
            )
        )
    return Range(low, high, step, log)


def _within(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise UsageError(
            say(
                "within: {value!r} is not a number of percentage points from 0 to 100.",
                "within：{value!r} は 0 から 100 のパーセントポイントの値ではありません。",
                value=value,
            )
        )
    return float(value)
