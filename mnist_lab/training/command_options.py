"""The options that commands have beside Lightning's, and what ``--help all`` says of them."""

from __future__ import annotations

from typing import Literal

from jsonargparse.typing import PositiveInt
from lightning.pytorch.cli import LightningArgumentParser

from mnist_lab.language import Language, say
from mnist_lab.models.losses import LossName

PREDICTIONS = "predictions.csv"
PICTURE = "class_samples.png"


def add_shared_options(parser: LightningArgumentParser) -> None:
    """Add what every command takes, since each has to take the config that fit leaves in a run's folder."""
    parser.add_argument(
        "--language",
        type=Language,
        default="en",
        help=say(
            "In which tables, notes and errors are said: en or ja (Japanese).",
            "表、注意、エラーの言語：en（英語）または ja（日本語）。",
        ),
    )
    parser.add_argument(
        "--lr_interval",
        type=Literal["epoch", "step"],
        default="epoch",
        help=say(
            "When the learning rate schedule moves on: after each epoch, or after each optimizer step.",
            "学習率のスケジュールを進める時点：エポックごと（epoch）、または最適化のステップごと（step）。",
        ),
    )
    parser.add_argument(
        "--steps_per_execution",
        type=PositiveInt | None,
        default=None,
        help=say(
            "fit: optimizer steps to one call of Lightning's loop; the results are the same. null: as many as "
            "trainer.log_every_n_steps; 1: one by one.",
            "fit：Lightning のループ 1 回で進む最適化のステップ数（結果は変わらない）。null："
            "trainer.log_every_n_steps と同じ、1：1 ステップずつ。",
        ),
    )
    parser.add_argument(
        "--threads",
        type=PositiveInt | Literal["auto"] | None,
        default=None,
        help=say(
            "fit: threads that PyTorch computes with on the CPU. auto: the fastest number in a probe of under a "
            "second; null: PyTorch's own. With another number the weights differ in their last bits.",
            "fit：PyTorch が CPU で計算に使うスレッド数。auto：1 秒未満の試行で最も速い数、null：PyTorch の既定値。"
            "スレッド数が異なると、重みの末尾の桁が変わる。",
        ),
    )
    parser.add_argument(
        "--scores",
        type=bool | PositiveInt,
        nargs="?",
        const=True,
        default=False,
        help=say(
            "fit: draw the scores of test samples while the network learns: a picture after each epoch, and with a "
            "number after every so many steps as well. More settings: --trainer.callbacks+=ScoreCurves.",
            "fit：学習中に、テスト用サンプルのスコアを描く。エポックごとに 1 枚、数を指定すると、その"
            "ステップ数ごとにも描く。ほかの設定：--trainer.callbacks+=ScoreCurves",
        ),
    )


def add_loss_options(parser: LightningArgumentParser) -> None:
    """Add what a Classifier has among its own arguments, and a plain network has not."""
    parser.add_argument(
        "--loss",
        type=LossName,
        default="CrossEntropyLoss",
        help=say("The loss; for one's own network.", "損失関数（自作のネットワーク用）。"),
    )
    parser.add_argument(
        "--label_smoothing",
        type=float,
        default=0.0,
        help=say(
            "Share of the target spread over all classes; CrossEntropyLoss only.",
            "正解ラベルのうち、全クラスに均等に分ける割合（CrossEntropyLoss のみ）。",
        ),
    )


def add_options_of(command: str, parser: LightningArgumentParser) -> None:
    """Add what one command has for itself."""
    if command in ("layers", "test"):
        parser.add_argument(
            "--pictures",
            type=str | None,
            default=None,
            help=say(
                "The folder for the pictures; null: the folder {command} in the run's folder.",
                "画像の保存先フォルダ。null：実行のフォルダの中の {command}。",
                command=command,
            ),
        )
    if command == "layers":
        parser.add_argument(
            "--image",
            type=str | None,
            default=None,
            help=say(
                "A picture of your own to be followed through the layers; null: the first test sample.",
                "層ごとの出力を見る自分の画像。null：最初のテスト用サンプル。",
            ),
        )
    if command == "data":
        parser.add_argument(
            "--picture",
            type=str,
            default=PICTURE,
            help=say("The picture to write (.png, .svg, .pdf).", "書き出す画像（.png、.svg、.pdf）。"),
        )
    if command == "predict":
        _add_options_of_predict(parser)
    if command == "page":
        parser.add_argument(
            "--output",
            type=str | None,
            default=None,
            help=say(
                "The HTML file to write. null: page.html in the folder of the run that was trained.",
                "書き出す HTML ファイル。null：学習した実行のフォルダの page.html。",
            ),
        )


def _add_options_of_predict(parser: LightningArgumentParser) -> None:
    parser.add_argument(
        "--predictions",
        type=str,
        default=PREDICTIONS,
        help=say("The CSV file to write.", "書き出す CSV ファイル。"),
    )
    parser.add_argument(
        "--images",
        type=str | None,
        default=None,
        help=say(
            "Pictures of your own in place of the test set: a file, or a folder. Brought to the form of the data.",
            "テストデータの代わりに使う自分の画像（ファイルかフォルダ）。データと同じ形に変換します。",
        ),
    )
    parser.add_argument(
        "--rows",
        type=str | None,
        default=None,
        help=say(
            "Rows of a table of your own in place of the test set: a file with the columns that were learned, "
            "without labels.",
            "テストデータの代わりに使う自分の表（学習に使った列があり、ラベルは不要）。",
        ),
    )
