"""``lightning page``: a trained network as one HTML file in which one draws, and sees what every layer makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.folders import check_writable
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import without_help
from mnist_lab.language import say

if TYPE_CHECKING:
    from mnist_lab.page.subject import Subject
    from mnist_lab.training.trained import Trained

_NAME = "page.html"


def run(command: str, args: Sequence[str]) -> int:
    """Write the page of a checkpoint and say where it lies.

    Args:
        command: ``page``.
        args: ``--config``, ``--ckpt_path`` and overrides; ``--output``.

    Returns:
        The exit code.

    Raises:
        UsageError: The file is the user's or cannot be written, or the page cannot compute this network.
        MnistLabError: The arguments, the data or the checkpoint make no sense.
    """
    if (given := without_help(command, args)) is None:
        return 0
    arguments = resolve_configs(given)
    quieten_lightning()
    from mnist_lab.page.page_file import OPTION, check_page, write_page
    from mnist_lab.page.subject import check_inputs
    from mnist_lab.training.trained import trained
    from mnist_lab.training.training_cli import TrainingCLI

    cli = TrainingCLI(command, arguments)
    cli.say_notes()
    check_inputs(cli.datamodule.input_shape)
    asked = cli.settings_of("output")
    if asked is not None:
        check_page(Path(asked))
        check_writable(Path(asked).parent, OPTION)
    found = trained(cli)
    path = Path(asked) if asked is not None else found.folder / _NAME
    check_page(path)
    check_writable(path.parent, OPTION)
    subject = _subject(found)
    size_mb = write_page(path, subject) / 1e6
    if subject.film is None:
        print(
            say(
                "No numbers of --scores lie beside this checkpoint: the page has no film of its hills.",
                "このチェックポイントの実行には --scores の記録がないため、スコアの変化の動画は入りません。",
            )
        )
    print(
        say(
            "Page: {path} ({size:.1f} MB; open it in a browser)",
            "ページ：{path}（{size:.1f} MB、ブラウザで開いてください）",
            path=path,
            size=size_mb,
        )
    )
    return 0


def _subject(found: Trained) -> Subject:
    """Return what the page is about."""
    from mnist_lab.page.subject import Subject, film_of
    from mnist_lab.runs.data_names import data_title

    data, samples = found.datamodule, found.datamodule.samples("test")
    return Subject(
        network=found.model.shown_network(),
        model=found.model.network_class().__name__,
        data=data_title({"name": found.data, "location": data.used_source.location}),
        class_names=found.class_names,
        mean=found.mean,
        std=found.std,
        train_inputs=data.samples("train").inputs,
        test_inputs=samples.inputs,
        test_labels=samples.labels,
        feature_names=data.feature_names,
        categories=data.describe().categories,
        bright_is_ink=data.used_source.bright_is_ink,
        film=film_of(found.checkpoint.run),
        checkpoint=found.checkpoint.path.stem,
    )
