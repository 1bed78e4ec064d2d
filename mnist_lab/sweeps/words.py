"""The words on a sweep's tables and graphs, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_lab.reports.style import Language


@dataclass(frozen=True)
class Words:
    """One language's words; units stand in square brackets."""

    model: str
    varied: str
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
    median_line: str
    layers: str
    on_front: str
    smallest: str
    statuses: dict[str, str]
    table: str
    graphs: str
    title: str
    table_caption: str
    figure: str
    parameter_caption: str
    map_caption: str
    pareto_caption: str
    found: str
    remarks: str
    units: dict[str, str]


EN = Words(
    model="model",
    varied="varied",
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
    median_line="{model} (line: median)",
    layers="number of {name} layers",
    on_front="front",
    smallest="smallest",
    statuses={
        "diverged": "diverged",
        "out_of_memory": "out of CUDA memory",
        "refused": "cannot be trained",
        "failed": "failed",
    },
    table="All points",
    graphs="Graphs",
    title="Sweep {name}: time and accuracy on {data}",
    table_caption="Table 1. All points: median time and mean accuracy, with their range where there are repeats.",
    figure="Figure {number}. {text}",
    parameter_caption="Training time and test accuracy against {name}; the line joins the medians.",
    map_caption="{model}: training time and test accuracy against {across} and {down}.",
    pareto_caption="Validation accuracy against size and training time; the steps show the best accuracy up to there.",
    found="The smallest model",
    remarks="Remarks",
    units={},
)

JA = Words(
    model="モデル",
    varied="変えた値",
    parameters="パラメータ数",
    train_time="学習時間 [s]",
    val_accuracy="検証精度 [%]",
    test_accuracy="テスト精度 [%]",
    note="備考",
    time_of="{name} と学習時間",
    accuracy_of="{name} とテスト精度",
    map_of_time="{model}: 学習時間 [s]",
    map_of_accuracy="{model}: テスト精度 [%]",
    pareto_size="パラメータ数と精度",
    pareto_time="学習時間と精度",
    front="パレート最適: 大きさ・時間・精度のすべてで上回る点がない",
    strange="測り直しても隣の点と合わない時間",
    again="時間を測り直した点",
    median_line="{model}(線は中央値)",
    layers="{name} の層数",
    on_front="最適",
    smallest="最小",
    statuses={
        "diverged": "発散した",
        "out_of_memory": "GPUメモリ不足",
        "refused": "学習できない設定",
        "failed": "失敗した",
    },
    table="すべての点",
    graphs="グラフ",
    title="スイープ {name}: {data} における学習時間と精度",
    table_caption="表1. すべての点。時間は中央値、精度は平均値であり、繰り返した点には範囲を添える。",
    figure="図{number}. {text}",
    parameter_caption="{name} と学習時間およびテスト精度。線は中央値を結ぶ。",
    map_caption="{model}: {across} と {down} に対する学習時間とテスト精度。",
    pareto_caption="大きさと学習時間に対する検証精度。階段はそこまでで最良の精度を示す。",
    found="最小のモデル",
    remarks="備考",
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
