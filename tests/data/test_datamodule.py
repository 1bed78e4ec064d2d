"""The data module: splits, fallback, batches, arguments."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mnist_lab.data import MNIST, ClassificationDataModule, Digits, Intervals, Samples, Source
from mnist_lab.data.files import md5_of
from mnist_lab.errors import DataError, DataUnavailableError, UsageError
from tests.data.idx_files import NAMES, publish, small_family, write_raw


class Nowhere(MNIST):
    """MNIST that can never be had."""

    @property
    def name(self) -> str:
        return "MNIST"

    def prepare(self) -> None:
        raise DataUnavailableError("MNIST: no [network].")


def ready(source: Source | None = None, **settings: Any) -> ClassificationDataModule:
    module = ClassificationDataModule(source or Intervals(num_samples=1200), **settings)
    module.prepare_data()
    module.setup()
    return module


def attach(module: ClassificationDataModule, rank: int = 0, world_size: int = 1, overfit_batches: int = 0) -> None:
    """Give the module what it asks of a trainer."""
    module.trainer = SimpleNamespace(  # type: ignore[assignment]
        global_rank=rank,
        world_size=world_size,
        overfit_batches=overfit_batches,
        strategy=SimpleNamespace(root_device=torch.device("cpu")),
        # Lightning's own optimization, which takes one batch to a call.
        fit_loop=SimpleNamespace(epoch_loop=SimpleNamespace(automatic_optimization=None)),
    )


def test_real_mnist_is_split_55000_5000_10000(mnist_root: str) -> None:
    module = ready(MNIST(mnist_root))
    description = module.describe()
    assert description.split_sizes == {"train": 55_000, "val": 5_000, "test": 10_000}
    assert description.class_counts["test"] == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # The whole training set has 33.318 and 78.567 (0.1307 and 0.3081 of 255).
    assert description.mean == pytest.approx([33.318], abs=0.05)
    assert description.std == pytest.approx([78.567], abs=0.05)
    assert len(module.train_dataloader()) == 860
    inputs, labels = next(iter(module.train_dataloader()))
    assert (inputs.shape, inputs.dtype, labels.dtype) == ((64, 1, 28, 28), torch.float32, torch.int64)


def test_defaults_are_mnist_in_the_data_folder() -> None:
    module = ClassificationDataModule()
    assert (module.dataset_name, module.source.location) == ("MNIST", str(Path("data/MNIST/raw")))
    assert (module.input_shape, module.num_classes, module.fell_back) == ((1, 28, 28), 10, False)


def test_train_and_validation_share_no_sample_and_lose_none() -> None:
    source = Intervals(num_samples=1200)
    module = ready(source)
    train, val = module.samples("train").inputs, module.samples("val").inputs
    assert (len(train), len(val)) == (917, 83)
    assert torch.equal(torch.cat([train, val]).flatten().sort().values, source.load()[0].inputs.flatten().sort().values)


def test_same_seed_gives_the_same_split_and_batches_and_another_seed_others() -> None:
    first, again, other = ready(seed=1), ready(seed=1), ready(seed=2)
    assert torch.equal(first.samples("val").inputs, again.samples("val").inputs)
    assert not torch.equal(first.samples("val").inputs, other.samples("val").inputs)
    for batch, same in zip(first.train_dataloader(), again.train_dataloader(), strict=True):
        assert torch.equal(batch.cut()[0], same.cut()[0])


def test_scale_comes_from_the_training_split_only() -> None:
    module = ready()
    train = module.samples("train").inputs
    torch.testing.assert_close(module.standardisation.mean, train.mean(dim=0))
    cut = torch.cat([batch.cut()[0] for batch in module.train_dataloader()])
    assert abs(cut.mean().item()) < 1e-5
    assert abs(cut.std(unbiased=False).item() - 1) < 1e-5


def test_evaluation_goes_through_each_sample_in_order() -> None:
    module = ready(eval_batch_size=30)
    for loader, split in (
        (module.val_dataloader(), "val"),
        (module.test_dataloader(), "test"),
        (module.predict_dataloader(), "test"),
    ):
        labels = torch.cat([batch.cut()[1] for batch in loader])
        assert torch.equal(labels, module.samples(split).labels)  # type: ignore[arg-type]


def test_processes_share_the_samples() -> None:
    module = ready()
    seen: list[Samples] = []
    for rank in range(2):
        attach(module, rank, world_size=2)
        batches = [batch.cut() for batch in module.train_dataloader()]
        assert sum(len(labels) for _, labels in batches) == 459
        seen.append(Samples(torch.cat([inputs for inputs, _ in batches]), torch.cat([labels for _, labels in batches])))
        assert sum(len(batch) for batch in module.test_dataloader()) == 100
    assert len({value.item() for share in seen for value in share.inputs}) == 917


def test_overfitting_goes_in_a_fixed_order() -> None:
    module = ready()
    attach(module, overfit_batches=1)
    labels = torch.cat([batch.cut()[1] for batch in module.train_dataloader()])
    assert torch.equal(labels, module.samples("train").labels)


def test_samples_are_placed_once() -> None:
    module = ready()
    attach(module)
    assert module.train_dataloader().samples is module.train_dataloader().samples


def test_preparing_and_setting_up_twice_changes_nothing() -> None:
    module = ready()
    train = module.samples("train")
    module.prepare_data()
    module.setup("test")
    assert module.samples("train") is train


def test_fallback_steps_in_with_a_box(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = ready(Nowhere(str(tmp_path)), fallback=Digits())
    printed = capsys.readouterr()
    assert printed.out == ""
    text = " ".join(printed.err.replace("│", " ").split())
    for part in ("MNIST is missing", "does NOT use MNIST. It uses Digits", "no [network]", "--data.fallback null"):
        assert part in text
    assert (module.dataset_name, module.fell_back, module.num_classes) == ("Digits", True, 10)
    description = module.describe()
    assert (description.name, description.requested_name, description.fell_back) == ("Digits", "MNIST", True)
    assert description.settings == {}
    assert description.split_sizes == {"train": 1373, "val": 125, "test": 299}


def test_other_processes_fall_back_by_what_lies_on_disk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = ClassificationDataModule(Nowhere(str(tmp_path)), fallback=Digits())
    module.setup()
    assert module.dataset_name == "Digits"
    assert capsys.readouterr().err == ""


def test_other_processes_use_the_source_that_lies_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = small_family()
    monkeypatch.setattr(MNIST, "_raw_md5", {name: md5_of(content) for name, content in files.items()})
    write_raw(tmp_path, "MNIST", files)
    module = ClassificationDataModule(MNIST(str(tmp_path)), fallback=Digits())
    module.setup()
    assert (module.dataset_name, module.fell_back) == ("MNIST", False)


@pytest.mark.parametrize("step", ["prepare_data", "setup"])
def test_without_fallback_missing_data_is_an_error(step: str, tmp_path: Path) -> None:
    module = ClassificationDataModule(Nowhere(str(tmp_path)))
    with pytest.raises(DataUnavailableError, match=r"MNIST.*Connect to the internet.*--data\.source\.root"):
        getattr(module, step)()


def test_fallback_of_another_shape_is_refused(tmp_path: Path) -> None:
    module = ClassificationDataModule(Nowhere(str(tmp_path)), fallback=Intervals())
    with pytest.raises(DataUnavailableError, match=r"Intervals \(input shape \(1,\), 10 classes\) cannot stand in"):
        module.prepare_data()


def test_damaged_data_is_no_case_for_the_fallback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = small_family()
    publish(monkeypatch, "MNIST", files)
    monkeypatch.setattr(MNIST, "_raw_md5", {name: md5_of(content) for name, content in files.items()})
    write_raw(tmp_path, "MNIST", files | {NAMES[0]: files[NAMES[0]][:-1]})
    module = ClassificationDataModule(MNIST(str(tmp_path)), fallback=Digits())
    with pytest.raises(DataError, match="train-images-idx3-ubyte is damaged"):
        module.prepare_data()
    assert not module.fell_back


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "data.batch_size: 0 is not a batch size; give 1 or more"),
        ({"eval_batch_size": -1}, "data.eval_batch_size: -1 is not a batch size"),
        ({"val_fraction": 0.0}, r"data.val_fraction: 0.0 is not between 0 and 1"),
        ({"val_fraction": 1.0}, r"data.val_fraction: 1.0 is not between 0 and 1"),
        ({"seed": -1}, "data.seed: -1 is negative"),
        ({"memory": "gpu"}, "data.memory: 'gpu' is unknown; give one of auto, device, host"),
    ],
)
def test_wrong_arguments_are_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ClassificationDataModule(**settings)


def test_batch_larger_than_the_training_split_is_refused() -> None:
    assert len(ready(batch_size=917).train_dataloader()) == 1
    with pytest.raises(
        UsageError, match=r"data\.batch_size: 918 is larger than the training split of Intervals.*at most 917"
    ):
        ready(batch_size=918)


@pytest.mark.parametrize("fraction", [0.0001, 0.9999])
def test_split_without_samples_is_refused(fraction: float) -> None:
    with pytest.raises(UsageError, match="both need at least one"):
        ready(val_fraction=fraction)
