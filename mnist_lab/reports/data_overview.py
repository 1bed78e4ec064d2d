"""A data set shown: tables of what it is, and a picture of samples of each class."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mnist_lab.data import ClassificationDataModule, DataDescription, Samples
from mnist_lab.errors import DataError
from mnist_lab.language import say
from mnist_lab.own_files import OwnFiles
from mnist_lab.pictures.fonts import fonts
from mnist_lab.runs.data_names import data_name, data_title
from mnist_lab.runs.value_notes import value_notes

SAMPLES_A_CLASS = 10
_MOST_NUMBERS_SHOWN = 4
_HISTOGRAM_BINS = 40


def show_data(datamodule: ClassificationDataModule, picture: Path) -> None:
    """Load the data, print what it is, and draw samples of each class from the training split.

    Args:
        datamodule: Not yet prepared, or prepared already.
        picture: File to write; the ending chooses the format (``.png``, ``.svg``, ``.pdf``).

    Raises:
        UsageError: A file of the user's has the picture's name.
        DataError: If the data cannot be had or is damaged, or the picture cannot be written.
    """
    files = OwnFiles(picture.parent, "--picture")
    files.check([picture.name])
    datamodule.prepare_data()
    datamodule.setup()
    description = datamodule.describe()
    console = Console()
    console.print(facts_table(description))
    console.print(counts_table(description))
    noted = [say("data: {note}", "data：{note}", note=note) for note in value_notes(description.to_dict())]
    for note in filter(None, [datamodule.used_source.note, *noted]):
        console.print(escape(note), soft_wrap=True, highlight=False)
    train = datamodule.samples("train")
    try:
        with matplotlib.rc_context({"font.family": fonts()}):
            if train.inputs.ndim == 4:
                figure = draw_pictures(train, description, bright_is_ink=datamodule.used_source.bright_is_ink)
            else:
                figure = draw_histograms(train, description)
            drawn = io.BytesIO()
            figure.savefig(drawn, format=picture.suffix.removeprefix(".") or None, dpi=120)
        files.write({picture.name: drawn.getvalue()})
    except (OSError, ValueError) as error:
        raise DataError(
            say(
                "The picture {picture} cannot be written: {why}. Name another with --picture.",
                "画像 {picture} を保存できません：{why}。--picture で別のファイルを指定してください。",
                picture=picture,
                why=error,
            )
        ) from error
    line = say("Samples of each class: {picture}", "各クラスのサンプル：{picture}", picture=picture.resolve())
    console.print(escape(line), soft_wrap=True, highlight=False)


def facts_table(description: DataDescription) -> Table:
    """Return what the data is: name, place, shapes, sizes and scale."""
    table = Table(title=escape(data_name(description.to_dict())), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    if description.fell_back:
        missing = say("{name}, which is missing", "見つからない {name}", name=description.requested_name)
        table.add_row(say("stands in for", "代用の対象"), escape(missing))
    table.add_row(say("lies in", "場所"), escape(description.location))
    table.add_row(
        say("shape of one sample", "1 サンプルの形"), " × ".join(str(size) for size in description.input_shape)
    )
    if description.feature_names:
        table.add_row(say("features", "特徴量"), escape(", ".join(description.feature_names)))
    table.add_row(say("classes", "クラス数"), f"{len(description.class_names)}")
    sizes = description.split_sizes
    samples = say(
        "{train:,} training, {val:,} validation, {test:,} test",
        "学習用 {train:,}、検証用 {val:,}、テスト用 {test:,}",
        train=sizes["train"],
        val=sizes["val"],
        test=sizes["test"],
    )
    table.add_row(say("samples", "サンプル数"), samples)
    unit = (
        say(" (grey level, 0 to 255)", "（輝度、0 から 255）")
        if len(description.input_shape) == 3
        else say(" (as stored, by feature)", "（元の値、特徴量ごと）")
    )
    table.add_row(say("training mean", "学習用データの平均"), _numbers(description.mean) + unit)
    table.add_row(say("training standard deviation", "学習用データの標準偏差"), _numbers(description.std) + unit)
    return table


def counts_table(description: DataDescription) -> Table:
    """Return how many samples each class has in each split."""
    table = Table(title=say("Samples by class and split", "クラスと分割ごとのサンプル数"))
    table.add_column(say("class", "クラス"))
    for heading in (
        say("training [samples]", "学習用 [件]"),
        say("validation [samples]", "検証用 [件]"),
        say("test [samples]", "テスト用 [件]"),
        say("all [samples]", "合計 [件]"),
    ):
        table.add_column(escape(heading), justify="right")
    rows = zip(*(description.class_counts[split] for split in ("train", "val", "test")), strict=True)
    for name, counts in zip(description.class_names, rows, strict=True):
        table.add_row(escape(name), *(f"{count:,}" for count in (*counts, sum(counts))))
    return table


def draw_pictures(train: Samples, description: DataDescription, *, bright_is_ink: bool = True) -> Figure:
    """Draw the first ten samples of each class, a class a row.

    Args:
        train: Pictures, uint8 ``(N, 1, height, width)`` or ``(N, 3, height, width)``.
        description: Names the data and its classes.
        bright_is_ink: Show high grey levels dark, as in MNIST; otherwise as light.
    """
    names = description.class_names
    figure = Figure(figsize=(7.5, 0.62 * len(names) + 0.9), layout="constrained")
    figure.suptitle(
        say(
            "{name}: ten training samples of each class",
            "{name}：各クラスの学習用サンプル 10 個",
            name=data_title(description.to_dict()),
        )
    )
    grid = figure.subplots(len(names), SAMPLES_A_CLASS, squeeze=False)
    colours = "gray_r" if bright_is_ink else "gray"
    for label, (name, row) in enumerate(zip(names, grid, strict=True)):
        members = (train.labels == label).nonzero().flatten()[:SAMPLES_A_CLASS].tolist()
        for axes, position in zip(row, members, strict=False):
            axes.imshow(train.inputs[position].permute(1, 2, 0).squeeze(-1).numpy(), cmap=colours, vmin=0, vmax=255)
        for axes in row:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        row[0].set_ylabel(name, rotation="horizontal", ha="right", va="center")
    return figure


def draw_histograms(train: Samples, description: DataDescription) -> Figure:
    """Draw how the first few features are distributed in each class, a class a row, a feature a column.

    Args:
        train: Tables, float ``(N, features)``.
        description: Names the data, its classes and its features.
    """
    names = description.class_names
    features = description.feature_names or [
        say("feature {number}", "特徴量 {number}", number=place + 1) for place in range(train.inputs.shape[1])
    ]
    shown = features[:_MOST_NUMBERS_SHOWN]
    size = (max(7.5, 2.6 * len(shown)), 0.62 * len(names) + 1.2)
    figure = Figure(figsize=size, layout="constrained")
    title = say(
        "{name}: training samples of each class",
        "{name}：各クラスの学習用サンプル",
        name=data_title(description.to_dict()),
    )
    if len(shown) < len(features):
        title += say(" (the first {count} features)", "（先頭の {count} 個の特徴量）", count=len(shown))
    figure.suptitle(title)
    grid = figure.subplots(len(names), len(shown), sharex="col", squeeze=False)
    for place, feature in enumerate(shown):
        values = train.inputs[:, place]
        span = (float(values.min()), float(values.max()))
        for label, axes in enumerate(grid[:, place]):
            axes.hist(values[train.labels == label].numpy(), bins=_HISTOGRAM_BINS, range=span, color="tab:blue")
            axes.set(yticks=[])
        grid[-1, place].set_xlabel(say("input ({name}, as stored)", "入力（{name}、元の値）", name=feature))
    for name, axes in zip(names, grid[:, 0], strict=True):
        axes.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    figure.supylabel(say("class; height: number of samples", "クラス（高さ：サンプル数）"))
    return figure


def _numbers(values: list[float]) -> str:
    """Write numbers with four significant digits, the first few of many."""
    shown = ", ".join(f"{value:.4g}" for value in values[:_MOST_NUMBERS_SHOWN])
    if len(values) <= _MOST_NUMBERS_SHOWN:
        return shown
    return say("{shown}, … ({count} in all)", "{shown}, …（全部で {count} 個）", shown=shown, count=len(values))
