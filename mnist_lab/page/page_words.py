"""The words of the page."""

from __future__ import annotations

from mnist_lab.language import Phrase

WORDS = {
    "draw": Phrase("Draw", "描く"),
    "draw_hint": Phrase(
        "With mouse, finger or pen. On the keyboard: arrow keys move the pen, space puts it down and lifts it, "
        "Delete clears.",
        "マウス、指、ペンで描けます。キーボード：矢印キーでペンを動かし、スペースキーで下ろす・上げる、Delete で消去。",
    ),
    "pad": Phrase("Drawing area", "描画領域"),
    "erase": Phrase("Clear", "消去"),
    "undo": Phrase("Undo", "元に戻す"),
    "seen": Phrase("What the network is given", "ネットワークへの入力"),
    "examples": Phrase("Or a test sample", "またはテストデータ"),
    "example": Phrase("Test sample of class [name]", "クラス [name] のテストデータ"),
    "enter": Phrase("Enter", "入力"),
    "scores": Phrase("Scores", "スコア"),
    "scores_hint": Phrase(
        "Bars: softmax of the outputs. Numbers behind them: the outputs themselves.",
        "棒：出力のソフトマックス。右端の数：出力そのもの。",
    ),
    "answer": Phrase("Answer: [name] ([percent] %)", "答え：[name]（[percent] %）"),
    "nothing": Phrase("Draw something", "何か描いてください"),
    "over_input": Phrase("Outputs over the input", "入力に対する出力"),
    "layers": Phrase("Layer by layer", "層ごとの値"),
    "layers_hint": Phrase(
        "What each layer makes of the input. Blue is above zero, orange below; each layer has its own scale.",
        "各層が入力から計算した値です。青は正、オレンジは負で、濃さの尺度は層ごとに異なります。",
    ),
    "input": Phrase("Input", "入力"),
    "input_hint": Phrase("standardised", "標準化後"),
    "values_of": Phrase("[shape] = [count] values", "[shape] = [count] 個の値"),
    "one_value": Phrase("[count] value", "[count] 個の値"),
    "value_count": Phrase("[count] values", "[count] 個の値"),
    "parameters": Phrase("[count] parameters", "パラメータ [count] 個"),
    "show_parameters": Phrase("Show the parameters", "パラメータを表示"),
    "range": Phrase("[low] to [high]", "[low] ～ [high]"),
    "weight": Phrase("weights", "重み"),
    "bias": Phrase("bias", "バイアス"),
    "scale": Phrase("scale", "倍率"),
    "shift": Phrase("shift", "ずらし"),
    "constant": Phrase("constant", "定数"),
    "tiles": Phrase("[shown] of [count] shown", "[count] 個のうち [shown] 個を表示"),
    "film": Phrase("While it learned", "学習の経過"),
    "film_hint": Phrase(
        "Outputs of each class, a line a class. The red line is the accuracy over these samples (right axis).",
        "各クラスの出力（クラスごとに 1 本の線）。赤い線は、これらのサンプルに対する精度（右の軸）です。",
    ),
    "moment": Phrase("Moment", "時点"),
    "play": Phrase("Play", "再生"),
    "pause": Phrase("Pause", "停止"),
    "accuracy": Phrase("accuracy", "精度"),
    "no_script": Phrase(
        "This page computes in JavaScript; allow it.", "このページは JavaScript で計算します。有効にしてください。"
    ),
    "computed": Phrase(
        "All is computed on this page with the trained weights; nothing is sent or fetched.",
        "すべてこのページの中で、学習済みの重みを使って計算しています。通信は行いません。",
    ),
}
"""What stands in brackets is filled in by the page."""
