"""The conditions of runs: data, device, threads, versions, and whether they are the same in all groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.common_settings import common_settings
from mnist_lab.reports.differences import ABSENT
from mnist_lab.reports.document import Block, TableBlock
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.own_data import inputs_of_repeats, own_data
from mnist_lab.reports.preprocessing import preprocessing
from mnist_lab.reports.same_samples import differing_samples, same_samples
from mnist_lab.reports.sections import prose
from mnist_lab.reports.setting_names import setting_with_key
from mnist_lab.reports.words import precision_of, word
from mnist_lab.runs.data_names import data_name
from mnist_lab.runs.groups import Group
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.value_notes import value_notes

Condition = str
"""One of those below, or a setting that decides which samples a run saw, such as ``trainer.limit_train_batches``."""

_CONDITIONS: Mapping[Condition, Phrase] = {
    "data": Phrase("the data", "データ"),
    "device": Phrase("the device", "計算機"),
    "threads": Phrase("the number of CPU threads", "CPU スレッド数"),
    "precision": Phrase("the precision", "数値精度"),
    "versions": Phrase("the versions", "バージョン"),
}
_MOST_RUNS_ORDERED = 12


def differing_conditions(groups: Sequence[Group]) -> list[Condition]:
    """Return the conditions that are not the same in all runs of all groups."""
    records = [run.record for group in groups for run in group.runs]
    facts: dict[Condition, Callable[[RunRecord], Any]] = {
        "device": lambda record: (record.device.get("type"), record.device.get("name")),
        "threads": lambda record: record.device.get("threads"),
        "precision": lambda record: record.device.get("precision"),
        "versions": lambda record: sorted(record.versions.items()),
    }
    elsewhere = [name for name, fact in facts.items() if len({str(fact(record)) for record in records}) > 1]
    return [*differing_samples(records), *elsewhere]


def conditions_differ(conditions: Sequence[Condition]) -> str:
    """Say which conditions differ and what is therefore not compared."""
    if not same_samples(conditions):
        therefore = say(
            "Neither their times nor their accuracies are compared below.",
            "そのため、以下では時間も精度も比較しない。",
        )
    elif {"device", "threads"} & set(conditions):
        therefore = say("Their times are therefore not compared below.", "そのため、以下では時間を比較しない。")
    else:
        therefore = say(
            "This may have a part in every difference below.", "このことが以下の差に影響している可能性がある。"
        )
    return say(
        "These runs were not made under the same conditions: {conditions} differ. {therefore}",
        "これらの実行は同じ条件で行われていない（{conditions}が異なる）。{therefore}",
        conditions=listed([_condition(name) for name in conditions]),
        therefore=therefore,
    )


def _condition(name: Condition) -> str:
    if name in _CONDITIONS:
        return str(_CONDITIONS[name])
    return say("the values of {setting}", "{setting}の値", setting=setting_with_key(name))


def condition_blocks(
    groups: Sequence[Group], measured: str, sweep: str = "", *, of_each_model: bool = False
) -> list[Block]:
    """Return what was measured under which conditions, and a table each of these and of the settings in common.

    Args:
        groups: At least one.
        measured: What the times and accuracies are.
        sweep: The name of the sweep whose runs they are; empty for other runs.
        of_each_model: No other table holds what the models of other runs do not share.
    """
    common = common_settings(groups, of_each_model=of_each_model or bool(sweep))
    if common is None:
        where = say(
            "{table} lists the conditions of the runs.", "実行の条件を {table} に示す。", table=cite("conditions")
        )
    else:
        where = say(
            "{table} lists the conditions of the runs, {common} the main settings that they have in common.",
            "実行の条件を {table} に、共通の主な設定を {common} に示す。",
            table=cite("conditions"),
            common=cite("common"),
        )
    said = prose([where, measured, *inputs_of_repeats(groups)])
    return [*said, condition_table(groups, sweep), *([common] if common else [])]


def time_is() -> str:
    """Say what the training time of all reports counts, and what it does not."""
    return say(
        "Training time is the time of the training steps alone. It counts cutting the batches from the samples in "
        "memory and standardising them, the passes forward and backward, and the updates of the weights; it does not "
        "count loading the data before the training, choosing the order of the batches, validation, checkpoints and "
        "logging.",
        "学習時間は学習ステップだけの時間である。メモリ上のデータからのバッチの切り出しと標準化、順伝播、逆伝播、"
        "重みの更新を含み、学習前のデータの読み込み、バッチの順序の決定、検証、チェックポイントの保存、"
        "ログの書き込みを含まない。",
    )


def condition_table(groups: Sequence[Group], sweep: str = "") -> TableBlock:
    """Return names and values of the conditions, one row each.

    Args:
        groups: At least one.
        sweep: The name of the sweep whose runs they are; empty for other runs.
    """
    records = [run.record for group in groups for run in group.runs]
    runs = sorted(
        (run.record.started, run.record.ended or "", run.name, group.label) for group in groups for run in group.runs
    )
    rows = {
        "sweep": sweep
        and say("{name} (trainings with varied settings)", "{name}（設定を変えながら学習した一連の実行）", name=sweep),
        "data": _each(records, _data),
        **own_data(records),
        "gaps": _each(records, lambda record: say("; ", "、").join(value_notes(record.data))),
        "split": _each(records, _split),
        "preprocessing": preprocessing(records),
        "seeds": _seeds(records),
        "device": _each(records, _device),
        "threads": _each(records, lambda record: str(record.device.get("threads", ABSENT))),
        "precision": _each(records, lambda record: precision_of(str(record.device.get("precision", ABSENT)))),
        "system": _each(records, lambda record: system_of(str(record.device.get("platform", ABSENT)))),
        "versions": _each(
            records,
            lambda record: say(", ", "、").join(f"{name} {version}" for name, version in record.versions.items()),
        ),
        "order": say("; ", "、").join(label for *_, label in runs) if len(runs) <= _MOST_RUNS_ORDERED else "",
        "date": runs[0][0][:10],
    }
    return TableBlock(
        say("Conditions of the runs.", "実行の条件。"),
        (word("condition"), word("value")),
        [[word(name), value] for name, value in rows.items() if value],
        key="conditions",
    )


def system_of(platform: str) -> str:
    """Return the operating system, and where it says something its release, without a machine's own build."""
    parts = platform.split("-")
    return f"{parts[0]} {parts[1]}" if parts[0] in ("Windows", "macOS") and len(parts) > 1 else parts[0]


