"""The help of the commands that read a config as fit does: what is used first; all else is behind ``--help all``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from mnist_lab.cli.value_words import value_words
from mnist_lab.language import Phrase, say

_HELP = ("-h", "--help")
_ALL = "all"


class Option(NamedTuple):
    """One line of the help."""

    name: str
    """Without dashes."""
    value: str
    """What stands behind it; empty: nothing."""
    text: Phrase
    default: object = None
    """Shown in brackets; None: none is shown."""


_CONFIG = Option(
    "config", "FILE", Phrase("cnn.yaml, fc.yaml, … or your own; several in turn", "cnn.yaml や自作の設定（複数可）")
)
_MODEL = Option(
    "model", "NAME", Phrase("CNN, FC, Perceptron, or your own: mynet.Net", "CNN、FC など、自作は mynet.Net")
)
_SOURCE = Option(
    "data.source",
    "NAME",
    Phrase("MNIST, FashionMNIST, KMNIST, Digits, CSVTable, …", "データ：MNIST、Digits、CSVTable など"),
)
_ROOT = Option("trainer.default_root_dir", "FOLDER", Phrase("where runs are kept", "実行の保存先"), "tb_logs")
_ACCELERATOR = Option(
    "trainer.accelerator", "NAME", Phrase("cpu or gpu; else the best there is", "cpu または gpu（既定は自動）"), "auto"
)
_LANGUAGE = Option(
    "language",
    "en|ja",
    Phrase("ja: Japanese; also as a line of the config", "ja：日本語（設定ファイルにも書ける）"),
)
_HIDDEN = Option("model.hidden", '"[64,32]"', Phrase("nodes of each hidden layer", "各隠れ層のノード数"))
_CHANNELS = Option(
    "model.channels",
    '"[8,8]"',
    Phrase("channels of each convolution (CNN)", "各畳み込み層のチャンネル数（CNN）"),
)
_ACTIVATION = Option("model.activation", "NAME", Phrase("ReLU, Tanh, Sigmoid, …", "活性化関数：ReLU、Tanh など"))
_SCORED = Option("ckpt_path", "last|best|FILE", Phrase("the trained weights", "学習済みの重み"))
_EVAL_BATCH = Option("data.eval_batch_size", "N", Phrase("samples at a time", "一度に処理するサンプル数"), 1000)
_PICTURES = Option(
    "pictures", "FOLDER", Phrase("for the pictures; else in the run's folder", "画像の保存先（既定は実行のフォルダ）")
)

OPTIONS: Mapping[str, Sequence[Option]] = {
    "fit": (
        _CONFIG,
        _MODEL,
        _HIDDEN,
        _CHANNELS,
        _ACTIVATION,
        Option("model.loss", "NAME", Phrase("CrossEntropyLoss, MSELoss, …", "損失関数：CrossEntropyLoss など")),
        _SOURCE,
        Option("data.batch_size", "N", Phrase("training samples a step", "1 ステップのサンプル数"), 64),
        Option("trainer.max_epochs", "N", Phrase("epochs", "エポック数"), 5),
        Option("optimizer", "NAME", Phrase("Adam, SGD, … of torch.optim", "最適化手法：Adam、SGD など")),
        Option("optimizer.lr", "X", Phrase("learning rate", "学習率")),
        Option("lr_scheduler", "NAME", Phrase("its schedule; null: none", "学習率のスケジュール（なしは null）")),
        Option("seed_everything", "N", Phrase("seed of weights and order", "重みと順序のシード"), 0),
        Option("ckpt_path", "last|best|FILE", Phrase("go on from a checkpoint", "チェックポイントから続ける")),
        Option("scores", "[N]", Phrase("draw the scores while it learns", "学習中のスコアを描く")),
        Option("threads", "N|auto", Phrase("threads on the CPU", "CPU のスレッド数")),
        _ACCELERATOR,
        _ROOT,
        _LANGUAGE,
        Option("print_config", "", Phrase("show every setting and train nothing", "全設定を表示し、学習しない")),
    ),
    "validate": (_CONFIG, _SCORED, _MODEL, _SOURCE, _EVAL_BATCH, _ACCELERATOR, _ROOT, _LANGUAGE),
    "test": (_CONFIG, _SCORED, _PICTURES, _MODEL, _SOURCE, _EVAL_BATCH, _ACCELERATOR, _ROOT, _LANGUAGE),
    "layers": (
        _CONFIG,
        _SCORED,
        Option("image", "FILE", Phrase("a picture of your own to be followed", "層ごとの出力を見る自分の画像")),
        _PICTURES,
        _MODEL,
        _SOURCE,
        _ROOT,
        _LANGUAGE,
    ),
    "predict": (
        _CONFIG,
        _SCORED,
        Option("images", "PATH", Phrase("your own pictures: a file or a folder", "自分の画像（ファイルかフォルダ）")),
        Option("rows", "FILE", Phrase("your own table, without labels", "ラベルのない自分の表")),
        Option("predictions", "FILE", Phrase("the CSV file to write", "書き出す CSV ファイル"), "predictions.csv"),
        _MODEL,
        _SOURCE,
        _EVAL_BATCH,
        _ACCELERATOR,
        _ROOT,
        _LANGUAGE,
    ),
    "page": (
        _CONFIG,
        _SCORED,
        Option(
            "output",
            "FILE",
            Phrase("the HTML file; else page.html in the run's folder", "書き出す HTML（既定は実行のフォルダ内）"),
        ),
        _MODEL,
        _SOURCE,
        _ROOT,
        _LANGUAGE,
    ),
    "summary": (_CONFIG, _MODEL, _HIDDEN, _CHANNELS, _ACTIVATION, _SOURCE, _LANGUAGE),
    "data": (
        _CONFIG,
        _SOURCE,
        Option("data.seed", "N", Phrase("seed of the validation split", "検証用データを選ぶシード"), 0),
        Option("picture", "FILE", Phrase("the picture to write", "書き出す画像"), "class_samples.png"),
        _LANGUAGE,
    ),
}


def without_help(command: str, args: Sequence[str]) -> list[str] | None:
    """Print what is used first of a command where its help is asked for, and return None; else return its arguments.

    Those that ask for the help of everything are returned as the parser of everything takes them.

    Args:
        command: One of ``OPTIONS``.
        args: What stands behind it.
    """
    asked = _asked_help(args)
    if asked == "short":
        print(short_help(command))
        return None
    if asked == "all":
        print(
            say(
                "Every option; what is used first is shown by: lightning {command} --help\n",
                # What Lightning, PyTorch and the docstrings of models and data say of their arguments is English alone.
                "すべてのオプションの一覧です。説明の多くは、Lightning や PyTorch の英語の文書によります。\n"
                "よく使うオプションの日本語の説明：lightning {command} --help\n",
                command=command,
            )
        )
    words = (*_HELP, _ALL, f"--help={_ALL}")
    return [*(arg for arg in args if arg not in words), "--help"] if asked == "all" else list(args)


def _asked_help(args: Sequence[str]) -> Literal["short", "all"] | None:
    for arg, behind in zip(args, [*args, ""][1:], strict=True):
        if arg in _HELP:
            return "all" if behind == _ALL else "short"
        if arg == f"--help={_ALL}":
            return "all"
    return None


def short_help(command: str) -> str:
    """Return what is used first of a command."""
    from rich.cells import cell_len

    heads = [f"--{option.name} {value_words(option.value)}".rstrip() for option in OPTIONS[command]]
    width = max(map(cell_len, heads))
    lines = [
        f"  {head}{' ' * (width - cell_len(head))}  {option.text}"
        + ("" if option.default is None else f" [{option.default}]")
        for head, option in zip(heads, OPTIONS[command], strict=True)
    ]
    others = {
        "--help all": say("every option", "すべてのオプション"),
        "--model.help CNN": say("the settings of a model, here CNN", "モデルの設定（ここでは CNN）"),
        "--verbose": say("show the traceback of an error", "エラーのトレースバックを表示"),
    }
    return say(
        "usage: lightning {command} --config FILE [options]\n\n"
        "What is used first, with what holds where neither config nor command line say it:\n\n"
        "{options}\n\n{others}\n\n"
        "example: lightning {command} --config cnn.yaml{example}",
        "使い方：lightning {command} --config ファイル [オプション]\n\n"
        "よく使うオプション（[ ] は、設定ファイルにも指定がないときの値）：\n\n"
        "{options}\n\n{others}\n\n"
        "例：lightning {command} --config cnn.yaml{example}",
        command=command,
        options="\n".join(lines),
        others="\n".join(f"  {head:<{width}}  {text}" for head, text in others.items()),
        example=" --ckpt_path best" if _SCORED in OPTIONS[command] else "",
    )
