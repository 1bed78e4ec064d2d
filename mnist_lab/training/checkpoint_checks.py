"""Whether a checkpoint fits what it is to be used for: the network, the data, the training that shall go on."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer

from mnist_lab.errors import MnistLabError, UsageError, first_line
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.runs.trained_on import (
    TrainedOn,
    code_differences,
    data_differences,
    split_differences,
    training_differences,
)
from mnist_lab.training.checkpoint_content import strange_progress
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.optimizers import error_of_next_step, optimization_of
from mnist_lab.training.restoring import strange_checkpoint


def check_fits(checkpoint: Checkpoint, model: Classifier) -> None:
    """Make sure that the checkpoint's weights are those of this model, and numbers.

    Raises:
        UsageError: It is the checkpoint of another model.
        MnistLabError: A weight is NaN or infinite.
    """
    hyper_parameters: dict[str, Any] = checkpoint.content.get("hyper_parameters") or {}
    made_by = str(hyper_parameters.get("_class_path", "")).rpartition(".")[2]
    name, path = model.network_class().__name__, checkpoint.path
    if made_by and made_by != name:
        raise UsageError(
            say(
                "--ckpt_path: {path} is a checkpoint of {made_by}, the config says {name}. {remedy}",
                "--ckpt_path：{path} は {made_by} のチェックポイントですが、設定では {name} です。{remedy}",
                path=path,
                made_by=made_by,
                name=name,
                remedy=_remedy(checkpoint),
            )
        )
    state = checkpoint.content["state_dict"]
    weights = {key: tuple(value.shape) for key, value in state.items() if hasattr(value, "shape")}
    wanted = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    if weights == wanted:
        _check_finite(checkpoint, model)
        return
    differing = next(key for key in [*wanted, *weights] if weights.get(key) != wanted.get(key))
    raise UsageError(
        say(
            "--ckpt_path: {path} is a checkpoint of another {name}: {differing} is {there} there and {here} here. "
            "{remedy}",
            "--ckpt_path：{path} は別の {name} のチェックポイントです：{differing} は学習時 {there}、今回 {here} です。"
            "{remedy}",
            path=path,
            name=name,
            differing=differing,
            there=_shape(weights.get(differing)),
            here=_shape(wanted.get(differing)),
            remedy=_remedy(checkpoint),
        )
    )


def _check_finite(checkpoint: Checkpoint, model: Classifier) -> None:
    """Refuse weights that a training has diverged to; buffers may be infinite on purpose, as a mask of attention is."""
    state = checkpoint.content["state_dict"]
    for name, _ in model.named_parameters():
        if not torch.isfinite(state[name]).all():
            raise MnistLabError(
                say(
                    "--ckpt_path: {path} holds no usable weights: {name} has NaN or infinite values, as after a "
                    "training that diverged. Give another.",
                    "--ckpt_path：{path} の重みは使えません：{name} に NaN か無限大が含まれています（学習が発散した"
                    "場合など）。別のファイルを指定してください。",
                    path=checkpoint.path,
                    name=name,
                )
            )


def check_data(checkpoint: Checkpoint, here: TrainedOn, stage: str) -> None:
    """Make sure that the checkpoint goes on with, or is scored on, the data and the split that it was trained with.

    With other data its score would be another network's, and with another split or seed it would be tested on samples
    that it was trained on. ``predict`` is for other data: there the features alone have to be the same.

    Args:
        checkpoint: It says what it was trained on, or nothing is checked.
        here: What the config asks for.
        stage: fit, validate, test or predict.

    Raises:
        UsageError: Something differs; the message says what, and the way out.
    """
    there = checkpoint.trained_on
    if there is None:
        return
    _check_code(checkpoint, there, here)
    if stage == "predict":
        _check_inputs(checkpoint, there, here)
        return
    _check_same_data(checkpoint, there, here, stage)
    _check_split(checkpoint, there, here)
    if stage == "fit":
        _check_training(checkpoint, there, here)


def _check_inputs(checkpoint: Checkpoint, there: TrainedOn, here: TrainedOn) -> None:
    if there.input_shape != here.input_shape or there.feature_names != here.feature_names:
        raise UsageError(
            say(
                "--ckpt_path: {path} was trained on other inputs ({there}) than these ({here}). {remedy}",
                "--ckpt_path：{path} の学習に使われた入力（{there}）は、今回の入力（{here}）と異なります。{remedy}",
                path=checkpoint.path,
                there=_inputs(there),
                here=_inputs(here),
                remedy=_remedy(checkpoint),
            )
        )


def _check_same_data(checkpoint: Checkpoint, there: TrainedOn, here: TrainedOn, stage: str) -> None:
    if found := data_differences(there, here):
        raise UsageError(
            say(
                "--ckpt_path: {path} was trained on other data ({differences}). {remedy}{predict}",
                "--ckpt_path：{path} は別のデータで学習されたものです（{differences}）。{remedy}{predict}",
                path=checkpoint.path,
                differences="; ".join(map(str, found)),
                remedy=_remedy(checkpoint),
                predict=""
                if stage == "fit"
                else say(" predict takes other data.", "別のデータには predict を使えます。"),
            )
        )


def _check_split(checkpoint: Checkpoint, there: TrainedOn, here: TrainedOn) -> None:
    if found := split_differences(there, here):
        options = " ".join(f"--{entry.option} {entry.there}" for entry in found)
        raise UsageError(
            say(
                "--ckpt_path: {path} was trained on another split of the data ({differences}), so that it may know "
                "samples that are held back here. Give {options}, or the config it was made with{config}.",
                "--ckpt_path：{path} は別の分割のデータで学習されたため（{differences}）、今回の検証用・テスト用の"
                "データを学習に使っている可能性があります。{options} を指定するか、学習時の設定ファイル{config}を"
                "使ってください。",
                path=checkpoint.path,
                differences="; ".join(map(str, found)),
                options=options,
                config=f" ({checkpoint.config})" if checkpoint.config else "",
            )
        )


def _check_training(checkpoint: Checkpoint, there: TrainedOn, here: TrainedOn) -> None:
    """Make sure that training goes on as it began: the checkpoint brings optimizer, schedule and order of the batches.

    Other settings would be overruled by it, and stand in the record of the run all the same.

    Raises:
        UsageError: Something else is asked for.
    """
    if found := training_differences(there, here):
        raise UsageError(
            say(
                "--ckpt_path: {path} was trained with other settings ({differences}); a training goes on with those "
                "that it began with. {remedy} Or leave --ckpt_path out, to train afresh.",
                "--ckpt_path：{path} は別の設定で学習されたものです（{differences}）。再開した学習では、始めたときの"
                "設定を変えられません。{remedy}または、--ckpt_path を外して最初から学習してください。",
                path=checkpoint.path,
                differences="; ".join(map(str, found)),
                remedy=_remedy(checkpoint),
            )
        )


def _check_code(checkpoint: Checkpoint, there: TrainedOn, here: TrainedOn) -> None:
    """Make sure that the user's own network is still the one that was trained: another ``forward`` is another network.

    Raises:
        UsageError: Its file has been edited.
    """
    if found := code_differences(there, here):
        raise UsageError(
            say(
                "--ckpt_path: {path} was trained with another network of that name ({differences}). {remedy} The run's "
                "folder has the file as it was.",
                "--ckpt_path：{path} は、同じ名前の別のネットワークで学習されたものです（{differences}）。{remedy}"
                "学習時のファイルは実行のフォルダにあります。",
                path=checkpoint.path,
                differences="; ".join(map(str, found)),
                remedy=_remedy(checkpoint),
            )
        )


def check_resumes(checkpoint: Checkpoint, trainer: Trainer, model: LightningModule) -> None:
    """Make sure that training can go on from the checkpoint.

    Args:
        checkpoint: Of the same model.
        trainer: Its ``max_epochs`` says where the run shall end; None or -1: no such end.
        model: With the optimizer that the command line chose.

    Raises:
        UsageError: It was written by another optimizer, or the training that is asked for is done.
        MnistLabError: Its progress is none.
    """
    path, content = checkpoint.path, checkpoint.content
    states = content.get("optimizer_states") or []
    if not states:
        raise UsageError(
            say(
                "--ckpt_path: {path} holds weights only, no optimizer; training cannot go on from it.",
                "--ckpt_path：{path} には重みだけがあり、オプティマイザの状態がないため、続きから学習できません。",
                path=path,
            )
        )
    if why := strange_progress(content, trainer, model):
        raise strange_checkpoint(path, why)
    optimization = optimization_of(model)
    if optimization is not None:
        optimizer = optimization.optimizer
        # A schedule adds initial_lr.
        there, here = (
            set(groups[0]) - {"initial_lr"} for groups in (states[0]["param_groups"], optimizer.param_groups)
        )
        if there != here:
            raise UsageError(
                say(
                    "--ckpt_path: {path} was written by another optimizer than {kind} (their settings differ in "
                    "{names}); give --optimizer the one it was made with.",
                    "--ckpt_path：{path} は {kind} とは別のオプティマイザで作成されました（異なる設定項目：{names}）。"
                    "--optimizer に学習時のものを指定してください。",
                    path=path,
                    kind=type(optimizer).__name__,
                    names=", ".join(sorted(here ^ there)),
                )
            )
        if (error := error_of_next_step(optimizer, states[0])) is not None:
            raise strange_checkpoint(path, f"optimizer_states: {type(error).__name__}: {first_line(error)}")
    if checkpoint.has_ended(trainer.max_epochs):
        done = int(content["epoch"]) + 1
        raise UsageError(
            say(
                "--ckpt_path: {path} has {done} epochs behind it and --trainer.max_epochs is {asked}; there is nothing "
                "left to train. Raise --trainer.max_epochs.",
                "--ckpt_path：{path} は {done} エポックの学習を終えており、--trainer.max_epochs は {asked} のため、"
                "学習するものが残っていません。--trainer.max_epochs を増やしてください。",
                path=path,
                done=done,
                asked=trainer.max_epochs,
            )
        )


def _remedy(checkpoint: Checkpoint) -> str:
    return say(
        "Use the config it was made with{config}.",
        "学習時の設定ファイル{config}を使ってください。",
        config=f" ({checkpoint.config})" if checkpoint.config else "",
    )


def _inputs(described: TrainedOn) -> str:
    return ", ".join(described.feature_names) if described.feature_names else _shape(tuple(described.input_shape))


def _shape(shape: tuple[int, ...] | None) -> str:
    if shape is None:
        return say("missing", "なし")
    return "×".join(str(side) for side in shape) or say("a number", "1 つの数")
