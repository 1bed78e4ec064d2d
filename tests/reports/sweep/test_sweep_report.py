from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from mnist_lab.errors import UsageError
from mnist_lab.language import Language, paragraph, spaced, speaking
from mnist_lab.reports.document import Open, TableBlock
from mnist_lab.reports.sweep.remarks import measured_again
from mnist_lab.reports.sweep.sweep_content import compose
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.made_results import by_channels, leave_activations, leave_swept_run


def small_grid(log_dir: Path) -> SweepResult:
    """FC with three widths, a CNN with two by two points, one trial that diverged."""
    for number, width in enumerate((16, 64, 128)):
        leave_swept_run(log_dir, f"point-{number}", {"model.hidden": [width]}, seed=number, parameters=795 * width)
    for number, (channels, width) in enumerate([(2, 16), (2, 64), (4, 16), (4, 64)], start=3):
        values = {"model.channels": [channels] * 2, "model.hidden": [width]}
        slow = [0.5 * channels] * 3
        leave_swept_run(log_dir, f"point-{number}", values, model="CNN", seed=number, epoch_s=slow, test=0.98)
    leave_swept_run(log_dir, "point-7", {"model.hidden": [512]}, seed=8, status="diverged", message="NaN.", test=None)
    return collect_runs(read_runs([log_dir]))


def test_earlier_figures_give_way(tmp_path: Path) -> None:
    both = small_grid(tmp_path / "tb_logs")
    only_fc = SweepResult(tuple(entry for entry in both.points if entry.model == "FC"))
    for result, stems_of_it in (
        (both, {"hidden", "channels", "cnn-channels-hidden", "pareto"}),
        (only_fc, {"hidden", "pareto"}),
    ):
        write_sweep_report(tmp_path / "out", "own", result, 0.5, "en")
        assert {path.stem for path in (tmp_path / "out" / "figures").iterdir()} == stems_of_it


def test_diverged_trial_stands_in_summary_table_and_data(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "en")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| FC | 512 | – | – | – | – | – | diverged |" in report
    assert (
        "FC, hidden 512 was not trained to its end and is not part of the means (diverged: NaN)."
        in report.partition("## Summary")[2].partition("##")[0]
    )
    rows = (tmp_path / "out" / "data" / "points.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("model,model.hidden,model.channels,n,parameters,train_s_median,")
    assert rows[-1] == "FC,[512],,0,,,,"
    assert len((tmp_path / "out" / "data" / "runs.csv").read_text(encoding="utf-8-sig").splitlines()) == 9


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UsageError, match=r"--output: .*out cannot be written"):
        write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "en")


def test_summary_says_where_the_choice_rests_on_one_training_each(tmp_path: Path) -> None:
    once = small_grid(tmp_path / "tb_logs")
    twice = SweepResult(tuple(replace(entry, runs=entry.runs * 2) for entry in once.points))
    for number, (found, is_said) in enumerate([(once, True), (twice, False)]):
        write_sweep_report(tmp_path / f"{number}", "own", found, 0.5, "en")
        summary = (tmp_path / f"{number}" / "report.md").read_text(encoding="utf-8").partition("## What was")[0]
        assert ("Each point was trained once (n = 1); where another lies near it" in summary) == is_said
        assert ("Each point was trained n = 2 times: times are medians, accuracies means." in summary) != is_said


@pytest.mark.parametrize(
    ("language", "title", "cell"),
    [
        (
            "en",
            "# Training time and accuracy on MNIST by number of hidden nodes and number of channels",
            "| FC, hidden 16 |",
        ),
        ("ja", "# MNIST における隠れ層のノード数、チャンネル数と学習時間、精度の関係", "| FC（隠れ層のノード数 16） |"),
    ],
)
def test_title_names_what_was_varied(language: Language, title: str, cell: str, tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, language)
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert report.startswith(title)
    assert cell in report
    assert {
        "en": "| sweep | own (trainings with varied settings) |",
        "ja": "| スイープ | own（設定を変えながら学習した一連の実行） |",
    }[language] in report


def test_best_of_each_model_is_shown_layer_by_layer(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", leave_activations(tmp_path / "tb_logs"), 0.5, "en")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "layer by layer Table 4 and Table 5 those of the most accurate of each model." in report


def test_nearby_points_name_what_is_varied_once(tmp_path: Path) -> None:
    values = {"ReLU": 0.98, "GELU": 0.978, "SiLU": 0.979}
    for number, (name, accuracy) in enumerate(values.items()):
        leave_swept_run(
            tmp_path / "tb_logs", f"point-{number}", {"model.activation": name}, seed=number, val=[accuracy] * 3
        )
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([tmp_path / "tb_logs"])), 0.5, "en")
    assert "; GELU and SiLU lie within 0.5 percentage points of it and are not ranked" in (
        tmp_path / "out" / "report.md"
    ).read_text("utf-8")


