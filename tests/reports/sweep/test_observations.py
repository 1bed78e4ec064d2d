from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.sweep.front import front_sentence
from mnist_lab.reports.sweep.limits import limits, open_questions
from mnist_lab.reports.sweep.observations import observations
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import by_channels, leave_activations, leave_swept_run, result, run

WIDTHS = (
    result({"model.hidden": [16]}, parameters=795 * 16, train_s=1.0, val=0.952, test=0.95),
    result({"model.hidden": [64]}, parameters=795 * 64, train_s=1.5, val=0.972, test=0.97),
    result({"model.hidden": [128]}, parameters=795 * 128, train_s=2.0, val=0.982, test=0.98),
)
CHANNELS = tuple(by_channels({2: 6.0, 4: 9.0}, val=0.985, test=0.984, parameters=9_482))


def test_ends_of_an_axis_are_compared() -> None:
    found = observations(SweepResult(WIDTHS), 0.5)
    assert found == [
        "With FC, as the number of hidden nodes goes from 16 to 128, the training time goes from 1.00 s to 2.00 s (2.0 "
        "times) and the test accuracy goes from 95.0 % to 98.0 % (+3.0 percentage points).",
        f"Of the 3 points in {cite('points')}, the bound of 97.70 % validation accuracy is reached by 1; the smallest: "
        "hidden 128 (101,760 parameters). With a limit of 0.25 percentage points (97.95 %), the smallest would be the "
        "same. With a limit of 1 percentage point (97.20 %), the smallest would be hidden 64 (50,880 parameters).",
        "The Pareto front holds 3 of 3 points: no other point is at least as good in parameters, time and validation "
        "accuracy and better in one of them. The times were measured once each; where two lie near each other, another "
        "measurement may change the front.",
    ]


def test_values_without_order_are_named() -> None:
    points = (
        result({"model.activation": "ReLU"}, train_s=1.0, test=0.98),
        result({"model.activation": "Tanh"}, train_s=1.3, test=0.97),
        result({"model.activation": "Sigmoid"}, train_s=1.6, test=0.99),
    )
    assert observations(SweepResult(points), 0.5)[0] == (
        "With FC, over the 3 values of the activation, the training time lies between 1.00 s and 1.60 s and the test "
        "accuracy lies between 97.0 % and 99.0 %. Each was trained once, so they are not ranked."
    )
    with speaking("ja"):
        first = observations(SweepResult(points), 0.5)[0]
    assert first.endswith("各設定の学習は 1 回であるため、順位はつけない。")


