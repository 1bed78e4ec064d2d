"""What ``lightning layers`` shows: a trained network's filters, and its feature maps of one sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data import ClassificationDataModule
from mnist_lab.data.new_samples import new_pictures
from mnist_lab.errors import MnistLabError, UsageError, first_line
from mnist_lab.language import say
from mnist_lab.models.feature_maps import FeatureMaps, feature_maps, filters, has_convolutions
from mnist_lab.models.shape_formulas import sides
from mnist_lab.pictures.layer_pictures import Stage, draw_feature_maps, draw_filters
from mnist_lab.training.kept_pictures import check_pictures, keep_pictures, picture_folder
from mnist_lab.training.trained import trained
from mnist_lab.training.training_cli import TrainingCLI

FOLDER = "layers"
MAPS = "feature_maps"


def show_layers(args: Sequence[str]) -> None:
    """Draw the filters and the feature maps of a checkpoint, and say where they are.

    Args:
        args: What stands behind ``layers`` on the command line, configs already resolved to paths.

    Raises:
        MnistLabError: The arguments, the data, the checkpoint or the picture make no sense, or nothing can be written.
    """
    cli = TrainingCLI("layers", args)
    cli.say_notes()
    found = trained(cli)
    names = found.class_names
    sample, what = _sample(cli.datamodule, cli.settings_of("image"))
    pictures = _filter_pictures(cli)
    stages = _stages(cli, sample)
    _print(stages)
    folder = picture_folder(cli.settings_of("pictures"), found.checkpoint, FOLDER)
    check_pictures(folder, [f"{name}.png" for name in (*pictures, MAPS)])
    title = say("{network}: {what}", "{network}：{what}", network=cli.model.network_class().__name__, what=what)
    answer = names[int(np.argmax(stages[-1].values))] if stages[-1].values.ndim == 1 else None
    if answer is not None:
        title += say(", answer: {answer}", "、答え：{answer}", answer=answer)
    pictures[MAPS] = draw_feature_maps(
        stages,
        names,
        title,
        feature_names=cli.datamodule.feature_names or (),
        bright_is_ink=cli.datamodule.used_source.bright_is_ink,
    )
    in_tensorboard = keep_pictures(folder, pictures, found.checkpoint)
    _tell(cli, folder, list(pictures), in_tensorboard=in_tensorboard)


def _sample(datamodule: ClassificationDataModule, image: str | None) -> tuple[Tensor, str]:
    """Return the sample, standardised, and what it is called."""
    if image is not None:
        if Path(image).is_dir():
            raise UsageError(
                say(
                    "--image: {image} is a folder; name one picture in it.",
                    "--image：{image} はフォルダです。その中の画像を 1 つ指定してください。",
                    image=image,
                )
            )
        samples = new_pictures(datamodule.used_source, Path(image), "--image")
        return datamodule.standardisation.apply(samples.inputs)[0], samples.names[0]
    test = datamodule.samples("test")
    what = say(
        "first test sample, of class {name}",
        "最初のテスト用サンプル（クラス {name}）",
        name=datamodule.class_names[int(test.labels[0])],
    )
    return datamodule.standardisation.apply(test.inputs[:1])[0], what


def _filter_pictures(cli: TrainingCLI) -> dict[str, bytes]:
    network = cli.model.shown_network()
    pictures = {}
    features = None if has_convolutions(network) else cli.datamodule.feature_names
    for place, layer in enumerate(filters(network, cli.datamodule.input_shape), 1):
        # Nodes and features of a table are one picture, not one of many.
        shape = layer.weights.shape if features is None else layer.weights.shape[2:]
        title = say(
            "weights of {name}, {kind}: {shape}",
            "{name} の重み、{kind}：{shape}",
            name=layer.name,
            kind=layer.kind,
            shape=sides(shape),
        )
        pictures[f"filters_{place}"] = draw_filters(layer.weights, title, features or ())
    return pictures


def _stages(cli: TrainingCLI, sample: Tensor) -> list[Stage]:
    """Return the sample and what each layer makes of it.

    Raises:
        MnistLabError: The network does not take a sample alone.
    """
    try:
        with torch.no_grad():
            maps = feature_maps(cli.model.shown_network(), sample)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise MnistLabError(
            say(
                "layers: {network} cannot be looked at: {why}.",
                "layers：{network} の中を表示できません：{why}。",
                network=cli.model.network_class().__name__,
                why=first_line(error).rstrip("."),
            )
        ) from error
    shape = tuple(sample.shape)
    first = Stage(say("input: {shape}", "入力：{shape}", shape=sides(shape)), sample.numpy())
    stages = [first]
    for one in maps:
        stages.append(Stage(_text(one, shape), one.values))
        shape = one.values.shape
    return stages


def _text(one: FeatureMaps, before: Sequence[int]) -> str:
    """Return which layer it is, the shapes before and after it, and its parameters."""
    name = f"{one.name}  " if one.name else ""
    shapes = f"{sides(before)} → {sides(one.values.shape)}"
    count = say(", {count:,} parameters", "、パラメータ数 {count:,}", count=one.parameters) if one.parameters else ""
    return f"{name}{one.kind}:  {shapes}{count}"


def _print(stages: Sequence[Stage]) -> None:
    for stage in stages:
        print(f"  {stage.text}")


def _tell(cli: TrainingCLI, folder: Path, names: Sequence[str], *, in_tensorboard: bool) -> None:
    network = cli.model.shown_network()
    if not has_convolutions(network):
        print(
            say(
                "{network} has no convolution, so it has no filters of one; shown are the weights of its first linear "
                "layer, where it has one, and what each layer makes of the sample.",
                "{network} には畳み込み層がないため、そのフィルタはありません。最初の全結合層の重み（ある場合）と、"
                "各層の出力を表示します。",
                network=cli.model.network_class().__name__,
            )
        )
    print(
        say(
            "{count} pictures in {folder}: {names}{tensorboard}",
            "画像 {count} 枚を {folder} に保存しました：{names}{tensorboard}",
            count=len(names),
            folder=folder,
            names=", ".join(f"{name}.png" for name in names),
            tensorboard=say(
                "; in TensorBoard under Images, {tag}/",
                "。TensorBoard では Images の {tag}/ にあります",
                tag=folder.name,
            )
            if in_tensorboard
            else "",
        )
    )