def test_level_of_the_tests_stands_among_the_conditions(tmp_path: Path) -> None:
    for place, name in enumerate(("ReLU", "GELU")):
        for seed in (0, 1):
            time_s = [1.0 + place + seed / 10] * 3
            values = {"model.activation": name}
            leave_swept_run(
                tmp_path / "logs", f"point-{place}", values, repeat=seed, name=f"{place}{seed}", epoch_s=time_s
            )
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([tmp_path / "logs"])), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    conditions = report.partition("## 条件")[2].partition("## ")[0]
    assert "差はウェルチの t 検定（両側、有意水準 5 %）で検定した。" in conditions
    assert "黒い縁の印は、パレート最適な設定を示す。印に添えた文字は活性化関数である。" in report


@pytest.mark.browser
@pytest.mark.parametrize("language", get_args(Language))
def test_browser_shows_tables_and_figures(language: Language, tmp_path: Path, browser: Any) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, language)
    browser.get((tmp_path / "out" / "report.html").as_uri())
    tables = browser.find_elements("css selector", "table")
    assert len(tables) == 10
    assert all(table.is_displayed() for table in tables)
    assert "101,760" in tables[8].get_property("textContent")
    pictures = browser.find_elements("css selector", "figure img")
    assert [picture.get_attribute("alt") != "" for picture in pictures] == [True] * 4
    assert all(int(picture.get_property("naturalWidth")) > 400 for picture in pictures)
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.get_log("browser") == []


def test_points_measured_again_are_told_in_prose_and_marked_among_the_runs(tmp_path: Path) -> None:
    found = small_grid(tmp_path / "tb_logs")
    *others, last = found.points
    again = tuple(replace(run, folder="again", train_s=9.9) for run in last.runs)
    write_sweep_report(tmp_path / "out", "own", replace(found, points=(*others, replace(last, again=again))), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "\n- CNN" not in report
    assert (
        "CNN（チャンネル数 4-4、隠れ層のノード数 64）の学習時間は、前後の設定から予想される値の 1.2 倍を"
        "超えて外れたため測り直した。" in report
    )
    assert "測り直す前は 6.00 s、測り直した値は 9.90 s である。" in report
    assert "| 完了（学習時間は用いない） |" in report
    assert "| 9.90 † |" in report
    # The table; and the heat map and the Pareto figure, each with its text and its caption.
    assert report.count("† は測り直した学習時間であり、測り直す前の値は「実行の一覧」に示す。") == 5
    assert "| again | CNN（チャンネル数 4-4、隠れ層のノード数 64） | 6 | 完了（時間の測り直し） | 9.90 |" in report


def test_what_was_varied_alike_is_said_once(tmp_path: Path) -> None:
    for number, (model, name) in enumerate([("FC", "ReLU"), ("FC", "Tanh"), ("CNN", "ReLU"), ("CNN", "Tanh")]):
        leave_swept_run(tmp_path / "tb_logs", f"point-{number}", {"model.activation": name}, model=model, seed=number)
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([tmp_path / "tb_logs"])), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "FC と CNN では、活性化関数（2 通り）を変えた。" in report
    assert "| モデル | 活性化関数 | パラメータ数 \\[個\\] | 学習時間 \\[s\\] |" in report
    assert "| バッチサイズ \\[サンプル\\]（data.batch\\_size） | 64 |" in report
    assert "各設定の学習は 1 回である。「パレート最適」は" in report


def test_runs_that_were_trained_once_more_stand_in_summary_table_and_data(tmp_path: Path) -> None:
    log_dir = tmp_path / "tb_logs"
    small_grid(log_dir)
    values = {"model.hidden": [16]}
    leave_swept_run(log_dir, "point-0", values, name="early", status="disturbed", others_cpu=[0.4] * 3, seed=0)
    leave_swept_run(log_dir, "point-1", {"model.hidden": [64]}, name="late", seed=9, others_cpu=[0.3] * 3)
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([log_dir])), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert (
        "ほかのプログラムがプロセッサの 5 % を超えて使ったエポックのある実行 1 回（最大 40.0 %）は"
        "結果に含めず、学習をやり直した。" in report.partition("## 変更点")[0]
    )
    conditions = report.partition("## 条件")[2].partition("## 結果")[0]
    assert "を超えて使ったエポックのある実行を結果に含めず、学習をやり直すことは、測定の前に定めた。" in conditions
    assert "| fc-mnist/early | FC（隠れ層のノード数 16） | 0 | ほかのプログラムの影響により再学習（40.0 %） |" in report
    assert "| 完了（ほかのプログラムが 30 % を使用、学習時間は信頼できない） |" in report
    rows = (tmp_path / "out" / "data" / "runs.csv").read_text(encoding="utf-8-sig")
    assert "fc-mnist/early,FC,[16],,0,disturbed,False," in rows


