"""What a sweep has found: figures of a point, Pareto front, smallest models, sentences, table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.points_table import short_table_of, table_of
from mnist_lab.reports.sweep.remarks import measured_again, warnings
from mnist_lab.reports.sweep.sentences import main_sentence
from mnist_lab.runs.record import read_record
from mnist_lab.runs.source_code import source_file
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import (
    PointResult,
    SweepResult,
    best_of,
    margin_points,
    mark_strange,
    put_together,
    smallest_within,
)
from mnist_lab.sweeps.run_result import RunResult, run_result
from mnist_lab.sweeps.shown_digits import pareto_front
from tests.reports.records import leave_run
from tests.sweeps.made_results import result, run

SMALL_CNN = result({"model.channels": [2, 2], "model.hidden": [16]}, "CNN", parameters=9_482, train_s=9.0, val=0.982)
BIG_CNN = result({"model.channels": [4, 4], "model.hidden": [128]}, "CNN", parameters=296_518, train_s=12.0, val=0.986)
SMALL_FC = result({"model.hidden": [16]}, parameters=12_730, train_s=1.1, val=0.951)
WIDE_FC = result({"model.hidden": [128]}, parameters=101_770, train_s=1.4, val=0.982)
WIDER_FC = result({"model.hidden": [256]}, parameters=203_530, train_s=2.0, val=0.981)
EVERYTHING = SweepResult((SMALL_FC, WIDE_FC, WIDER_FC, SMALL_CNN, BIG_CNN))


def test_figures_of_repeats() -> None:
    runs = tuple(
        run(train_s=time_s, val=val, test=val - 0.01) for time_s, val in ((1.0, 0.90), (5.0, 0.92), (1.2, 0.97))
    )
    entry = PointResult(Point("fc", {}), runs)
    assert entry.train_s == 1.2
    assert entry.val_accuracy == pytest.approx(0.93)
    assert entry.test_accuracy == pytest.approx(0.92)
    assert (entry.model, entry.parameters) == ("FC", 101_770)
    measured_again = replace(entry, again=(run(train_s=1.1), run(train_s=1.3)))
    assert measured_again.train_s == pytest.approx(1.2)
    assert measured_again.first_train_s == 1.2
    assert measured_again.val_accuracy == entry.val_accuracy


def test_front_keeps_what_no_other_beats() -> None:
    assert pareto_front(EVERYTHING.points) == [SMALL_FC, WIDE_FC, SMALL_CNN, BIG_CNN]
    assert pareto_front([SMALL_FC, SMALL_FC]) == [SMALL_FC, SMALL_FC]


def test_front_counts_times_as_they_are_shown() -> None:
    """1.6970 s and 1.6972 s are both written 1.70 s: the less accurate of the two is beaten."""
    worse, better = (result({"model.hidden": [4]}, train_s=s, val=val) for s, val in ((1.6970, 0.967), (1.6972, 0.973)))
    assert pareto_front([worse, better]) == [better]
    assert pareto_front([replace(worse, runs=(replace(worse.runs[0], train_s=1.68),)), better])[1:] == [better]


def test_smallest_of_each_model() -> None:
    assert best_of(EVERYTHING.points) == BIG_CNN
    assert smallest_within(EVERYTHING.points, 0.5) == {"CNN": SMALL_CNN, "FC": WIDE_FC}
    assert list(smallest_within(EVERYTHING.points, 0.5)) == ["CNN", "FC"]
    assert smallest_within(EVERYTHING.points, 0.4) == {"CNN": SMALL_CNN, "FC": WIDE_FC}
    assert smallest_within(EVERYTHING.points, 0.3) == {"CNN": BIG_CNN, "FC": None}
    assert smallest_within(EVERYTHING.points, 100) == {"CNN": SMALL_CNN, "FC": SMALL_FC}


def test_sentence_names_the_smallest_of_both() -> None:
    assert main_sentence(EVERYTHING, 0.5) == (
        "The smallest model within 0.5 percentage points of the best validation accuracy (98.6 %) is CNN, channels "
        "2-2, hidden 16: 9,482 parameters, training time 9.00 s, validation accuracy 98.2 % (test accuracy 98.1 %); "
        "against the most accurate by validation, CNN, channels 4-4, hidden 128, it has 3.2 % of the parameters and "
        "0.75 times the training time, its test accuracy differs by −0.4 percentage points; the smallest FC is hidden "
        "128: 101,770 parameters (11 times as many), training time 1.40 s (0.16 times as long), "
        "validation accuracy 98.2 % (test accuracy 98.1 %)."
    )
    assert main_sentence(EVERYTHING, 0.3).endswith(
        "(test accuracy 98.5 %); no FC comes that near; against the most accurate FC (hidden 128: validation accuracy "
        "98.2 %, 101,770 parameters, training time 1.40 s), the smallest model has 2.9 times the "
        "parameters and 8.6 times the training time, its test accuracy differs by +0.4 percentage points."
    )


def test_sentence_in_japanese() -> None:
    with speaking("ja"):
        half_a_point, less = (spaced(main_sentence(EVERYTHING, within)) for within in (0.5, 0.3))
    assert half_a_point == (
        "検証精度の最高値（98.6 %）との差が 0.5 ポイント以内で最も小さいモデルは CNN（チャンネル数 2-2、"
        "隠れ層のノード数 16）であり、パラメータ数は 9,482、学習時間は 9.00 s、検証精度は 98.2 %（テスト精度は 98.1 %）"
        "である。検証精度が最高の CNN（チャンネル数 4-4、隠れ層のノード数 128）と比べ、パラメータ数はその 3.2 %、"
        "学習時間は 0.75 倍、テスト精度の差は −0.4 ポイントである。"
        "FC で最も小さいものは隠れ層のノード数 128 であり、パラメータ数は 101,770（11 倍）、"
        "学習時間は 1.40 s（0.16 倍）、"
        "検証精度は 98.2 %（テスト精度は 98.1 %）である。"
    )
    assert less.endswith(
        "FC にこの範囲に入る設定はなく、FC で検証精度が最高の設定（隠れ層のノード数 128、検証精度 98.2 %、"
        "パラメータ数 101,770、学習時間 1.40 s）と比べ、最小のモデルのパラメータ数は 2.9 倍、学習時間は 8.6 倍、"
        "テスト精度の差は +0.4 ポイントである。"
    )


def test_times_of_single_runs_within_their_variation_are_called_alike() -> None:
    big = replace(BIG_CNN, runs=(replace(BIG_CNN.runs[0], train_s=9.5),))
    alike = SweepResult((SMALL_FC, WIDE_FC, SMALL_CNN, big))
    assert "about the same training time (within the 1.25 times that single measurements do not" in (
        main_sentence(alike, 0.5)
    )
    steady = replace(SMALL_FC, again=(replace(SMALL_FC.runs[0], train_s=1.02 * SMALL_FC.train_s),))
    assert "0.95 times the training time" in main_sentence(replace(alike, points=(steady, *alike.points[1:])), 0.5)
    shaky = replace(SMALL_FC, again=(replace(SMALL_FC.runs[0], train_s=1.1 * SMALL_FC.train_s),))
    with speaking("ja"):
        said = spaced(main_sentence(replace(alike, points=(shaky, *alike.points[1:])), 0.5))
    assert "学習時間は同程度（測り直した設定に見られた 1.10 倍の変動の範囲内）、テスト精度の差は" in said
    spoilt = replace(SMALL_FC, runs=(replace(SMALL_FC.runs[0], train_s=70.0, disturbed=0.6),), again=SMALL_FC.runs)
    assert "within the 1.25 times that single measurements do not" in (
        main_sentence(replace(alike, points=(spoilt, *alike.points[1:])), 0.5)
    )
    twice = SweepResult(tuple(replace(entry, runs=entry.runs * 2) for entry in alike.points))
    assert "0.95 times the training time" in main_sentence(twice, 0.5)


def test_one_model_alone() -> None:
    text = main_sentence(SweepResult((SMALL_FC, WIDE_FC)), 0.5)
    assert text.endswith(
        "FC, hidden 128: 101,770 parameters, training time 1.40 s, validation accuracy 98.2 % (test accuracy 98.1 %)."
    )


def test_nothing_is_said_of_a_time_that_is_not_to_be_trusted() -> None:
    disturbed = replace(SMALL_CNN, runs=(replace(SMALL_CNN.runs[0], disturbed=0.5),))
    text = main_sentence(SweepResult((SMALL_FC, WIDE_FC, disturbed)), 0.5)
    assert "9,482 parameters, validation" in text
    assert "times as long" not in text


def test_point_that_leads_on_test_accuracy_is_named_behind_the_times() -> None:
    points = tuple(
        result({"model.activation": name}, val=val, test=test, train_s=s)
        for name, val, test, s in [("ReLU", 0.98, 0.97, 3.0), ("Tanh", 0.97, 0.99, 2.0)]
    )
    assert main_sentence(SweepResult(points), 0.5).endswith(
        "training time 3.00 s); no other comes within 0.5 percentage points of it. In test accuracy, by which "
        "nothing was chosen, FC, activation Tanh leads with 99.0 %, before FC, activation ReLU "
        "with 97.0 %."
    )


def test_notes_tell_what_is_not_as_it_should_be() -> None:
    again = replace(SMALL_FC, again=(run(train_s=1.0),))
    stays = replace(WIDE_FC, again=(run(train_s=1.5),), strange=True)
    unmeasured = replace(WIDER_FC, strange=True)
    diverged = PointResult(
        Point("fc", {"optimizer.lr": 9.0}),
        (),
        ended_otherwise=(RunResult("diverged", model="FC", message="The loss is NaN in epoch 0."),),
    )
    other = replace(SMALL_CNN, runs=(run("CNN", device="Other, 8 threads"),))
    found = SweepResult((again, stays, unmeasured, other), (diverged,))
    assert measured_again(found) == [
        "FC, hidden 256: 2.00 s lies outside what its neighbours say, and was not measured again.",
        "The training time of FC, hidden 16 was more than 1.2 times outside what the neighbours say, so it was "
        "measured again. Before it was 1.10 s, now it is 1.00 s; it is within 1.2 times what they say.",
        "The training time of FC, hidden 128 was more than 1.2 times outside what the neighbours say, so it was "
        "measured again. Before it was 1.40 s, now it is 1.50 s; it is still that far outside what they say.",
    ]
    assert warnings(found) == [
        "FC, lr 9 was not trained to its end and is not part of the means (diverged: The loss is NaN in epoch 0).",
        "The times are of different devices and cannot be compared with one another: AMD EPYC 7B13, 2 threads; "
        "Other, 8 threads.",
    ]
    with speaking("ja"):
        again_said, first_said = measured_again(found), [*map(spaced, warnings(found))]
    assert again_said[2].endswith("測り直した値も、予想される値と大きく異なる。")
    assert first_said[0] == (
        "FC（学習率 9）の学習は最後まで終わらなかったため、平均に含めていない"
        "（終了状態：発散。理由：The loss is NaN in epoch 0）。"
    )
    assert (len(again_said), len(first_said)) == (3, 2)


def test_best_is_named_where_size_does_not_vary() -> None:
    points = tuple(
        result({"model.activation": name}, val=val, test=val) for name, val in (("ReLU", 0.98), ("Tanh", 0.978))
    )
    assert main_sentence(SweepResult(points), 0.5) == (
        "The number of parameters is the same at all points of a model (FC 101,770). Of FC, activation ReLU "
        "has the highest validation accuracy (98.0 %; test accuracy 98.0 %, training time 1.00 s); Tanh lies within "
        "0.5 percentage points of it and is not ranked."
    )


def test_all_that_tie_for_the_best_are_named() -> None:
    points = tuple(
        result({"model.activation": name}, val=val, test=test)
        for name, val, test in [("ReLU", 0.98, 0.95), ("Tanh", 0.98, 0.97), ("SiLU", 0.977, 0.99)]
    )
    with speaking("ja"):
        said = spaced(main_sentence(SweepResult(points), 0.5))
    assert said.endswith(
        "FC では活性化関数 ReLU、Tanh の設定の検証精度が最も高く（98.0 %、テスト精度 95.0 % から 97.0 %）、SiLU との差"
        "は 0.5 ポイント以内であるため、順位はつけない。"
    )


def test_margin_is_not_finer_than_one_validation_sample() -> None:
    record = {"data": {"split_sizes": {"val": 100}}}
    small, wide = (replace(entry, runs=(replace(entry.runs[0], record=record),)) for entry in (WIDE_FC, BIG_CNN))
    points = [replace(small, runs=(replace(small.runs[0], val_accuracy=0.98),)), wide]
    assert margin_points(points, 0.5) == 1.0
    assert smallest_within(points, 0.5)["FC"] is points[0]
    assert "within one validation sample (1.0 percentage points) of" in main_sentence(SweepResult(tuple(points)), 0.5)


def test_strange_points_are_marked_by_what_they_are() -> None:
    marked = mark_strange(EVERYTHING, [WIDE_FC])
    assert [entry.strange for entry in marked.points] == [False, True, False, False, False]


def test_table_has_units_and_chosen_digits() -> None:
    repeated = replace(SMALL_FC, runs=(*SMALL_FC.runs, run(parameters=12_730, train_s=1.3, val=0.953)))
    failed = PointResult(
        Point("fc", {"model.hidden": [9]}), (), ended_otherwise=(RunResult("out_of_memory", model="FC"),)
    )
    table = table_of(SweepResult((repeated, WIDE_FC, SMALL_CNN), (failed,)), 0.5)
    assert table.headings == (
        "model",
        "number of hidden nodes [nodes]",
        "number of channels [channels]",
        "parameters",
        "training time [s]",
        "validation accuracy [%]",
        "test accuracy [%]",
        "note",
    )
    assert table.rows == (
        ("FC", "16", "–", "12,730", "1.20 (1.10–1.30)", "95.2 (95.1–95.3)", "95.1 (95.0–95.2)", "front, n = 2"),
        ("FC", "128", "–", "101,770", "1.40", "98.2", "98.1", "front, smallest, n = 1"),
        ("CNN", "16", "2-2", "9,482", "9.00", "98.2", "98.1", "front, smallest, n = 1"),
        ("FC", "9", "–", "–", "–", "–", "–", "out of CUDA memory"),
    )


def test_table_for_the_terminal_is_narrow() -> None:
    table = short_table_of(SweepResult((WIDE_FC, SMALL_CNN)), 0.5)
    assert table.headings[0] == "model"
    assert len(table.headings) == 6
    assert table.rows[1] == (
        "CNN, channels 2-2, hidden 16",
        "9,482",
        "9.00",
        "98.2",
        "98.1",
        "front, smallest",
    )


def test_networks_of_one_class_name_in_two_bases_are_two_models(tmp_path: Path) -> None:
    points: list[tuple[Point, list[RunResult], list[RunResult]]] = []
    for module in ("clean", "two"):
        record = read_record(leave_run(tmp_path, "FC", 0, name=module))
        record.settings["model"]["class_path"] = f"{module}.FC"
        record.code = {f"{module}.py": source_file(f"# {module}\nx = '{module}'\n".encode())}
        points.append((Point(module, {"trainer.max_epochs": 1}), [run_result(record, module, "lab")], []))
    assert put_together(points).models == ["clean.FC", "two.FC"]
    assert put_together(points[:1]).models == ["FC"]
