from __future__ import annotations

from pathlib import Path

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.changes import layers_changed
from mnist_lab.reports.run_report import write_report
from mnist_lab.reports.sweep.sweep_content import groups_of
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from mnist_lab.reports.sweep.varied import varied_sentences, varied_table
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import SweepResult
from tests.reports.sweep.test_sweep_report import small_grid
from tests.sweeps.made_results import leave_swept_run, result


def two_models() -> SweepResult:
    points = [result({"model.hidden": hidden}, parameters=1) for hidden in ([], [16], [64])]
    points += [
        result({"model.channels": [count] * 2, "model.hidden": hidden}, "CNN", parameters=count)
        for count in (2, 4)
        for hidden in ([], [16], [64])
    ]
    return SweepResult(tuple(points))


def test_values_stand_as_in_the_table_of_results() -> None:
    assert [row[2] for row in varied_table(two_models()).rows] == ["none, 16, 64", "2-2, 4-4", "none, 16, 64"]


def test_values_of_several_layers_are_explained_where_there_are_any() -> None:
    assert varied_table(two_models()).caption.endswith(" A value such as 2-2 gives those of the layers in turn.")
    assert varied_table(SweepResult(two_models().points[:3])).caption == "What was varied, and the values it took."
    with speaking("ja"):
        assert [row[2] for row in varied_table(two_models()).rows] == ["なし、16、64", "2-2、4-4", "なし、16、64"]


def test_what_was_varied_together_is_joined_by_words() -> None:
    with speaking("ja"):
        found = spaced("".join(varied_sentences(two_models())))
    assert "CNN では、チャンネル数（2 通り）と隠れ層のノード数（3 通り）を変えた。" in found


def test_no_english_comma_stands_between_japanese(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "ja")
    assert ", " not in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_point_without_a_note_has_a_dash(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "en")
    assert "|  |" not in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def with_layers(values: dict[str, object], layers: list[tuple[str, list[int], str]], seed: int, log_dir: Path) -> None:
    folder = leave_swept_run(log_dir, f"point-{seed}", values, model="CNN", seed=seed)
    record = read_record(folder)
    record.settings["model"]["class_path"] = "mnist_lab.CNN"
    record.layers = [
        {"name": f"{kind}: 1-{place}", "depth": 1, "output_shape": [64, *shape], "formula": formula, "parameters": 1}
        | ({"arguments": "kernel_size=2"} if kind == "MaxPool2d" else {})
        for place, (kind, shape, formula) in enumerate(layers, 1)
    ]
    record.parameters = seed
    write_record(record, folder)


def test_only_the_inputs_of_a_layer_whose_outputs_were_changed_too_follow_the_layer_before(tmp_path: Path) -> None:
    for seed, count in enumerate((2, 4), 1):
        layers = [
            ("Conv2d", [count, 26, 26], f"1×3×3×{count} + {count} = {10 * count}"),
            ("Conv2d", [count, 24, 24], f"{count}×3×3×{count} + {count} = {9 * count * count + count}"),
        ]
        with_layers({"model.channels": [count]}, layers, seed, tmp_path / "logs")
    groups = list(groups_of(collect_runs(read_runs([tmp_path / "logs"]))).values())
    said = "Conv2d 2→2 (3×3) became Conv2d 4→4 (3×3) (its inputs follow the output of Conv2d, which goes from 2×26×26 "
    assert f"; {said}to 4×26×26)." in layers_changed(groups)[0]
    with speaking("ja"):
        assert (
            "Conv2d 2→2 (3×3) を Conv2d 4→4 (3×3) に変更した（入力側は、Conv2d の出力が 2×26×26 から 4×26×26 に変わる"
            "ことに合わせた）。"
        ) in spaced(layers_changed(groups)[0])


def test_sizes_that_follow_are_named_with_their_reason(tmp_path: Path) -> None:
    for seed, count in enumerate((2, 4), 1):
        layers = [
            ("Conv2d", [count, 26, 26], f"1×3×3×{count} + {count} = {10 * count}"),
            ("Flatten", [676 * count], ""),
            ("Linear", [10], f"{676 * count}×10 + 10 = {6760 * count + 10}"),
        ]
        with_layers({"model.channels": [count]}, layers, seed, tmp_path / "tb_logs")
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([tmp_path / "tb_logs"])), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert (
        "CNN（チャンネル数 2）から CNN（チャンネル数 4）への変更では、Conv2d 1→2 (3×3) を Conv2d 1→4 (3×3) に"
        "変更した。Flatten の出力が 1352 から 2704 に変わるため、Linear 1352→10 を Linear 2704→10 に変更した。"
    ) in report
    changed = report.partition("## 変更点")[2].partition("## ")[0].strip().split("\n\n")
    assert [part[:14] for part in changed] == [
        "CNN では、チャンネル数（",
        "表 1\u3000変えた設定項目とその",
        "| モデル | 設定項目 |",
        "層の変更を、値の両端で示す。",
        "CNN（チャンネル数 2）か",
        "表 2\u3000CNN（チャンネル数",
        "| CNN（チャンネル数 2",
    ]
    assert changed[4].endswith("両者の層を表 2 に示す。")
    assert "| Linear 1352→10 ⇒ 10 | Linear 2704→10 ⇒ 10 |" in changed[6]


def test_both_orders_of_pooling_and_activation_are_explained(tmp_path: Path) -> None:
    conv, pool = ("Conv2d", [4, 26, 26], "1×3×3×4 + 4 = 40"), ("MaxPool2d", [4, 13, 13], "")
    end = [("Flatten", [676], ""), ("Linear", [10], "676×10 + 10 = 6,770")]
    for seed, (name, layers) in enumerate(
        [("ReLU", [conv, pool, ("ReLU", [4, 13, 13], "")]), ("GELU", [conv, ("GELU", [4, 26, 26], ""), pool])], 1
    ):
        with_layers({"model.activation": name}, [*layers, *end], seed, tmp_path / "tb_logs")
    runs = read_runs([tmp_path / "tb_logs"])
    write_sweep_report(tmp_path / "swept", "own", collect_runs(runs), 0.5, "ja")
    write_report(tmp_path / "compared", runs, "en")
    report = (tmp_path / "swept" / "report.md").read_text(encoding="utf-8")
    assert "CNN では、ReLU をプーリングの後に、GELU をプーリングの前に置いた。" in report
    report = (tmp_path / "compared" / "report.md").read_text(encoding="utf-8")
    assert "In CNN, pooling stands before ReLU and behind GELU:" in report
