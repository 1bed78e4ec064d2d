"""What ``lightning sweep`` refuses before it trains anything, in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import call, refused
from tests.commands.sweeps import widths, write

pytestmark = pytest.mark.usefixtures("unrendered_figures")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothere.yaml"], "configs). Sweeps that come along: sweeps/activation.yaml, sweeps/batch_size.yaml, "),
        (["wdth.yaml"], "There is no sweep 'wdth.yaml'"),
        (["wdth.yaml"], "Did you mean 'sweeps/width.yaml'? Sweeps that come along: "),
        (
            ["--language=en"],
            "'--language=en' stands where the sweep's file must be: lightning sweep sweeps/width.yaml.",
        ),
        (["sweeps/width.yaml", "--heartbeat=0"], "argument --heartbeat: '0' is not a whole number of at least 1."),
        (["sweeps/width.yaml", "--heartbeat=x"], "argument --heartbeat: 'x' is not a whole number of at least 1."),
        (["sweeps/width.yaml", "--language=fr"], "argument --language: invalid choice: 'fr'"),
        (["sweeps/width.yaml", "Digits"], "'Digits' belongs to no option"),
        (["sweeps/width.yaml", "--model.hidden=[3]"], "--model.hidden: the sweep varies this"),
        (["sweeps/width.yaml", "--model=FC"], "--model: a sweep takes this from its file or sets it itself"),
        (["sweeps/width.yaml", "--ckpt_path=last"], "--ckpt_path: a sweep takes this from its file or sets it itself"),
        (
            ["sweeps/width.yaml", "--data.batchsize=3"],
            "fc.yaml: There is no option 'data.batchsize'. Did you mean 'data.batch",
        ),
        (
            ["sweeps/width.yaml", "--storage=sqlite:///taken/own.db"],
            "--storage: the folder taken cannot be made",
        ),
        (["sweeps/width.yaml", "--repeat=3"], "There is no option '--repeat'. Did you mean '--repeats'?"),
        (["sweeps/width.yaml", "--repeats=x"], "argument --repeats: 'x' is not a whole number of at least 1."),
        (
            ["sweeps/width.yaml", f"--output={Path('taken', 'out')}"],
            f"--output: {Path('taken', 'out')} cannot be written: ",
        ),
        (["sweeps/width.yaml", "--storage=there"], "--storage: 'there' is no address of a database"),
    ],
)
def test_wrong_arguments_are_one_line(args: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "tb_logs").mkdir()
    (tmp_path / "taken").touch()
    assert said in refused(tmp_path, "sweep", *args)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": "fcc.yaml"}, "There is no config 'fcc.yaml'"),
        (
            {"parameters": {"model.hiden": [[3]]}},
            "with model.hiden 3: model: FC has no argument 'hiden'. Did you mean",
        ),
        (
            {"parameters": {"model.hidden": [[3], [0]]}},
            "fc.yaml with model.hidden 0: hidden: [0] has a layer without nodes",
        ),
        ({"parameters": {"model.hidden": [[3], ["x"]]}}, "fc.yaml with model.hidden x: "),
        ({"parameters": {"model.activation": ["ReLU", "Relu"]}}, "fc.yaml with model.activation Relu: "),
        ({"parameters": {"optimizer": ["Adamm"]}}, "fc.yaml with optimizer Adamm: "),
        ({"parameters": {"optimizer": ["SparseAdam"]}}, "--optimizer SparseAdam works on sparse gradients"),
        ({"parameters": {"data.batch_size": [0]}}, "data.batch_size: 0 is not a batch size"),
        ({"parameters": {"trainer.max_steps": [0]}}, "trainer.max_steps: 0 trains nothing"),
        ({"settings": {"trainer.max_epochs": -1}}, "trainer.max_epochs: -1 trains without end"),
        (
            {"parameters": {"trainer.log_every_n_steps": [-1]}},
            "trainer.log_every_n_steps: -1 is too low; give 0 or more.",
        ),
        ({"parameters": {"trainer.plugins": ["none"]}}, "trainer.plugins: there is no class 'none'."),
        (
            {"parameters": {"data.fallback": [[1]]}},
            "data.fallback: '[1]' is not allowed; give the name of a Source or null.",
        ),
        ({"parameters": {"trainer.max_steps": ["two"]}}, "fc.yaml with trainer.max_steps two: "),
        ({"settings": {"trainer.max_epoch": 3}}, "fc.yaml: There is no option 'trainer.max_epoch'"),
        (
            {"settings": {"trainer.devices": 2, "trainer.accelerator": "cpu"}},
            "trainer.devices: 2 devices are asked for",
        ),
    ],
)
def test_wrong_values_are_one_line_before_anything_is_trained(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    message = refused(tmp_path, "sweep", str(write(tmp_path, widths(4) | change)))
    assert said in message


@pytest.mark.parametrize(("low", "high"), [(0, 8), (1, 100_000)])
def test_ends_of_ranges_are_looked_at(low: int, high: int, tmp_path: Path) -> None:
    parameters = {"data.batch_size": {"low": low, "high": high}}
    content = widths() | {"parameters": parameters, "sampler": "random", "trials": 2}
    if low < 1:
        assert "data.batch_size: 0 is not a batch size" in refused(tmp_path, "sweep", str(write(tmp_path, content)))
    else:  # what only the data can say is found by the trial
        outcome = call(tmp_path, "sweep", str(write(tmp_path, content)))
        assert "refused" in outcome.out
        assert "is larger than the training split" in outcome.out


def test_large_grid_has_each_value_looked_at(tmp_path: Path) -> None:
    parameters = {"model.hidden": [[width] for width in range(1, 30)], "data.batch_size": [*range(8, 0, -1), 0]}
    message = refused(tmp_path, "sweep", str(write(tmp_path, widths() | {"parameters": parameters})))
    assert "fc.yaml with data.batch_size 0, model.hidden 1: data.batch_size: 0 is not a batch size" in message


def test_help_lists_the_options(tmp_path: Path) -> None:
    outcome = call(tmp_path, "sweep", "--help")
    assert outcome.code == 0
    for option in ("--storage", "--study", "--heartbeat", "--language", "--output"):
        assert option in outcome.out
    assert call(tmp_path, "sweep").out == outcome.out
