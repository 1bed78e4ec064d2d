"""The words on a sweep's tables, graphs and headings, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_lab.reports.style import Language


@dataclass(frozen=True)
class Words:
    """One language's words; units stand in square brackets."""

    language: Language
    model: str
    setting: str
    values: str
    parameters: str
    train_time: str
    val_accuracy: str
    test_accuracy: str
    note: str
    time_of: str
    """Title of a parameter's upper panel; takes ``name``."""
    accuracy_of: str
    """Title of a parameter's lower panel; takes ``name``."""
    map_of_time: str
    map_of_accuracy: str
    pareto_size: str
    pareto_time: str
    front: str
    strange: str
    again: str
    layers: str
    on_front: str
    smallest: str
    statuses: dict[str, str]
    title: str
    summary: str
    changed: str
    varied_caption: str
    points_caption: str
    measured: str
    parameter_caption: str
    map_caption: str
    pareto_caption: str
    remarks: str
    run: str
    units: dict[str, str]


EN = Words(
    language="en",
    model="model",
    setting="setting",
    values="values",
    parameters="parameters",
    train_time="training time [s]",
    val_accuracy="validation accuracy [%]",
    test_accuracy="test accuracy [%]",
    note="note",
    time_of="Training time by {name}",
    accuracy_of="Test accuracy by {name}",
    map_of_time="{model}: training time [s]",
    map_of_accuracy="{model}: test accuracy [%]",
    pareto_size="Accuracy by size",
    pareto_time="Accuracy by training time",
    front="on the front: no point is smaller, faster and more accurate",
    strange="time stays outside its neighbours'",
    again="time measured again",
    layers="number of {name} layers",
    on_front="front",
    smallest="smallest",
    statuses={
        "diverged": "diverged",
        "out_of_memory": "out of CUDA memory",
        "refused": "cannot be trained",
        "unscored": "was not scored",
        "failed": "failed",
    },
    title="Sweep {name} on {data}: training time and accuracy",
    summary="Summary",
    changed="What was changed",
    varied_caption="What was varied, and the values it took; all else stayed the same within a model.",
    points_caption=(
        "All points. Time: median; accuracy: mean; in brackets the smallest and the largest value where there are "
        "repeats. Front: no other point is smaller, faster and more accurate by validation."
    ),
    measured=(
        "Training time is the time of the training steps alone: no validation, no checkpoints, no logging. Test "
        "accuracy is that of the epoch with the best validation accuracy. Models are chosen by validation accuracy, so "
        "that the test set has no part in the choice."
    ),
    parameter_caption="Training time and test accuracy against {name}: medians, joined by a line where the values have an order.",
    map_caption="{model}: training time and test accuracy against {across} and {down}.",
    pareto_caption="Validation accuracy against size and training time (logarithmic axes); the steps show the best accuracy up to there.",
    remarks="Remarks",
    run="run",
    units={},
)

JA = Words(
    language="ja",
    model="モデル",
    setting="設定項目",
    values="値",
    parameters="パラメータ数",
    train_time="学習時間 [s]",
    val_accuracy="検証精度 [%]",
    test_accuracy="テスト精度 [%]",
    note="備考",
    time_of="{name} と学習時間",
    accuracy_of="{name} とテスト精度",
    map_of_time="{model}：学習時間 [s]",
    map_of_accuracy="{model}：テスト精度 [%]",
    pareto_size="パラメータ数と精度",
    pareto_time="学習時間と精度",
    front="パレート最適：大きさ、時間、精度のすべてで上回る点がない",
    strange="測り直しても隣の点と合わない時間",
    again="時間を測り直した点",
    layers="{name} の層数",
    on_front="最適",
    smallest="最小",
    statuses={
        "diverged": "発散した",
        "out_of_memory": "CUDAメモリが不足した",
        "refused": "学習できない設定である",
        "unscored": "精度が測られていない",
        "failed": "失敗した",
    },
    title="{data}におけるスイープ {name}：学習時間と精度",
    summary="要約",
    changed="変更点",
    varied_caption="変えた設定項目とその値。同じモデルの中では、ほかの設定はすべて同じである。",
    points_caption=(
        "すべての点。時間は中央値、精度は平均であり、繰り返した点には最小値と最大値を（ ）内に示す。「最適」は、大きさ、時間、"
        "検証精度のすべてで上回る点がないことを示す。"
    ),
    measured=(
        "学習時間は学習ステップだけの時間であり、検証、チェックポイントの保存、ログの書き込みを含まない。テスト精度は、検証精度が最も"
        "高かったエポックの重みによるものである。モデルは検証精度によって選んだため、テストデータは選択に関わっていない。"
    ),
    parameter_caption="{name} と学習時間およびテスト精度。印は中央値であり、値に順序があれば線で結ぶ。",
    map_caption="{model}における {across} と {down} に対する学習時間とテスト精度。",
    pareto_caption="大きさと学習時間（いずれも対数目盛）に対する検証精度。階段状の線はそこまでで最良の精度を示す。",
    remarks="備考",
    run="実行",
    units={
        "nodes": "ノード",
        "channels": "チャネル",
        "pixels": "画素",
        "samples": "枚",
        "epochs": "エポック",
        "layers": "層",
    },
)


def words(language: Language) -> Words:
    """Return the words of a language."""
    return JA if language == "ja" else EN
