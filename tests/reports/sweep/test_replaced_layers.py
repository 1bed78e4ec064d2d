from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.sweep.pooling_everywhere import pooling_everywhere
from mnist_lab.reports.sweep.replaced_layers import replaced_layers
from mnist_lab.reports.sweep.sweep_content import groups_of
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from tests.sweeps.made_results import leave_swept_run


def test_places_of_an_activation_are_counted_and_named(tmp_path: Path) -> None:
    for number, (model, name) in enumerate(
        (("CNN", "ReLU"), ("CNN", "LeakyReLU"), ("FC", "ReLU"), ("FC", "LeakyReLU"))
    ):
        folder = leave_swept_run(tmp_path, f"point-{number}", {"model.activation": name}, model=model, seed=number)
        record = read_record(folder)
        of_name = {"arguments": "negative_slope=0.01, inplace=True"} if name == "LeakyReLU" else {}
        layers = [
            layer | ({"name": layer["name"].replace("ReLU", name)} | of_name if "ReLU" in layer["name"] else {})
            for layer in record.layers
        ]
        write_record(replace(record, layers=layers), folder)
    result = collect_runs(read_runs([tmp_path]))
    said = replaced_layers(result, groups_of(result))
    assert said[1] == (
        "In FC, ReLU was replaced in 1 place (behind Linear 784→128) by LeakyReLU (negative_slope=0.01); the "
        "other layers and the number of parameters stay as they are."
    )
    with speaking("ja"):
        said = list(map(spaced, replaced_layers(result, groups_of(result))))
    assert said[0] == (
        "CNN では、3 か所（Conv2d 1→4 (3×3)、Conv2d 4→4 (3×3)、Linear 2304→128 の直後）の ReLU を、すべて同じく "
        "LeakyReLU (negative_slope=0.01) に置き換えた。ほかの層とパラメータ数は変わらない。"
    )


def test_model_that_pools_everywhere_is_named(tmp_path: Path) -> None:
    for number, width in enumerate((8, 16)):
        for model in ("CNN", "FC"):
            values = {"model.hidden": [width]}
            folder = leave_swept_run(tmp_path, f"point-{model}-{number}", values, model=model, seed=number)
            record = read_record(folder)
            pool = {
                "name": "MaxPool2d: 1-2",
                "depth": 1,
                "output_shape": [64, 4, 13, 13],
                "parameters": 0,
                "formula": "",
            }
            layers = [record.layers[0], pool, *record.layers[1:]] if model == "CNN" else record.layers
            write_record(replace(record, layers=layers), folder)
    result = collect_runs(read_runs([tmp_path]))
    (said,) = pooling_everywhere(result, groups_of(result))
    assert said.startswith("CNN pools at all points (MaxPool2d")
