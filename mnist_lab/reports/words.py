"""The single words of reports: headings, columns, axes, ends of runs, units; units stand in square brackets."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.language import Phrase, say
from mnist_lab.runs.places import without_places

WORDS: Mapping[str, Phrase] = {
    "summary": Phrase("Summary", "要約"),
    "changed": Phrase("What was changed", "変更点"),
    "models": Phrase("Models, layer by layer", "モデル（層ごと）"),
    "conditions": Phrase("Conditions", "条件"),
    "results": Phrase("Results", "結果"),
    "figures": Phrase("Figures", "図"),
    "observations": Phrase("Observations", "観察"),
    "limits": Phrase("What this report cannot know", "本レポートの限界"),
    "open": Phrase("Interpretation", "考察"),
    "runs": Phrase("The runs", "実行の一覧"),
    "configuration": Phrase("configuration", "設定"),
    "parameters": Phrase("parameters", "パラメータ数 [個]"),
    "parameters_log": Phrase("parameters, logarithmic", "パラメータ数 [個]（対数目盛）"),
    "n": Phrase("runs (n)", "実行回数 n [回]"),
    "epoch_s": Phrase("training time per epoch [s]", "1 エポックの学習時間 [s]"),
    "train_s": Phrase("training time [s]", "学習時間 [s]"),
    "train_s_log": Phrase("training time [s], logarithmic", "学習時間 [s]（対数目盛）"),
    "accuracy": Phrase("test accuracy [%]", "テスト精度 [%]"),
    "val_accuracy": Phrase("validation accuracy [%]", "検証精度 [%]"),
    "memory": Phrase("peak GPU memory [MiB]", "最大 GPU メモリ [MiB]"),
    "shared": Phrase("most shared memory [MiB]", "最大共有メモリ [MiB]"),
    "quantity": Phrase("quantity", "量"),
    "value": Phrase("value", "値"),
    "test": Phrase("test", "検定"),
    "verdict": Phrase("larger than the noise?", "有意差"),
    "yes": Phrase("yes", "あり"),
    "no": Phrase("no", "なし"),
    "unknown": Phrase("cannot be said", "判定不可"),
    "layer": Phrase("layer", "層"),
    "shape": Phrase("output shape", "出力の形"),
    "formula": Phrase("weights + bias", "重み + バイアス [個]"),
    "layers": Phrase("layers", "層の構成"),
    "setting": Phrase("setting", "設定項目"),
    "settings": Phrase("settings that differ", "異なる設定項目"),
    "run": Phrase("run", "実行"),
    "seed": Phrase("seed", "シード"),
    "seeds_apart": Phrase("seed / data seed", "シード / データのシード"),
    "status": Phrase("end", "終了状態"),
    "epochs": Phrase("epochs", "エポック数 [回]"),
    "epoch": Phrase("epoch (counted from 1)", "エポック [回目]"),
    "condition": Phrase("condition", "条件"),
    "sweep": Phrase("sweep", "スイープ"),
    "data": Phrase("data", "データ"),
    "label": Phrase("label column", "ラベルの列"),
    "inputs": Phrase("inputs", "入力"),
    "classes": Phrase("classes", "クラス"),
    "gaps": Phrase("missing and unseen values", "欠損値と未知の値"),
    "split": Phrase("split", "データの分割"),
    "preprocessing": Phrase("preprocessing", "前処理"),
    "device": Phrase("device", "計算機（CPU／GPU）"),
    "threads": Phrase("CPU threads", "CPU スレッド数 [個]"),
    "precision": Phrase("precision", "数値精度"),
    "system": Phrase("operating system", "OS"),
    "versions": Phrase("versions", "バージョン"),
    "seeds": Phrase("seeds", "シード"),
    "order": Phrase("order of the runs", "実行の順序"),
    "date": Phrase("date of the first run", "最初の実行の日付"),
    "busy": Phrase("other programs", "ほかのプログラムの影響"),
    "disturbed": Phrase("disturbed by other programs", "ほかのプログラムの影響あり"),
    "model": Phrase("model", "モデル"),
    "values": Phrase("values", "値"),
    "note": Phrase("note", "備考"),
    "remarks": Phrase("Settings measured again", "測り直した設定"),
    "again": Phrase("time measured again", "時間を測り直した設定"),
    "strange": Phrase("time stays outside its neighbours'", "前後の設定から予想される値と大きく異なる時間"),
}
RUN_ENDS: Mapping[str, Phrase] = {
    "completed": Phrase("was completed", "完了"),
    "running": Phrase("has no end in its record", "終了の記録なし"),
    "interrupted": Phrase("was interrupted", "中断"),
    "diverged": Phrase("diverged", "発散"),
    "out_of_memory": Phrase("ran out of CUDA memory", "CUDA メモリ不足"),
    "failed": Phrase("failed", "失敗"),
    "disturbed": Phrase("was disturbed and trained once more", "ほかのプログラムの影響により再学習"),
}
"""How a run ended, by its record's ``status``; in English the sentence's verb."""
_PRECISIONS: Mapping[str, Phrase] = {
    "64-true": Phrase("64-bit floating point", "64 ビット浮動小数点"),
    "32-true": Phrase("32-bit floating point", "32 ビット浮動小数点"),
    "16-true": Phrase("16-bit floating point", "16 ビット浮動小数点"),
    "bf16-true": Phrase("16-bit floating point bfloat16", "16 ビット浮動小数点 bfloat16"),
    "16-mixed": Phrase("16-bit beside 32-bit floating point", "16 ビットと 32 ビットの浮動小数点の混合"),
    "bf16-mixed": Phrase(
        "16-bit floating point bfloat16 beside 32-bit",
        "16 ビット浮動小数点 bfloat16 と 32 ビット浮動小数点の混合",
    ),
}
_REASONS: Mapping[str, Phrase] = {
    "Stopped by the system (SIGTERM).": Phrase("stopped by the system (SIGTERM)", "システムによる停止（SIGTERM）"),
    "Stopped from the keyboard.": Phrase("stopped from the keyboard", "キーボードからの中断"),
}
TRIAL_ENDS: Mapping[str, Phrase] = {
    "diverged": Phrase("diverged", "発散"),
    "out_of_memory": Phrase("out of CUDA memory", "CUDA メモリ不足"),
    "refused": Phrase("cannot be trained", "学習できない設定"),
    "unscored": Phrase("was not scored", "精度の測定なし"),
    "failed": Phrase("failed", "失敗"),
}
"""How a sweep's trial ended that was not completed."""
UNITS: Mapping[str, Phrase] = {
    "nodes": Phrase("nodes", "個"),
    "channels": Phrase("channels", "個"),
    "pixels": Phrase("pixels", "画素"),
    "samples": Phrase("samples", "サンプル"),
    "epochs": Phrase("epochs", "回"),
}
"""What the axes of a sweep's parameters count."""


def word(name: str) -> str:
    """Return one of ``WORDS`` in the current language."""
    return str(WORDS[name])


def unit(name: str) -> str:
    """Return a unit in the current language; one that stands in no table, as it is."""
    return str(UNITS.get(name, name))


def precision_of(name: str) -> str:
    """Return what a precision is, with Lightning's name for it; one that is not known by its name alone."""
    known = _PRECISIONS.get(name)
    return name if known is None else say("{known} ({name})", "{known}（{name}）", known=known, name=name)


def reason_of(message: str) -> str:
    """Return why a run ended, without a full stop.

    What is always the same is said in the current language; anything else is in the language of the run.
    """
    return str(_REASONS.get(message, without_places(message).rstrip(".。")))


def end_of(status: str) -> str:
    """Return how a sweep's training ended that was not completed, by its status."""
    return str(TRIAL_ENDS.get(status) or RUN_ENDS.get(status) or status)
