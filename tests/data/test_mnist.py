"""The MNIST family on disk: sound, missing, damaged, fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision

from mnist_lab.data import KMNIST, MNIST, FashionMNIST
from mnist_lab.data.files import CHECKSUMS, md5_of, read_checksums
from mnist_lab.errors import DataError, DataUnavailableError
from tests.data.idx_files import NAMES, packed, publish, small_family, write_raw
from tests.data.servers import serving

FILES = small_family()


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Publish a small data set as MNIST and as FashionMNIST."""
    publish(monkeypatch, "MNIST", FILES)
    publish(monkeypatch, "FashionMNIST", FILES)
    monkeypatch.setattr(MNIST, "_raw_md5", {name: md5_of(content) for name, content in FILES.items()})
    return FILES


def flip(path: Path) -> str:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return md5_of(bytes(content))


def test_real_mnist_has_its_published_samples(mnist_root: str) -> None:
    source = MNIST(mnist_root)
    source.prepare()
    train, test = source.load()
    assert train.inputs.shape == (60_000, 1, 28, 28)
    assert test.inputs.shape == (10_000, 1, 28, 28)
    assert train.inputs.dtype == torch.uint8
    assert train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert test.class_counts(10) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize("source", [FashionMNIST(), KMNIST()])
def test_class_names_are_torchvisions(source: MNIST) -> None:
    assert source.class_names == getattr(torchvision.datasets, source.name).classes
    assert (source.input_shape, source.num_classes) == ((1, 28, 28), 10)


def test_settings_are_the_constructor_arguments() -> None:
    assert MNIST("x", ["http://m/"]).settings() == {"root": "x", "mirrors": ["http://m/"]}


def test_missing_files_are_fetched_unpacked_and_loaded(tmp_path: Path, family: dict[str, bytes]) -> None:
    with serving(packed(family)) as (mirror, asked):
        source = MNIST(str(tmp_path), [mirror])
        assert not source.is_on_disk()
        source.prepare()
        assert source.is_on_disk()
        source.prepare()
    assert sorted(asked) == sorted(packed(family))
    assert sorted(path.name for path in source.folder.iterdir()) == sorted(NAMES)
    train, test = MNIST(str(tmp_path)).load()
    assert (len(train), len(test)) == (120, 40)
    assert set(train.inputs[13].flatten().tolist()) == {30}


def test_fetched_files_without_published_raw_md5_get_a_checksum_file(tmp_path: Path, family: dict[str, bytes]) -> None:
    with serving(packed(family)) as (mirror, _):
        FashionMNIST(str(tmp_path), [mirror]).prepare()
    folder = tmp_path / "FashionMNIST" / "raw"
    assert read_checksums(folder) == {name: md5_of(content) for name, content in family.items()}
    found = flip(folder / NAMES[0])
    with pytest.raises(
        DataError, match=rf"{NAMES[0]} is damaged: its MD5 is {found}, expected {md5_of(FILES[NAMES[0]])}"
    ):
        FashionMNIST(str(tmp_path)).load()


def test_missing_without_network_is_unavailable(tmp_path: Path, family: dict[str, bytes]) -> None:
    with pytest.raises(DataUnavailableError, match=r"MNIST: train-images-idx3-ubyte\.gz cannot be downloaded"):
        MNIST(str(tmp_path)).prepare()


@pytest.mark.parametrize("name", NAMES)
def test_flipped_bit_is_fetched_again(name: str, tmp_path: Path, family: dict[str, bytes]) -> None:
    folder = write_raw(tmp_path, "MNIST", family)
    flip(folder / name)
    with serving(packed(family)) as (mirror, asked):
        MNIST(str(tmp_path), [mirror]).prepare()
    assert asked == [f"{name}.gz"]
    assert (folder / name).read_bytes() == family[name]


