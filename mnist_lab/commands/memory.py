"""``lightning memory``: how much GPU memory a training will take, and the largest batch size that fits."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.own_options import OwnOptions, add_language
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.language import Phrase, speaking


def run(command: str, args: Sequence[str]) -> int:
    """Print the table and what it means; nothing is trained, and nothing is put on a GPU.

    Args:
        command: ``memory``.
        args: ``--config`` and overrides, as for ``fit``; ``--gpu`` for a card that is not here.

    Returns:
        0, also where it does not fit.

    Raises:
        MnistLabError: The config makes no sense, or what it trains cannot be forecast.
    """
    own, others = _parser().parse_known_args(list(args))  # what is none of these is the trainer's, or refused by it
    arguments = resolve_configs(others)
    quieten_lightning()
    from rich.console import Console

    from mnist_lab.cli.terminal_table import terminal_table
    from mnist_lab.training.forecast_of_config import forecast_config
    from mnist_lab.training.memory_report import headings, rows, sentences, title

    with speaking(own.language):
        name, verdict = forecast_config(command, arguments, own.gpu)
        console = Console(highlight=False, soft_wrap=True)
        console.print(terminal_table(title(verdict, name), headings(), rows(verdict), numbers=[1]))
        for sentence in sentences(verdict):
            console.print(sentence, markup=False)
    return 0


def _parser() -> OwnOptions:
    parser = OwnOptions(
        "memory",
        Phrase(
            "--config FILE [--gpu 6GiB] [options] [the trainer's options]",
            "--config ファイル [--gpu 6GiB] [オプション] [学習のオプション]",
        ),
        Phrase(
            "Forecasts the GPU memory that a training takes at its peak, and the largest batch size that fits, from a "
            "few steps without numbers: in seconds, on any machine.",
            "学習に必要な GPU メモリの最大値と、収まる最大のバッチサイズを予測します。値を計算せずに数ステップを"
            "たどるだけなので、GPU のない計算機でも数秒で終わります。",
        ),
        "--config cnn.yaml --gpu 6GiB --data.batch_size 4096",
    )
    parser.option(
        "--gpu",
        metavar="SIZE",
        text=Phrase(
            "the card's memory, such as 6GiB (default: the GPU that is here)",
            "GPU のメモリの大きさ。例：6GiB（既定は、この計算機の GPU）",
        ),
    )
    add_language(parser)
    return parser
