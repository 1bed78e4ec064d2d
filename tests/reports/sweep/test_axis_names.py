"""What is varied has one name in the axis, the caption, the title and the text."""

from __future__ import annotations

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep.figure_captions import heat_map_caption, parameter_caption
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.reports.sweep.heat_map_text import heat_map_sentence
from mnist_lab.reports.sweep.observations import observations_along
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.reports.sweep.points_table import table_of
from mnist_lab.reports.sweep.sweep_content import title_of
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result

HIDDEN, CHANNELS = "model.hidden", "model.channels"
NODES: dict[Language, str] = {"en": "number of hidden nodes", "ja": "隠れ層のノード数"}
LAYERS: dict[Language, str] = {"en": "number of hidden layers", "ja": "隠れ層の数"}


def cnn(*hidden: list[int]) -> list[PointResult]:
    return [
        result({CHANNELS: [count], HIDDEN: value}, "CNN", val=0.9 + count / 100, train_s=2.0 + count)
        for count in (2, 4)
        for value in hidden
    ]


def fc(*hidden: list[int]) -> list[PointResult]:
    return [result({HIDDEN: value}, train_s=1.0 + sum(value) / 1000) for value in hidden]


def texts(points: list[PointResult]) -> list[str]:
    """Return all that names the hidden layers: of a figure, its axis, caption, title and text; the report's title."""
    found = SweepResult(tuple(points))
    drawn = draw_parameter(found, HIDDEN)
    return [
        drawn.axes[-1].get_xlabel(),
        parameter_caption(found, HIDDEN),
        *observations_along(found, HIDDEN),
        title_of("own", found),
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_layer_beside_a_layer_is_a_number_of_nodes_everywhere(language: Language) -> None:
    grid = cnn([], [16])
    with speaking(language), report_style():
        heat_map = draw_heat_map(grid, CHANNELS, HIDDEN).axes[0]
        said = [*texts([*grid, *fc([8], [16], [32])]), heat_map.get_ylabel()]
        said += [heat_map_caption(grid, CHANNELS, HIDDEN), heat_map_sentence(grid, CHANNELS, HIDDEN, "figure")]
    assert [label.get_text() for label in heat_map.get_yticklabels()] == ["none" if language == "en" else "なし", "16"]
    for text in said:
        assert NODES[language] in text
        assert LAYERS[language] not in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_layers_of_one_width_are_a_number_of_layers_everywhere(language: Language) -> None:
    grid = cnn([16], [16, 16])
    with speaking(language), report_style():
        heat_map = draw_heat_map(grid, CHANNELS, HIDDEN).axes[0]
        said = [*texts(grid), heat_map.get_ylabel()]
        said += [heat_map_caption(grid, CHANNELS, HIDDEN), heat_map_sentence(grid, CHANNELS, HIDDEN, "figure")]
        (heading,) = [name for name in table_of(SweepResult(tuple(grid)), 0.5).headings if NODES[language] in name]
    for text in said:
        assert LAYERS[language] in text
        assert NODES[language] not in text
    assert heading.startswith(NODES[language])  # its cells hold 16 and 16-16


@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_counts_layers_only_where_the_figure_does(language: Language) -> None:
    with speaking(language), report_style():
        for text in texts([*cnn([16], [16, 16]), *fc([8], [32])]):
            assert LAYERS[language] not in text
