"""The settings that say most of how models were trained, where all runs or all runs of one model share them."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.differences import NO_NEWS, value_shown
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.schedule_pace import with_pace
from mnist_lab.reports.setting_names import setting_with_key
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group, differing_settings
from mnist_lab.runs.model_names import model_names
from mnist_lab.runs.run import compared_settings

LIMITS = (
    "trainer.limit_train_batches",
    "trainer.limit_val_batches",
    "trainer.limit_test_batches",
    "trainer.overfit_batches",
)
_COMMON = ("trainer.max_epochs", "data.batch_size", "optimizer", "optimizer.lr", "lr_scheduler", "model.loss")
_BEGINNINGS = ("lr_scheduler.", "model.activation", "model.dropout", "model.label_smoothing")
_OF_THE_MODEL = "model."
_ZERO_IS_NEWS = ("model.padding",)


def common_settings(groups: Sequence[Group], *, of_each_model: bool) -> TableBlock | None:
    """Return the settings in a table; None where there are none.

    Args:
        groups: At least one.
        of_each_model: No other table holds what the models do not share: all settings of the network are told, and
            what all runs of one model share, with the model's name.
    """
    everywhere = _everywhere(groups, whole_model=of_each_model)
    own = _of_each_model(groups) if of_each_model else []
    if not everywhere and not own:
        return None
    caption = (
        say(
            "Main settings that all runs have in common; where a model is named, those that all its runs have.",
            "すべての実行に共通の主な設定（モデル名を付けた項目は、そのモデルのすべての実行に共通）。",
        )
        if own
        else say("Main settings that all runs have in common.", "すべての実行に共通の主な設定。")
    )
    return TableBlock(caption, (word("setting"), word("value")), [*everywhere, *own], key="common")


def _everywhere(groups: Sequence[Group], *, whole_model: bool) -> list[list[str]]:
    """Return names and values of what all groups have in common; 0 says that something is off."""
    differing = {*differing_settings([group.record for group in groups])}
    shared = {name: value for name, value in compared_settings(groups[0].record).items() if name not in differing}
    return [
        [setting_with_key(name), with_pace(name, value_shown(name, value), shared)]
        for name, value in shared.items()
        if (_is_wanted(name, value) or (whole_model and name.startswith(_OF_THE_MODEL)))
        and (value not in (None, 0, 0.0) or (whole_model and name in _ZERO_IS_NEWS))
    ]


def _of_each_model(groups: Sequence[Group]) -> list[list[str]]:
    """Return what the groups of one model have in common, and those of another have not or otherwise."""
    differing = differing_settings([group.record for group in groups])
    names = model_names([group.record for group in groups])
    rows = []
    for model in dict.fromkeys(names):
        own = [group.record for name, group in zip(names, groups, strict=True) if name == model]
        varied = {*differing_settings(own)}
        settings = {name: value for name, value in compared_settings(own[0]).items() if name not in varied}
        for name in differing:
            value = settings.get(name)
            if value is not None and (_is_wanted(name, value) or name.startswith(_OF_THE_MODEL)):
                setting = say("{model}: {name}", "{model}：{name}", model=model, name=setting_with_key(name))
                rows.append([setting, with_pace(name, value_shown(name, value), settings)])
    return rows


def _is_wanted(name: str, value: object) -> bool:
    limits = name in LIMITS and value != 1.0
    return (limits or name in _COMMON or name.startswith(_BEGINNINGS)) and name not in NO_NEWS
