"""What ``predict`` is asked about, test set or samples of the user's own, and what it says of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from mnist_lab.callbacks import NewSampleWriter, PredictionWriter
from mnist_lab.callbacks.prediction_writer import check_predictions
from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.terminal_table import terminal_table
from mnist_lab.data.new_samples import NewPictures, NewRows, new_pictures, new_rows
from mnist_lab.errors import UsageError
from mnist_lab.language import listed, say
from mnist_lab.runs.trained_on import TrainedOn
from mnist_lab.runs.value_notes import value_notes
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.training_cli import TrainingCLI

_SHOWN_ROWS = 20
_SHOWN_NAMES = 5


def check_prediction(cli: TrainingCLI) -> None:
    """Look at the arguments, and whether the files may be written.

    Raises:
        UsageError: Both pictures and rows are asked about, or a file stands in the way.
    """
    if cli.settings_of("images") is not None and cli.settings_of("rows") is not None:
        raise UsageError(
            say(
                "--images and --rows are both given; ask about one of them at a time.",
                "--images と --rows の両方が指定されています。どちらか一方にしてください。",
            )
        )
    predictions = Path(cli.settings_of("predictions"))
    check_predictions(predictions)
    if cli.settings_of("images") is not None:
        check_predictions(NewSampleWriter.sheet_of(predictions))
    check_writable(predictions.parent, "--predictions")


def asks_own_samples(cli: TrainingCLI) -> bool:
    """Say whether it is the user's own samples that are asked about, not the test set."""
    return any(cli.settings_of(name) is not None for name in ("images", "rows"))


def with_writer(cli: TrainingCLI, checkpoint: Checkpoint) -> PredictionWriter:
    """Name the outputs as in the training, since these data may have other classes; the inputs are made as there.

    Returns:
        What writes the answers, among the trainer's callbacks.

    Raises:
        MnistLabError: The samples that are asked about cannot be read.
    """
    datamodule = cli.datamodule
    names = datamodule.class_names
    learned = checkpoint.trained_on
    predicted = names if learned is None else learned.class_names
    path = Path(cli.settings_of("predictions"))
    samples = _asked_samples(cli, learned)
    writer: PredictionWriter
    if samples is None:
        writer = PredictionWriter(path, predicted, names)
    else:
        datamodule.ask_about(samples.inputs)
        writer = NewSampleWriter(
            path,
            predicted,
            samples.names,
            pictures=samples.inputs.numpy() if isinstance(samples, NewPictures) else None,
            files=samples.files if isinstance(samples, NewPictures) else (),
            bright_is_ink=datamodule.used_source.bright_is_ink,
        )
    cli.trainer.callbacks.append(writer)  # type: ignore[attr-defined]
    return writer


def tell(writer: PredictionWriter) -> None:
    """Print the first answers to new samples, how many there are, and where they lie."""
    console = Console(highlight=False)
    if isinstance(writer, NewSampleWriter):
        kind = say("picture", "画像") if writer.files else say("row", "行")
        rows = [
            (name, answer, f"{100 * score:.1f}")
            for name, (answer, score) in zip(writer.names, writer.answers[:_SHOWN_ROWS], strict=False)
        ]
        headings = [kind, say("answer", "答え"), say("score [%]", "スコア [%]")]
        console.print(terminal_table(say("Answers", "答え"), headings, rows, numbers=[2]))
        if len(writer.names) > len(rows):
            line = say("… and {count} more.", "…ほか {count} 件", count=len(writer.names) - len(rows))
            console.print(escape(line))
    unit = (
        say("test samples", "テスト用サンプル")
        if not isinstance(writer, NewSampleWriter)
        else say("pictures", "枚の画像")
        if writer.files
        else say("rows", "行")
    )
    if writer.rows == 1:
        unit = unit.removesuffix("s")  # no word of Japanese ends in it
    lines = [
        say(
            "Predictions of {count:,} {unit}: {path}",
            "予測（{count:,} {unit}）：{path}",
            count=writer.rows,
            unit=unit,
            path=writer.path,
        )
    ]
    if isinstance(writer, NewSampleWriter) and writer.files:
        sheet = writer.sheet_of(writer.path)
        lines.append(
            say(
                "Pictures as given and as the network sees them, with answer and score: {path}",
                "元の画像とネットワークに入力された画像、答えとスコア：{path}",
                path=sheet,
            )
        )
    for line in lines:
        console.print(escape(line), soft_wrap=True)


def _asked_samples(cli: TrainingCLI, learned: TrainedOn | None) -> NewPictures | NewRows | None:
    """Return the user's own samples; None: the test set is asked about."""
    if not asks_own_samples(cli):
        return None
    source, rows = cli.datamodule.used_source, cli.settings_of("rows")
    if rows is None:
        pictures = new_pictures(source, Path(cli.settings_of("images")))
        if pictures.left_out:
            print(
                say(
                    "Left out, as their names are not those of pictures: {names} ({count}).",
                    "画像の拡張子ではないため使わないファイル：{names}（{count} 個）",
                    names=_first(pictures.left_out),
                    count=len(pictures.left_out),
                )
            )
        return pictures
    # Of features that are made of texts only the data know the columns.
    named = learned is not None and learned.feature_names is not None and not learned.categories
    columns = learned.feature_names if learned is not None and named else source.feature_names
    texts = source.text_inputs
    samples = new_rows(source, Path(rows), columns, () if texts is None else texts.texts)
    if samples.left_out:
        print(
            say(
                "Rows that lack a value are left out (missing: drop): {names} ({count}).",
                "欠損値のある行は除外しました（missing: drop）：{names} 行目（{count} 行）",
                names=_first(samples.left_out),
                count=len(samples.left_out),
            )
        )
    for note in value_notes(cli.datamodule.facts_of(samples.inputs)):
        print(note)
    return samples


def _first(names: Sequence[str]) -> str:
    return listed([*names[:_SHOWN_NAMES], *(["…"] if len(names) > _SHOWN_NAMES else [])], en=", ")
