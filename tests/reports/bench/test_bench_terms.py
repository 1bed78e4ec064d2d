"""Which term dominates: at both ends, from which size on, and how far that goes."""

from __future__ import annotations

from mnist_lab.bench.fits import PolynomialFit
from mnist_lab.reports.bench.bench_sentences import degree_caution, degree_warnings
from mnist_lab.reports.bench.residual_prose import _run
from tests.bench.points import made_record, points_of
from tests.reports.bench.texts import grown, section, text_of


def test_dominant_term_is_named_at_both_ends_or_where_asked() -> None:
    record = made_record()
    said = section(text_of(record), "Which term dominates")
    assert (
        "What dominates the cubic polynomial at the largest size of each is the cubic term for all the others (100 %). "
        in said
    )
    record.at = 10
    said = section(text_of(record), "Which term dominates")
    assert "What dominates the cubic polynomial at N = 10 is the constant term for NumPy (1 thread)" in said
    assert "O(N³)" not in said


def test_cubic_term_of_quadratic_steps_is_no_cubic_growth() -> None:
    record = made_record("conv2d")
    grown(record, 1, (0, 0, 0, 0, 0.3, 0.9))
    said = "A cubic term that dominates does not make the growth O(N³): the steps are of degree 2"
    assert said in section(text_of(record), "Which term dominates")


def test_few_points_are_warned_of_with_the_reason() -> None:
    (warning,) = degree_warnings(made_record())
    assert "Too few points to tell a quadratic from a cubic polynomial: pure Python (4 points)." in warning
    assert "through N points there is always a polynomial of degree N − 1 with error 0" in degree_caution()[0]


def test_errors_of_both_degrees_are_read_with_what_they_prove() -> None:
    for operation in ("matmul", "conv2d"):
        said = section(text_of(made_record(operation)), "Which term dominates")
        assert "The error is " in said
        assert "The error of points without a part in the fit is smaller with degree " in said
        assert degree_caution()[0] in said


def test_all_of_them_are_named_as_such_with_their_particle() -> None:
    record = made_record()
    record.series = record.series[1:]
    said = section(text_of(record, "ja"), "どの項が支配的か")
    assert "どの実装でも 3 次の項" in said
    assert "どの実装でも 3 次のほうが小さい" in said
    assert "どの実装では" not in said


def test_sizes_of_a_dominant_term_are_told_of_all_that_have_some() -> None:
    record = made_record("conv2d")
    record.series[0].points = points_of(lambda size: 5e-8 * size**2)
    record.series[1].points = points_of(lambda size: 1e-6 + 1e-9 * size**2)
    record.series[2].points = points_of(lambda size: 1e-6 + 4e-10 * size**2 + 1.9e-12 * size**3)
    said = section(text_of(record), "Which term dominates")
    # 1e-6 s are 4e-10 s times 50², and 4e-10 s times N² are 1.9e-12 s times N³ at N = 211.
    assert "The quadratic term dominates at all sizes with pure Python, from N = 50 on with C naive" in said
    assert "from N = 100 to 200 with C loop order" in said
    japanese = section(text_of(record, "ja"), "どの項が支配的か")
    assert "Python（ライブラリなし）ではすべてのサイズ、C（そのまま）" in japanese
    assert "C（ループの順序）では N = 100〜200 のサイズ" in japanese


def test_all_long_runs_of_residuals_of_one_sign_are_named() -> None:
    record = made_record("conv2d")
    series = record.series[1]
    series.points = points_of(lambda size: 1e-9 * size**2, [25 * 2**step for step in range(12)])
    residuals = tuple(0.1 if 1 <= place <= 5 else -0.1 for place in range(12))
    said = _run(series, PolynomialFit((0.0, 0.0, 1e-9), residuals, None))
    assert said == "C naive (N = 50 to 800 and 1,600 to 51,200)"


def test_polynomials_that_miss_by_far_are_said_to_be_no_description() -> None:
    record = made_record("conv2d")
    assert "neither polynomial describes" not in text_of(record)
    grown(record, 1, (0, 0, 0, 3, 3, 3))
    assert (
        "With C naive even degree 3 misses by more than 20 %: neither polynomial describes the times, and the shares "
        "of the terms are no more than a hint (Figure 2)."
    ) in section(text_of(record, figures=("terms", "residuals")), "Which term dominates")