def test_front_is_explained_alike_in_table_and_text(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", leave_activations(tmp_path / "tb_logs"), 0.5, "en")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert report.count("at least as good in parameters, time and validation accuracy and better in one of them") == 2
    assert "The steps show each model's best accuracy up to there." in report


def test_mark_of_the_front_is_explained_in_the_caption(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, "ja")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "黒い縁の印は、パレート最適な設定を示す。" in report


@pytest.mark.parametrize(
    ("language", "limit", "smallest"),
    [
        (
            "en",
            "The limit on the difference in validation accuracy, 0.5 percentage points, was set for the sweep and does "
            "not come of the measurements; the limited number N = 5,000 of validation samples alone gives the highest "
            "validation accuracy a standard error of 0.24 percentage points.",
            "Smallest: of each model the point with the fewest parameters within 0.5 percentage points of the best",
        ),
        (
            "ja",
            "検証精度の差の限度（0.5 ポイント）はスイープの設定で定めたものであり、測定から求めたものではない（検証用"
            "データの数 N = 5,000 が限られていることだけによる検証精度の標準誤差は、最高値で約 0.24 ポイント）。",
            "「最小」は、検証精度の最高値との差が 0.5 ポイント以内の設定のうち、モデルごとにパラメータ数が最も少ない",
        ),
    ],
)
def test_smallest_and_its_limit_are_explained(language: Language, limit: str, smallest: str, tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "out", "own", small_grid(tmp_path / "tb_logs"), 0.5, language)
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert limit in report
    (caption,) = [line for line in report.splitlines() if smallest in line]
    assert caption.startswith(("Table", "表"))


def test_what_was_expected_of_a_time_measured_again_can_be_worked_out() -> None:
    points = by_channels({2: 8.0, 4: 8.0, 8: 20.0, 16: 9.0, 32: 9.0, 64: 10.0, 128: 30.0})
    points[2] = replace(points[2], again=(replace(points[2].runs[0], train_s=8.5),))
    points[6] = replace(points[6], again=(replace(points[6].runs[0], train_s=12.0),))
    said = paragraph(measured_again(SweepResult(tuple(points))))
    assert (
        "what the neighbours say (8.00 s to 9.00 s and 10.0 s to 12.3 s, respectively), so it was measured again"
        in said
    )
    assert said.endswith(
        "Neighbours differ in the number of channels alone, by one step. Between two neighbours, a time between "
        "theirs is expected. At an end, t₁ is the neighbour's training time and t₂ that of the next but one: a time "
        "between t₁ and t₁ × (t₁ ÷ t₂)² is expected. Here t₁ × (t₁ ÷ t₂)² is 10.0 s × (10.0 s ÷ 9.00 s)² = 12.3 s with "
        "CNN, channels 128-128, of times that were not rounded before. Why the square: the time may grow more from "
        "step to step, so that a last step is let pass that multiplies it by up to the square of what the step before "
        "did, t₁ ÷ t₂. Of the other points (5), no time was that far outside."
    )
    with speaking("ja"):
        said = spaced(paragraph(measured_again(SweepResult(tuple(points)))))
    assert "前後の設定から予想される値（それぞれ 8.00 s から 9.00 s と 10.0 s から 12.3 s）の 1.2 倍を超えて" in said
    assert "測り直す前はそれぞれ 20.0 s と 30.0 s、測り直した値はそれぞれ 8.50 s と 12.0 s である。" in said
    assert said.endswith(
        "隣の設定とは、チャンネル数だけが一段階異なる設定である。両隣に設定がある場合は、両隣の学習時間の間を予想の"
        "範囲とした。端の設定では、隣の設定の学習時間を t₁、その一つ先の設定の学習時間を t₂ とし、t₁ から "
        "t₁ × (t₁ ÷ t₂)² までを予想の範囲とした。t₁ × (t₁ ÷ t₂)² の値は、CNN（チャンネル数 128-128）では "
        "10.0 s × (10.0 s ÷ 9.00 s)² = 12.3 s である（計算には丸める前の時間を用いた）。2 乗としたのは、学習時間が"
        "段階を追うごとに大きく伸びることがあるためであり、最後の段階での比が一つ前の段階での比 t₁ ÷ t₂ の 2 乗になる"
        "場合までを予想に含めた。ほかの 5 通りの設定に、これほど外れた学習時間はなかった。"
    )


def test_time_measured_again_that_is_barely_inside_is_told_by_how_much() -> None:
    points = by_channels({2: 8.0, 4: 8.0, 8: 20.0, 16: 9.0, 32: 9.0, 64: 10.0, 128: 30.0})
    points[6] = replace(points[6], again=(replace(points[6].runs[0], train_s=14.7),))
    assert "it is within 1.2 times what they say (1.19 times)." in measured_again(SweepResult(tuple(points)))[0]
    points[2] = replace(points[2], again=(replace(points[2].runs[0], train_s=8.5),))
    with speaking("ja"):
        said = spaced(measured_again(SweepResult(tuple(points)))[0])
    assert said.endswith("測り直した値は、予想される値の 1.2 倍以内に収まっている（最も外れた値で 1.19 倍）。")


def test_neighbour_that_was_the_wrong_one_is_named() -> None:
    points = by_channels({2: 2.8, 4: 2.9, 8: 90.0, 16: 3.3})
    points[2] = replace(points[2], again=(replace(points[2].runs[0], train_s=3.0),))
    points[3] = replace(points[3], again=(replace(points[3].runs[0], train_s=3.2),))
    said = paragraph(measured_again(SweepResult(tuple(points))))
    assert "what the neighbours say (2.90 s to 3.20 s), so it was measured again. Before it was 90.0 s" in said
    assert (
        "The training time of CNN, channels 16-16 was measured again too, since it did not fit that of its neighbour "
        "CNN, channels 8-8 (90.0 s). Before it was 3.30 s, now it is 3.20 s." in said
    )
    assert re.findall(r"[\d.,]+ s to [\d.,]+ s", said) == ["2.90 s to 3.20 s"]
    assert said.endswith(
        " Neighbours differ in the number of channels alone, by one step. Between two neighbours, a time between "
        "theirs is expected. Of a neighbour that was measured again, the later time counts. Of the other points "
        "(2), no time was that far outside."
    )


def test_end_of_uneven_steps_is_drawn_out_by_their_power() -> None:
    points = by_channels({2: 9.0, 4: 8.0, 8: 7.5, 32: 30.0})
    points[3] = replace(points[3], again=(replace(points[3].runs[0], train_s=7.0),))
    said = paragraph(measured_again(SweepResult(tuple(points))))
    assert "what the neighbours say (5.79 s to 8.00 s)" in said
    assert "a time between the longer of the two and t₁ × (t₁ ÷ t₂)^k is expected (k: twice the setting's last " in said
    assert " Why that power: the time may grow more from step to step, so that up to twice the growth of the " in said
    with speaking("ja"):
        assert "t₂ とし、t₁ と t₂ の長いほうから t₁ × (t₁ ÷ t₂)^k までを予想の範囲とした（k は、" in spaced(
            paragraph(measured_again(SweepResult(tuple(points))))
        )
    assert "7.50 s × (7.50 s ÷ 8.00 s)^4 = 5.79 s with CNN, channels 32-32" in said


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Why did you choose these settings to vary, and these values?"),
        ("ja", "変えた設定項目とその値を、なぜ選んだか。"),
    ],
)
def test_reason_for_the_values_is_asked_and_not_given(language: Language, question: str, tmp_path: Path) -> None:
    result = small_grid(tmp_path)
    figures = dict.fromkeys(("hidden", "channels", "cnn-channels-hidden", "pareto"), "")
    with speaking(language):
        asked, silent = (compose("own", result, 0.5, figures, questions=on) for on in (True, False))
    assert [block.questions[0] for block in asked.blocks if isinstance(block, Open)] == [question]
    assert [block.questions for block in silent.blocks if isinstance(block, Open)] == [[]]


def test_single_runs_have_the_accuracy_by_which_they_were_chosen(tmp_path: Path) -> None:
    figures = dict.fromkeys(("hidden", "channels", "cnn-channels-hidden", "pareto"), "")
    runs = compose("own", small_grid(tmp_path), 0.5, figures).blocks[-1]
    assert isinstance(runs, TableBlock)
    assert list(runs.headings[4:]) == ["training time [s]", "validation accuracy [%]", "test accuracy [%]"]
    row = ["CNN, channels 2-2, hidden 16", "3", "was completed", "3.00", "97.00", "98.00"]
    assert row in [list(row[1:]) for row in runs.rows]
    assert runs.numbers == (2, 4, 5, 6)
