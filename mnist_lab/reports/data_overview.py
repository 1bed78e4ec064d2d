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
from mnist_lab.own_files import OwnFiles
from mnist_lab.pictures.fonts import fonts

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
    if note := datamodule.used_source.note:
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
        raise DataError(f"The picture {picture} cannot be written: {error}. Name another with --picture.") from error
    console.print(f"Samples of each class: {picture.resolve()}", soft_wrap=True, highlight=False)


def facts_table(description: DataDescription) -> Table:
    """Return what the data is: name, place, shapes, sizes and scale."""
    table = Table(title=f"{description.name}", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    if description.fell_back:
        table.add_row("stands in for", f"{description.requested_name}, which is missing")
    table.add_row("lies in", escape(description.location))
    table.add_row("shape of one sample", " × ".join(str(size) for size in description.input_shape))
    if description.feature_names:
        table.add_row("features", escape(", ".join(description.feature_names)))
    table.add_row("classes", f"{len(description.class_names)}")
    sizes = description.split_sizes
    table.add_row("samples", f"{sizes['train']:,} training, {sizes['val']:,} validation, {sizes['test']:,} test")
    unit = "grey level, 0 to 255" if len(description.input_shape) == 3 else "as stored, by feature"
    table.add_row("training mean", f"{_numbers(description.mean)} ({unit})")
    table.add_row("training standard deviation", f"{_numbers(description.std)} ({unit})")
    return table


def counts_table(description: DataDescription) -> Table:
    """Return how many samples each class has in each split."""
    table = Table(title="Samples by class and split")
    table.add_column("class")
    for heading in ("training [samples]", "validation [samples]", "test [samples]", "all [samples]"):
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
    figure.suptitle(f"{description.name}: ten training samples of each class")
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
    features = description.feature_names or [f"feature {place + 1}" for place in range(train.inputs.shape[1])]
    shown = features[:_MOST_NUMBERS_SHOWN]
    size = (max(7.5, 2.6 * len(shown)), 0.62 * len(names) + 1.2)
    figure = Figure(figsize=size, layout="constrained")
    title = f"{description.name}: training samples of each class"
    figure.suptitle(title if len(shown) == len(features) else f"{title} (the first {len(shown)} features)")
    grid = figure.subplots(len(names), len(shown), sharex="col", squeeze=False)
    for place, feature in enumerate(shown):
        values = train.inputs[:, place]
        span = (float(values.min()), float(values.max()))
        for label, axes in enumerate(grid[:, place]):
            axes.hist(values[train.labels == label].numpy(), bins=_HISTOGRAM_BINS, range=span, color="tab:blue")
            axes.set(yticks=[])
        grid[-1, place].set_xlabel(f"input ({feature}, as stored)")
    for name, axes in zip(names, grid[:, 0], strict=True):
        axes.set_ylabel(name, rotation="horizontal", ha="right", va="center")
    figure.supylabel("class; height: number of samples")
    return figure


def _numbers(values: list[float]) -> str:
    """Write numbers with four significant digits, the first few of many."""
    shown = ", ".join(f"{value:.4g}" for value in values[:_MOST_NUMBERS_SHOWN])
    return shown if len(values) <= _MOST_NUMBERS_SHOWN else f"{shown}, … ({len(values)} in all)"