def _each(records: Sequence[RunRecord], fact: Callable[[RunRecord], str]) -> str:
    return say("; ", "、").join(filter(None, dict.fromkeys(fact(record) for record in records)))


def _device(record: RunRecord) -> str:
    kind = str(record.device.get("type", ABSENT))
    shown = {"cpu": "CPU", "cuda": "GPU"}.get(kind, kind)
    return say("{name} ({kind})", "{name}（{kind}）", name=record.device.get("name", ABSENT), kind=shown)


def _data(record: RunRecord) -> str:
    used, asked = data_name(record.data), str(record.data.get("requested_name", ABSENT))
    if not record.data.get("fell_back"):
        return used
    return say(
        "{used} stands in for {asked}, which was not to be had.",
        "{asked} が得られなかったため、{used} を代わりに用いた。",
        used=used,
        asked=asked,
    )


def _split(record: RunRecord) -> str:
    sizes = record.data.get("split_sizes") or {}
    return say(
        "{train:,} training, {val:,} validation, {test:,} test samples",
        "学習用 {train:,}、検証用 {val:,}、テスト用 {test:,} サンプル",
        train=sizes.get("train", 0),
        val=sizes.get("val", 0),
        test=sizes.get("test", 0),
    )


def _seeds(records: Sequence[RunRecord]) -> str:
    """Return the seeds, and what they govern."""
    pairs = [(record.settings.get("seed_everything"), record.data.get("seed")) for record in records]
    if all(seed == split for seed, split in pairs):
        return say(
            "{seeds} (initial weights, order of the batches, split of the data)",
            "{seeds}（重みの初期値、バッチの順序、データの分割を決める）",
            seeds=say(", ", "、").join(dict.fromkeys(str(seed) for seed, _ in pairs)),
        )
    return say(
        "{seeds} (before the stroke: initial weights; behind it: order of the batches, split of the data)",
        "{seeds}（「/」の前は重みの初期値、後ろはバッチの順序とデータの分割を決める）",
        seeds=say(", ", "、").join(dict.fromkeys(f"{seed}/{split}" for seed, split in pairs)),
    )
