"""What a user can get wrong on the command line: one line, exit code, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.data.files import md5_of, write_checksums
from tests.commands.program import SMALL, call, refused
from tests.data.idx_files import publish, small_family, write_raw

FC = ("--config=fc.yaml", "--data.source=Digits")
CNN = ("--config=cnn.yaml", "--data.source=Digits")
OPTIMIZERS = "Adadelta, Adafactor, Adagrad, Adam, AdamW"

REFUSED = [
    ([], "No model is given; name a config (--config cnn.yaml) or give --model."),
    (["fc.yaml"], "'fc.yaml' belongs to no option; options begin with two dashes (--config cnn.yaml)."),
    (
        [*FC, "--modl.hidden=[8]"],
        "There is no option 'modl.hidden'. Did you mean 'model'? lightning fit --help all lists all.",
    ),
    ([*FC, "--trainer.max_epoch=1"], "There is no option 'trainer.max_epoch'. Did you mean 'trainer.max_epochs'?"),
    (
        [*FC, "--model.hiden=[8]"],
        "model: FC has no argument 'hiden'. Did you mean 'hidden'? It has: hidden, activation",
    ),
    ([*FC, "--optimizer.lrr=1"], "optimizer: Adam has no argument 'lrr'. Did you mean 'lr'? It has: lr, betas"),
    ([*FC, "--data.source.root=x"], "data.source: Digits has no argument 'root'. It has none."),
    ([*FC, "--data.batch_size=abc"], "data.batch_size: 'abc' is not allowed; give int."),
    ([*FC, "--data.batch_size=1.5"], "data.batch_size: '1.5' is not allowed; give int."),
    ([*FC, "--model.hidden=abc"], "model.hidden: 'abc' is not allowed; give a list."),
    ([*FC, "--trainer.max_epochs=abc"], "trainer.max_epochs: 'abc' is not allowed; give int or null."),
    ([*FC, "--lr_interval=batch"], "lr_interval: 'batch' is not allowed; give one of 'epoch', 'step'."),
    ([*FC, "--seed_everything=-3"], "seed_everything: -3 is no seed; give 0 to 4294967295"),
    ([*FC, "--optimizer=Adamm"], "optimizer: there is no class 'Adamm'. Did you mean 'Adam'?"),
    ([*FC, "--optimizer=Foo"], OPTIMIZERS),
    ([*FC, "--optimizer.lr=-1"], "optimizer.lr: -1.0 is no learning rate"),
    ([*FC, "--model=FCC"], "model: there is no class 'FCC'. Did you mean 'FC'? Allowed: CNN, FC"),
    ([*FC, "--data.source=Digitz"], "data.source: there is no class 'Digitz'. Did you mean 'Digits'? Allowed: "),
    ([*FC, "--lr_scheduler=StepL"], "lr_scheduler: there is no class 'StepL'. Did you mean 'StepLR'?"),
    ([*FC, "--lr_scheduler=StepLR"], "lr_scheduler: StepLR needs a value for step_size."),
    ([*FC, "--lr_scheduler=ReduceLROnPlateau"], "lr_scheduler: ReduceLROnPlateau needs a value for monitor."),
    ([*FC, "--model.activation=Relu"], "model.activation: 'Relu' is not allowed; give one of 'ReLU', 'LeakyReLU'"),
    ([*FC, "--model.loss=MSE"], "model.loss: 'MSE' is not allowed; give one of 'CrossEntropyLoss'"),
    ([*FC, "--trainer.callbacks+=EarlyStopin"], "there is no class 'EarlyStopin'. Did you mean 'EarlyStopping'?"),
    ([*FC, "--trainer.callbacks+=EarlyStopping"], "trainer.callbacks: EarlyStopping needs a value for monitor."),
    ([*FC, "--trainer.accelerator=foo"], "accelerator='foo'"),
    ([*FC, "--model.hidden=[0]"], "hidden: [0] has a layer without nodes; each width must be 1 or more."),
    ([*FC, "--model.dropout=1"], "dropout: 1.0 is outside 0 to 1 (1 excluded)."),
    ([*FC, "--data.batch_size=0"], "data.batch_size: 0 is not a batch size; give 1 or more."),
    (
        [*FC, "--data.batch_size=1374"],
        "data.batch_size: 1374 is larger than the training split of Digits; give at most",
    ),
    ([*FC, "--data.val_fraction=0.9999"], "data.val_fraction: 0.9999 leaves 0 of 1498 samples to train"),
    (
        [*CNN, "--model.channels=[1,1,1]", "--model.kernel_size=11"],
        "convolution 3 (kernel 11×11, padding 0, pooling 1)",
    ),
    ([*CNN, "--model.kernel_size=[3]"], "kernel_size: [3] has 1 entries for 2 convolutions"),
    (["--config=cnn.yaml", "--data.source=Intervals"], "CNN: a sample of shape (1,) is no picture"),
    ([*FC, "--trainer=5"], "trainer: '5' is not allowed; it holds keys and values, such as trainer: {max_epochs: 5}."),
    ([*FC, "--data=x"], "data: 'x' is not allowed; it holds keys and values, such as data: {seed: 5}."),
    ([*FC, "--optimizer="], "optimizer: '' is not allowed; give the name of an Optimizer or null."),
    ([*FC, "--model={class_path: 5}"], "is not allowed; give the name of a Classifier."),
    ([*FC, "--model={class_path: FC, init_args: 5}"], "under init_args: {class_path: FC, init_args: {…}}."),
    ([*FC, "--lr_scheduler={class_path: StepLR, gamma: 1}"], "the arguments of StepLR stand as keys and values under"),
    (["--config=perceptron.yaml", "--lr_scheduler=ExponentialLR"], "ExponentialLR needs a value for gamma."),
    ([*FC, "--trainer.accelerator=tpux"], "accelerator='tpux'"),
    ([*FC, "--model.hidden=[10000000000000000000]"], "model: a layer is too large for this machine's memory; make"),
    ([*FC, "--trainer.log_every_n_steps=1" + "0" * 30], "0 is more than a computer counts to; give a smaller number."),
    ([*FC, "--trainer.default_root_dir=a\0b"], "line 1 holds U+0000, which is no character of a text; take it out."),
    ([*FC, "--trainer.default_root_dir=\udcff"], "line 1 holds U+DCFF, which is no character of a text; take it out."),
]


@pytest.mark.parametrize(("args", "said"), REFUSED, ids=lambda value: "" if isinstance(value, str) else value[-1:])
def test_wrong_argument_is_refused(args: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, "fit", *args)


def test_largest_batch_is_the_training_split(tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", *SMALL, "--data.batch_size=1374")
    assert message.endswith("give at most 1373.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dta: {batch_size: 3}", "There is no option 'dta.batch_size'. Did you mean 'data.batch_size'?"),
        ("data: {batch_sze: 3}", "There is no option 'data.batch_sze'. Did you mean 'data.batch_size'?"),
        ("data: {batch_size: many}", "data.batch_size: 'many' is not allowed; give int."),
        ("model: {class_path: FC, init_args: {hiden: [3]}}", "FC has no argument 'hiden'. Did you mean 'hidden'?"),
        ("model: {class_path: FCC}", "model: there is no class 'FCC'. Did you mean 'FC'?"),
        ("optimizer: {class_path: Adm}", "optimizer: there is no class 'Adm'. Did you mean 'Adam'?"),
        ("data: {source: Mnist}", "data.source: there is no class 'Mnist'. Did you mean 'MNIST'?"),
        ("trainer: 5", "trainer: 5 is not allowed; it holds keys and values, such as trainer: {max_epochs: 5}."),
        ("trainer: [1]", "trainer: [1] is not allowed; it holds keys and values"),
        ("trainer:", "trainer: None is not allowed; it holds keys and values"),
        ("data: null", "data: None is not allowed; it holds keys and values"),
        ("print_config: true", "'print_config' is for the command line, and no setting; take it out of the config."),
        ('trainer: {default_root_dir: "a\\0b"}', "--config: own.yaml: line 1 holds U+0000, which is no character"),
    ],
)
def test_wrong_key_in_a_config_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    for args in (["fit", *SMALL, "--config=own.yaml"], ["summary", *SMALL[:2], "--config=own.yaml"]):
        assert said in refused(tmp_path, *args)


@pytest.mark.parametrize(
    "watcher",
    [
        ["--lr_scheduler=ReduceLROnPlateau", "--lr_scheduler.monitor=val_loss"],
        ["--trainer.callbacks+=EarlyStopping", "--trainer.callbacks.monitor=val_loss"],
        ["--trainer.callbacks+=ModelCheckpoint", "--trainer.callbacks.monitor=val_loss"],
    ],
    ids=["schedule", "early_stopping", "checkpoint"],
)
def test_score_that_is_never_logged_is_refused(watcher: list[str], tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", *SMALL, *watcher)
    name = watcher[0].partition("=")[2]
    assert message.startswith(f"monitor: {name} watches 'val_loss', which is never logged. Did you mean 'val/loss'?")


def test_required_cuda_is_an_error_before_data_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    nowhere = ["--data.source=MNIST", "--data.source.root=x", "--data.source.mirrors=[]", "--data.fallback=null"]
    guard = ["--trainer.callbacks+=CudaMemoryGuard", "--trainer.callbacks.require_cuda=true"]
    for command in ("fit", "test"):
        message = refused(tmp_path, command, *SMALL, *nowhere, *guard, code=1)
        assert message.startswith("require_cuda is true, but no CUDA device can be used")


def test_log_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = refused(tmp_path, "fit", *SMALL, "--trainer.default_root_dir=file")
    assert message.startswith("trainer.default_root_dir: the folder file cannot be made: ")


def test_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    family = ["--data.source=MNIST", "--data.source.root=file", "--data.source.mirrors=[]"]
    message = refused(tmp_path, "fit", *SMALL, *family, code=1)
    assert message.startswith(f"The data folder {Path('file', 'MNIST', 'raw')} cannot be written: ")
    assert message.endswith("Name another with --data.source.root.")


def test_unreachable_data_without_a_fallback_are_an_error(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "MNIST" / "raw").mkdir(parents=True)
    family = ["--data.source=MNIST", "--data.source.root=data", "--data.source.mirrors=[]", "--data.fallback=null"]
    message = refused(tmp_path, "fit", *SMALL, *family, code=1)
    assert message.startswith("MNIST: train-images-idx3-ubyte.gz cannot be downloaded (no mirrors given).")
    assert message.endswith("Connect to the internet, or point --data.source.root to a folder that has MNIST.")


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
@pytest.mark.parametrize("fallback", ["null", "Digits"])
def test_damaged_data_are_an_error_whatever_the_fallback(
    damage: str, fallback: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_family()
    publish(monkeypatch, "KMNIST", files)
    folder = write_raw(tmp_path / "data", "KMNIST", files)
    write_checksums(folder, {name: md5_of(sound) for name, sound in files.items()})
    path = folder / "train-images-idx3-ubyte"
    content = bytearray(files[path.name])
    if damage == "truncated":
        del content[-100:]
    else:
        content[-100] ^= 0x01
    path.write_bytes(content)
    family = ["--data.source=KMNIST", "--data.source.root=data", f"--data.fallback={fallback}"]
    message = refused(tmp_path, "fit", *SMALL, *family, code=1)
    assert message.startswith(str(path.relative_to(tmp_path)))
    assert "It could not be replaced: KMNIST: train-images-idx3-ubyte.gz cannot be downloaded" in message


@pytest.mark.parametrize("command", ["fit", "test", "summary", "data"])
def test_verbose_shows_the_traceback_and_the_line(command: str, tmp_path: Path) -> None:
    outcome = call(tmp_path, command, "--verbose", *SMALL[:4], "--data.batch_size=0")
    assert outcome.code == 2
    assert outcome.err.startswith("Traceback (most recent call last):")
    assert outcome.err.splitlines()[-1] == "Error: data.batch_size: 0 is not a batch size; give 1 or more."


@pytest.mark.parametrize("kind", ["gpu", "cuda"])
def test_accelerator_that_is_not_there_is_said(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lightning.pytorch.accelerators.cuda.CUDAAccelerator.is_available", lambda: False)
    message = refused(tmp_path, "fit", *SMALL, f"--trainer.accelerator={kind}")
    assert message.startswith(f"trainer.accelerator: there is no {kind.upper()} here that torch can use; leave the")