def test_damaged_file_that_cannot_be_fetched_is_refused_not_missing(tmp_path: Path, family: dict[str, bytes]) -> None:
    folder = write_raw(tmp_path, "MNIST", family)
    found = flip(folder / NAMES[2])
    with pytest.raises(DataError) as caught:
        MNIST(str(tmp_path)).prepare()
    assert not isinstance(caught.value, DataUnavailableError)
    message = str(caught.value)
    assert f"{folder / NAMES[2]} is damaged: its MD5 is {found}, expected {md5_of(family[NAMES[2]])}" in message
    assert "\n" not in message


def test_truncated_file_is_refused_by_load(tmp_path: Path, family: dict[str, bytes]) -> None:
    folder = write_raw(tmp_path, "MNIST", family)
    (folder / NAMES[0]).write_bytes(family[NAMES[0]][:-5])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte is damaged: its MD5 .* Delete it"):
        MNIST(str(tmp_path)).load()


def test_sound_gz_beside_a_damaged_file_is_unpacked_without_network(tmp_path: Path, family: dict[str, bytes]) -> None:
    folder = write_raw(tmp_path, "MNIST", family | packed(family))
    flip(folder / NAMES[1])
    MNIST(str(tmp_path)).prepare()
    assert (folder / NAMES[1]).read_bytes() == family[NAMES[1]]


def test_torchvisions_gz_vouches_for_the_raw_file(tmp_path: Path, family: dict[str, bytes]) -> None:
    folder = write_raw(tmp_path, "FashionMNIST", family | packed(family))
    FashionMNIST(str(tmp_path)).prepare()
    assert read_checksums(folder) == {name: md5_of(content) for name, content in family.items()}


def test_raw_file_with_nothing_to_check_against_is_used_with_a_warning(
    tmp_path: Path, family: dict[str, bytes]
) -> None:
    folder = write_raw(tmp_path, "FashionMNIST", family)
    source = FashionMNIST(str(tmp_path))
    with pytest.warns(UserWarning, match="no MD5 to check it against") as caught:
        source.prepare()
    assert len(caught) == 4
    assert [len(split) for split in source.load()] == [120, 40]
    assert not (folder / CHECKSUMS).exists()


def test_raw_file_of_wrong_length_with_nothing_to_check_against_is_refused(
    tmp_path: Path, family: dict[str, bytes]
) -> None:
    write_raw(tmp_path, "FashionMNIST", {NAMES[0]: family[NAMES[0]][:-1]})
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte is damaged: 94,095 bytes where its header says 94,096"
    ):
        FashionMNIST(str(tmp_path)).prepare()


def test_folder_that_cannot_be_written_is_named_before_any_download(tmp_path: Path, family: dict[str, bytes]) -> None:
    (tmp_path / "MNIST").write_text("a file in the folder's place", encoding="utf-8")
    with (
        serving(packed(family)) as (mirror, asked),
        pytest.raises(DataError, match=r"cannot be written.*--data\.source\.root"),
    ):
        MNIST(str(tmp_path), [mirror]).prepare()
    assert asked == []


def test_pictures_and_labels_that_differ_in_number_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = small_family() | {NAMES[1]: small_family(num_train=110)[NAMES[1]]}
    monkeypatch.setattr(MNIST, "_raw_md5", {name: md5_of(content) for name, content in mixed.items()})
    write_raw(tmp_path, "MNIST", mixed)
    with pytest.raises(DataError, match=r"\(120, 28, 28\), train-labels-idx1-ubyte \(110,\)"):
        MNIST(str(tmp_path)).load()


def test_label_outside_the_classes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = small_family()
    wrong[NAMES[3]] = wrong[NAMES[3]][:-1] + b"\x0a"
    monkeypatch.setattr(MNIST, "_raw_md5", {name: md5_of(content) for name, content in wrong.items()})
    write_raw(tmp_path, "MNIST", wrong)
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte holds label 10; expected 0 to 9"):
        MNIST(str(tmp_path)).load()
