"""What ``lightning test`` leaves beyond its scores: confusion matrix and most confident mistakes, as pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from mnist_lab.callbacks import AnswerKeeper
from mnist_lab.cli.folders import check_writable
from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.runs.data_names import data_title
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.kept_pictures import check_pictures, keep_pictures, picture_folder
from mnist_lab.training.training_cli import TrainingCLI

FOLDER = "test"
CONFUSION, WRONG = "confusion_matrix", "most_confidently_wrong"


@dataclass(frozen=True)
class KeptAnswers:
    """What a test was asked to keep, and where its pictures go."""

    cli: TrainingCLI
    keeper: AnswerKeeper
    folder: Path


def keep_answers(cli: TrainingCLI, checkpoint: Checkpoint) -> KeptAnswers | None:
    """Have a test keep its answers.

    Returns:
        Nothing where several processes share the test, or where nobody named the folder and it cannot be written, as
        that of a run on a medium that is only read: the scores are there all the same.

    Raises:
        UsageError: The folder that was named cannot be written, or a file of the user's stands in the way.
    """
    if cli.trainer.world_size > 1:
        if cli.trainer.is_global_zero:
            sys.stderr.write(
                say(
                    "Without pictures, as several processes share the test; --trainer.devices 1 draws them.\n",
                    "複数のプロセスでテストするため、画像は保存しません。--trainer.devices 1 では保存します。\n",
                )
            )
        return None
    named = cli.settings_of("pictures")
    folder = picture_folder(named, checkpoint, FOLDER)
    try:
        check_writable(folder, "--pictures")
        check_pictures(folder, [f"{CONFUSION}.png", f"{WRONG}.png"])
    except UsageError as error:
        if named is not None:
            raise
        sys.stderr.write(say("Without pictures. {why}\n", "画像は保存しません。{why}\n", why=error))
        return None
    keeper = AnswerKeeper()
    cli.trainer.callbacks.append(keeper)  # type: ignore[attr-defined]
    return KeptAnswers(cli, keeper, folder)


def draw_and_tell(kept: KeptAnswers, checkpoint: Checkpoint) -> None:
    """Draw what was kept, and say where it is and what was mistaken most often.

    Raises:
        MnistLabError: The pictures cannot be written.
    """
    from mnist_lab.pictures.confusion_picture import Wrong, draw_confusion, draw_wrong

    counts, datamodule = kept.keeper.counts, kept.cli.datamodule
    if counts is None:
        return
    names = datamodule.class_names
    data = data_title({"name": datamodule.dataset_name, "location": datamodule.used_source.location})
    model = kept.cli.model.network_class().__name__
    total = int(counts.sum())
    mistaken = total - int(counts.trace())
    title = say(
        "{model} on {data}: {mistaken:,} of {total:,} test samples mistaken",
        "{data} に対する {model}：テスト用 {total:,} サンプル中 {mistaken:,} 個の誤り",
        model=model,
        data=data,
        mistaken=mistaken,
        total=total,
    )
    pictures = {CONFUSION: draw_confusion(counts.numpy(), names, title)}
    mistakes = kept.keeper.mistakes
    if mistakes:
        test = datamodule.samples("test").inputs
        wrong = [Wrong(test[one.place].numpy(), names[one.label], names[one.answer], one.score) for one in mistakes]
        pictures[WRONG] = draw_wrong(
            wrong,
            say(
                "{model} on {data}: the most confident mistakes (class → answer, score)",
                "{data} に対する {model}：自信を持って間違えた例（正解 → 答え、スコア）",
                model=model,
                data=data,
            ),
            feature_names=datamodule.feature_names or (),
            bright_is_ink=datamodule.used_source.bright_is_ink,
        )
    in_tensorboard = keep_pictures(kept.folder, pictures, checkpoint)
    if mistakes:
        _tell_commonest(counts, names)
    _tell_where(kept.folder, list(pictures), in_tensorboard=in_tensorboard)


def _tell_commonest(counts: Tensor, names: Sequence[str]) -> None:
    off = counts.clone().fill_diagonal_(0)
    label, answer = divmod(int(off.argmax()), len(names))
    print(
        say(
            "Mistaken most often: {label} for {answer}, {count:,} of {total:,}.",
            "最も多い誤り：{label} を {answer} と答えたもの（{total:,} 個中 {count:,} 個）",
            label=names[label],
            answer=names[answer],
            count=int(off[label, answer]),
            total=int(counts[label].sum()),
        )
    )


def _tell_where(folder: Path, names: Sequence[str], *, in_tensorboard: bool) -> None:
    tensorboard = say(
        "; in TensorBoard under Images, {tag}/", "。TensorBoard では Images の {tag}/ にあります", tag=folder.name
    )
    print(
        say(
            "Pictures in {folder}: {names}{tensorboard}",
            "画像を {folder} に保存しました：{names}{tensorboard}",
            folder=folder,
            names=", ".join(f"{name}.png" for name in names),
            tensorboard=tensorboard if in_tensorboard else "",
        )
    )