def test_repeats_rank_only_what_they_bear_out() -> None:
    def repeated(name: str, times_s: tuple[float, ...], tests: tuple[float, ...]) -> PointResult:
        runs = tuple(run(train_s=time_s, test=test) for time_s, test in zip(times_s, tests, strict=True))
        return PointResult(Point("fc", {"model.activation": name}), runs)

    points = (
        repeated("ReLU", (1.00, 1.01, 1.02), (0.98, 0.97, 0.96)),
        repeated("GELU", (2.00, 2.01, 2.02), (0.97, 0.98, 0.97)),
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert (
        " The training time of ReLU (1.01 s) is less than that of GELU (2.01 s); they lie "
        "farthest apart (n = 3, p < 0.001)." in first
    )
    assert "The test accuracy of GELU (97.3 %) and ReLU (97.0 %) cannot be told from the noise (" in first


def test_two_repeats_decide_nothing() -> None:
    points = tuple(
        PointResult(Point("fc", {"model.activation": name}), tuple(run(train_s=s) for s in times_s))
        for name, times_s in [("ReLU", (1.0, 1.2)), ("GELU", (1.1, 1.5)), ("Tanh", (1.1, 1.4))]
    )
    with speaking("ja"):
        first = spaced(observations(SweepResult(points), 0.5)[0])
    assert "学習時間が最も離れているのは ReLU（1.10 s）と GELU（1.30 s）であるが、" in first
    assert "n = 2 では差があるかどうかを判断できない（n = 2、3 組、補正後 p = " in first


def test_nothing_is_said_of_times_that_are_not_to_be_trusted() -> None:
    for points in (WIDTHS, tuple(result({"model.activation": name}) for name in ("ReLU", "GELU"))):
        disturbed = replace(points[0], runs=(replace(points[0].runs[0], disturbed=0.5),))
        first = observations(SweepResult((disturbed, *points[1:])), 0.5)[0]
        assert "the training time " not in first
        assert "Of the training times nothing is said" in first


def test_steps_that_go_the_other_way_are_named_for_each_family() -> None:
    points = tuple(
        result({"model.hidden": [width], "model.dropout": drop}, train_s=time_s, test=test)
        for width, drop, time_s, test in [
            (8, 0.0, 1.0, 0.90),
            (16, 0.0, 2.0, 0.95),
            (8, 0.2, 2.0, 0.93),
            (16, 0.2, 1.5, 0.91),
            (32, 0.0, 3.0, 0.96),
            (32, 0.2, 4.0, 0.97),
        ]
    )
    assert observations(SweepResult(points), 0.5)[0].endswith(
        "of the 4 steps from a value to the next, the training time becomes shorter in 1: dropout 0.2: number "
        "of hidden nodes 8 to 16 (2.00 s, 1.50 s) and the test accuracy falls in 1: dropout 0.2: number of hidden "
        "nodes 8 to 16 (93.0 %, 91.0 %). Measured once each, this cannot be told from the noise. Nor can those named "
        "below. Repeats of each setting with other seeds would tell, three for example."
    )


def test_lines_whose_times_are_not_to_be_trusted_are_not_counted_among_those_compared() -> None:
    points = [
        result({"model.hidden": [width], "model.dropout": drop}, train_s=width * (1 + drop))
        for drop in (0.0, 0.2, 0.4)
        for width in (1, 2)
    ]
    points[0] = replace(points[0], runs=(replace(points[0].runs[0], disturbed=0.5),))
    found = observations(SweepResult(tuple(points)), 0.5)[0]
    assert "settings, the training time becomes 2.0 times as long in the 2 of 3 lines whose times are to be tr" in found
    with speaking("ja"):
        found = spaced(observations(SweepResult(tuple(points)), 0.5)[0])
    assert "ほかの設定に応じて、学習時間は、信頼できる 2 組（3 組中）では 2.0 倍になり、" in found


def test_a_single_point_on_the_front_is_named() -> None:
    points = (WIDTHS[0], *(replace(entry, runs=(run(train_s=9.0, val=0.9),)) for entry in WIDTHS[1:]))
    assert "1 of 3 points (hidden 16):" in front_sentence(SweepResult(points))


def test_time_that_goes_the_other_way_is_named() -> None:
    points = [
        result({"model.hidden": [width]}, train_s=s, parameters=width) for width, s in [(4, 1.0), (8, 0.9), (16, 2.0)]
    ]
    found = observations(SweepResult(tuple(points)), 0.5)[0]
    assert found.endswith(
        "the training time becomes shorter in 1: 4 to 8 (1.00 s, 0.900 s). Measured once each, this cannot be told "
        "from the noise. Repeats of each setting with other seeds would tell, three for example."
    )


def test_advice_to_repeat_is_given_once() -> None:
    points = [
        result({"model.hidden": [width], "model.dropout": drop}, train_s=s, test=test)
        for width, drop, s, test in [(4, 0.0, 1.0, 0.9), (8, 0.0, 2.0, 0.9), (4, 0.2, 3.0, 0.9), (8, 0.2, 1.5, 0.9)]
    ]
    found = observations(SweepResult(tuple(points)), 0.5)
    assert ["cannot be told from the noise. Nor can" in text for text in found[:2]] == [True, False]
    assert ["Repeats of each setting" in text for text in found[:2]] == [True, False]
    with speaking("ja"):
        found = observations(SweepResult(tuple(points)), 0.5)
    assert ["ばらつきと区別できない。以下に述べる増減についても" in text for text in found[:2]] == [True, False]
    assert ["シードを変えて（例えば 3 回）" in text for text in found[:2]] == [True, False]


def test_time_measured_again_is_not_compared_with_one_measured_before() -> None:
    points = [
        result({"model.hidden": [width]}, train_s=s, parameters=width, again_s=again_s)
        for width, s, again_s in [
            (4, 1.0, None),
            (8, 0.9, None),
            (16, 3.0, 2.0),
            (32, 1.5, None),
            (64, 1.9, None),
            (128, 2.5, None),
        ]
    ]
    found = observations(SweepResult(tuple(points)), 0.5)[0]
    said = (
        "from a value to the next, the training time becomes shorter in 1 of the 3 whose times are compared: 4 to 8 ("
    )
    assert said in found
    assert found.endswith(
        " Where the time of one end of a step alone was measured again (8 to 16; 16 to 32), the step's times are not "
        "compared: measuring again has changed times by up to 1.50 times, in which the change of a single step may be "
        "lost. The two ends are compared, since their times were measured alike."
    )
    with speaking("ja"):
        found = spaced(observations(SweepResult(tuple(points)), 0.5)[0])
    assert (
        "隣り合う値どうしのうち、学習時間が短くなったのは時間を比べた 3 組のうち 1 組（4 から 8 では 1.00 s から 0.900 "
        "s）である。1 回ずつの測定であるため"
    ) in found
    assert (
        "隣り合う値どうしのうち一方だけ時間を測り直した組（8 から 16、16 から 32）の学習時間は、測った条件が異なる"
        "ため、増減を比べていない（測り直しによって学習時間は最大 1.50 倍変わっており、一段階の増減はこれに隠れうる）。"
        "両端は、測った条件が同じ（ともに測り直したか、ともに測り直していない）であるため、比べている。"
    ) in found


def test_ends_of_unlike_conditions_are_said_to_be_compared_by_both_times() -> None:
    widths = ((4, 1.0, None), (8, 1.2, None), (16, 1.1, None), (32, 3.0, 2.0))
    points = tuple(result({"model.hidden": [w]}, train_s=s, parameters=w, again_s=again) for w, s, again in widths)
    found = observations(SweepResult(points), 0.5)[0]
    assert " The two ends are compared above by the times before any was measured again, too." in found
    with speaking("ja"):
        found = spaced(observations(SweepResult(points), 0.5)[0])
    assert "両端については、測り直す前の値による比も上に示した。" in found


def test_steps_are_counted_for_each_quantity_by_itself() -> None:
    steps = ((4, 1.0, 0.90, None), (8, 0.9, 0.89, None), (16, 2.0, 0.95, None), (32, 3.0, 0.96, 2.0))
    points = tuple(
        result({"model.hidden": [width]}, train_s=s, test=test, parameters=width, again_s=again)
        for width, s, test, again in steps
    )
    found = observations(SweepResult(points), 0.5)[0]
    said = "steps from a value to the next, the training time becomes shorter in 1 of the 2 whose times are compared: 4"
    assert said in found
    assert " and the test accuracy falls in 1 of 3: 4 to 8 (" in found
    with speaking("ja"):
        found = spaced(observations(SweepResult(points), 0.5)[0])
    assert "隣り合う値どうしのうち、学習時間が短くなったのは時間を比べた 2 組のうち 1 組（" in found
    assert "、テスト精度が低くなったのは 3 組のうち 1 組（" in found


def test_span_over_another_parameter_is_given() -> None:
    points = tuple(
        result({"model.hidden": [width], "model.dropout": drop}, train_s=time_s)
        for width, drop, time_s in [(8, 0.0, 1.0), (8, 0.2, 2.0), (16, 0.0, 3.0), (16, 0.2, 4.0)]
    )
    first = observations(SweepResult(points), 0.5)[0]
    assert "depending on the other settings, the training time becomes 2.0 to 3.0 times as long" in first


def test_smallest_models_times_are_compared() -> None:
    found = observations(SweepResult((*WIDTHS, *CHANNELS)), 0.5)
    assert found[-1].endswith("change the front. These smallest models were trained in CNN 6.00 s, FC 2.00 s.")


def test_fewer_points_for_more_is_written_with_a_minus() -> None:
    points = (
        result({"model.hidden": [16]}, test=0.95),
        result({"model.hidden": [64]}, test=0.93),
    )
    assert "(\N{MINUS SIGN}2.0 percentage points)" in observations(SweepResult(points), 0.5)[0]


def test_japanese_is_in_the_plain_written_style() -> None:
    everything = SweepResult((*WIDTHS, *CHANNELS))
    with speaking("ja"):
        texts = [*observations(everything, 0.5), *limits(everything), *open_questions(everything)]
    assert all(text.endswith("。") for text in texts)
    assert not [text for text in texts if re.search("です|ます。|ました", text)]


def test_limits_say_that_single_trainings_have_no_spread() -> None:
    assert "Of points that were trained once the spread is not known" in limits(SweepResult(WIDTHS))[0]
    repeated = SweepResult(tuple(type(entry)(entry.point, entry.runs * 2) for entry in WIDTHS))
    assert "spread is not known" not in " ".join(limits(repeated))


def test_limits_give_the_error_of_the_accuracy_that_was_chosen_by(tmp_path: Path) -> None:
    result = leave_activations(tmp_path)
    said = "In validation accuracy, by which the models were chosen, it is about 0.20 percentage points (N = 5,000)."
    assert said in limits(result)
    with speaking("ja"):
        said = "モデルの選択に用いた検証精度（N = 5,000）では、この誤差は約 0.20 ポイントである。"
        assert said in limits(result)


def test_limits_say_what_other_programs_took_while_runs_trained(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", {"model.hidden": [16]}, others_cpu=(0.01, 0.02, 0.0))
    leave_swept_run(tmp_path, "point-1", {"model.hidden": [64]}, seed=1, others_cpu=(0.0,) * 3)
    said = "other programs took at most 2.0 % of the processor in an epoch (data/runs.csv)."
    assert said in " ".join(limits(collect_runs(read_runs([tmp_path]))))
    assert "What else the machine was doing during the runs was not recorded" in " ".join(limits(SweepResult(WIDTHS)))


def test_choice_between_models_is_asked_of_several_only() -> None:
    assert len(open_questions(SweepResult((*WIDTHS, *CHANNELS)))) == len(open_questions(SweepResult(WIDTHS))) + 1


def test_questions_fit_what_was_varied() -> None:
    activations = SweepResult((result({"model.activation": "ReLU"}), result({"model.activation": "Tanh"})))
    choice, question = open_questions(activations)
    assert choice.startswith("Why did you choose these settings")
    assert question.startswith("Why does the activation change time and accuracy?")
    assert "From where on does a larger model bring no more accuracy, and why?" in open_questions(SweepResult(WIDTHS))


def test_points_that_hardly_learned_are_said_to_be_left_out(tmp_path: Path) -> None:
    of_fc, of_cnn, *_ = observations(leave_activations(tmp_path), 0.5, ["activation", "pareto"])
    assert of_fc.startswith("Points that hardly learned (1) are left out")
    assert "over the 3 values" in of_fc
    assert "over the 2 values" in of_cnn


def test_each_paragraph_cites_its_figure(tmp_path: Path) -> None:
    of_fc, of_cnn, *beside, front = observations(leave_activations(tmp_path), 0.5, ["activation", "pareto"])
    assert f"With FC ({cite('activation')}), over" in of_fc
    assert cite("activation") in of_cnn
    where = f"in {cite('points')}, {cite('activation')} (accuracies) and {cite('pareto')} (times), CNN trains"
    assert all(where in text for text in beside)
    assert cite("pareto") in front


def test_question_asks_for_what_hardly_learned(tmp_path: Path) -> None:
    assert "What happened where hardly anything was learned?" in " ".join(open_questions(leave_activations(tmp_path)))
    assert "hardly anything" not in " ".join(open_questions(SweepResult(WIDTHS)))


def test_no_layer_is_not_written_as_a_number_of_nodes() -> None:
    points = (
        result({"model.hidden": []}, parameters=7_850, test=0.92),
        result({"model.hidden": [16]}, parameters=12_730, test=0.95),
        result({"model.hidden": [64]}, parameters=50_890, test=0.97),
    )
    with speaking("ja"):
        assert point_label(points[0]) == "FC（隠れ層なし）"
        assert "隠れ層なしの場合と隠れ層のノード数が 64 個の場合を比べると" in spaced(
            observations(SweepResult(points), 0.5)[0]
        )
        assert "隠れ層のノード数が 16 個の場合と 64 個の場合を比べると" in spaced(
            observations(SweepResult(points[1:]), 0.5)[0]
        )
    assert point_label(points[0]) == "FC, no hidden layer"


def test_front_of_times_that_are_not_to_be_trusted_is_called_uncertain() -> None:
    disturbed = replace(WIDTHS[0], runs=(replace(WIDTHS[0].runs[0], disturbed=0.5),))
    found = front_sentence(SweepResult((disturbed, *WIDTHS[1:])))
    assert found.endswith("Some of the times are not to be trusted; right ones may change the front.")
    repeated = SweepResult(tuple(replace(entry, runs=entry.runs * 2) for entry in WIDTHS))
    assert front_sentence(repeated).endswith("more repeats may change it.")
    with speaking("ja"):  # fewer parameters are better: they do not exceed those of the others
        assert "上回る" not in front_sentence(SweepResult(WIDTHS))
