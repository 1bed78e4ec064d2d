"""One's own pictures: which are read, how they come out, and what is said of a folder that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from mnist_lab.data import ImageFolder
from mnist_lab.data.picture_file import read_picture
from mnist_lab.errors import DataError, MnistLabError, UsageError

RED = (255, 0, 0)


def put(folder: Path, count: int, ending: str = "png", colour: Any = RED, size: tuple[int, int] = (12, 8)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.new("RGB", size, colour).save(folder / f"{number}.{ending}")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes with Japanese names, of 10 and 5 pictures."""
    root = tmp_path / "写真"
    put(root / "犬", 10)
    put(root / "サル", 5, colour=(0, 0, 255))
    return root


def message_of(root: Path, **arguments: Any) -> str:
    source = ImageFolder(str(root), **arguments)
    with pytest.raises(MnistLabError) as caught:
        source.load()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folders_are_classes(pictures: Path) -> None:
    source = ImageFolder(str(pictures))
    assert source.class_names == ["サル", "犬"]
    assert source.input_shape == (3, 28, 28)
    assert source.location == str(pictures)
    train, test = source.load()
    assert (train.inputs.shape, train.inputs.dtype) == ((12, 3, 28, 28), torch.uint8)
    assert train.class_counts(2) == [4, 8]
    assert test.class_counts(2) == [1, 2]
    assert [train.inputs[train.labels == label].amax(dim=(0, 2, 3)).tolist() for label in (0, 1)] == [
        [0, 0, 255],
        [255, 0, 0],
    ]


def test_grey_and_other_sizes(pictures: Path) -> None:
    source = ImageFolder(str(pictures), image_size=(6, 9), grayscale=True)
    train, _ = source.load()
    assert source.input_shape == train.inputs.shape[1:] == (1, 6, 9)
    # ITU-R 601: 0.299 of red, 0.114 of blue.
    assert set(train.inputs[train.labels == 1].flatten().tolist()) == {76}
    assert set(train.inputs[train.labels == 0].flatten().tolist()) == {29}


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "gif", "webp", "tif"])
def test_usual_formats_are_read(ending: str, tmp_path: Path) -> None:
    put(tmp_path, 1, ending)
    picture = read_picture(tmp_path / f"0.{ending}", (4, 5), grayscale=False)
    assert picture.shape == (3, 4, 5)
    assert (picture[0] > 245).all()
    assert (picture[1:] < 10).all()


def test_what_file_managers_leave_is_passed_over(pictures: Path) -> None:
    before = ImageFolder(str(pictures)).sha256
    for name in ("Thumbs.db", ".DS_Store", "desktop.ini", "._0.png"):
        (pictures / name).write_bytes(b"x")
        (pictures / "犬" / name).write_bytes(b"x")
    (pictures / ".git").mkdir()
    put(pictures / "__MACOSX", 1)
    source = ImageFolder(str(pictures))
    assert len(source.load()[0]) == 12
    assert source.sha256 == before


def test_content_and_names_make_the_sha256(pictures: Path) -> None:
    before = ImageFolder(str(pictures)).sha256
    assert ImageFolder(str(pictures), image_size=(3, 3)).sha256 == before
    moved = pictures.rename(pictures.parent / "elsewhere")
    assert ImageFolder(str(moved)).sha256 == before
    Image.new("RGB", (12, 8), (254, 0, 0)).save(moved / "犬" / "0.png")
    changed = ImageFolder(str(moved)).sha256
    assert changed != before
    (moved / "犬" / "0.png").rename(moved / "犬" / "zero.png")
    assert ImageFolder(str(moved)).sha256 not in (before, changed)


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Train", "Test")])
def test_train_and_test_folders_are_the_split(train: str, test: str, tmp_path: Path) -> None:
    for name, count in ((train, 6), (test, 2)):
        for kind in ("a", "b"):
            put(tmp_path / name / kind, count)
    parts = ImageFolder(str(tmp_path), test_fraction=0.9).load()
    assert [part.class_counts(2) for part in parts] == [[6, 6], [2, 2]]


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    ink = np.zeros((4, 4, 4), dtype=np.uint8)
    ink[:2, :, 3] = 255
    Image.fromarray(ink).save(tmp_path / "drawn.png")
    picture = read_picture(tmp_path / "drawn.png", (4, 4), grayscale=True)
    assert picture[0, :, 0].tolist() == [0, 0, 255, 255]


def test_sixteen_bit_grey_levels_keep_their_range(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 32896, 65535]], dtype=np.uint16)).save(tmp_path / "deep.png")
    assert read_picture(tmp_path / "deep.png", (1, 3), grayscale=True).flatten().tolist() == [0, 128, 255]


def test_photograph_is_turned_the_right_way_up(tmp_path: Path) -> None:
    photograph = Image.new("L", (8, 4))
    photograph.paste(255, (0, 0, 4, 4))
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: the camera was held on its side.
    photograph.save(tmp_path / "photograph.png", exif=exif)
    assert read_picture(tmp_path / "photograph.png", (2, 2), grayscale=True)[0].gt(128).tolist() == [
        [True, True],
        [False, False],
    ]


def test_large_photograph_is_reduced_with_its_content(tmp_path: Path) -> None:
    photograph = Image.new("L", (1600, 1200))
    photograph.paste(255, (800, 0, 1600, 1200))
    photograph.save(tmp_path / "large.jpg")
    picture = read_picture(tmp_path / "large.jpg", (10, 10), grayscale=True)
    assert picture[0, :, :4].max() < 10
    assert picture[0, :, 6:].min() > 245


def test_missing_folder_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not ImageFolder("gone").is_on_disk()
    assert message_of(Path("gone")).startswith(f"There is no folder 'gone' (looked for {tmp_path / 'gone'} and ")
    Path("file").touch()
    assert message_of(Path("file")).startswith(f"{tmp_path / 'file'} is a file; name a folder with a folder for each")


def test_folder_without_folders_is_explained(tmp_path: Path) -> None:
    put(tmp_path, 3)
    assert message_of(tmp_path).startswith(f"{tmp_path} has no folders in it; make one for each class")


def test_one_class_only_is_explained(pictures: Path) -> None:
    for path in (pictures / "サル").iterdir():
        path.unlink()
    said = message_of(pictures)
    assert said.startswith(f"{pictures / 'サル'}: the folder of class 'サル' has no picture; put at least 5 into it")
    (pictures / "サル").rmdir()
    assert message_of(pictures).startswith(f"{pictures}: there is one class only ('犬', 10 pictures)")


def test_too_few_pictures_are_counted(pictures: Path) -> None:
    (pictures / "サル" / "0.png").unlink()
    said = message_of(pictures)
    assert said.startswith(f"{pictures}: too few pictures: class 'サル' has 4 (14 pictures and 2 classes in all); each")


def test_folders_in_folders_are_explained(tmp_path: Path) -> None:
    for part in ("train", "val"):
        for kind in ("a", "b"):
            put(tmp_path / part / kind, 5)
    assert "its folders (train, val) hold folders and no pictures" in message_of(tmp_path)
    for kind in ("a", "b"):
        put(tmp_path / "test" / kind, 5)
    assert "beside train and test there is val; move its pictures into train" in message_of(tmp_path)


def test_class_in_one_part_only_is_named(tmp_path: Path) -> None:
    for part, kinds in (("train", "ab"), ("test", "abc")):
        for kind in kinds:
            put(tmp_path / part / kind, 5)
    assert "class 'c' is in test but not in train" in message_of(tmp_path)


def test_file_that_is_no_picture_is_named(pictures: Path) -> None:
    (pictures / "犬" / "notes.txt").write_text("a good dog", encoding="utf-8")
    said = message_of(pictures)
    assert said.startswith(f"{pictures / '犬' / 'notes.txt'} is no picture that can be read (.png, .jpg")


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_broken_picture_is_named(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"broken.{ending}"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match=rf"broken\.{ending} cannot be read as a picture: .*truncated"):
        read_picture(path, (28, 28), grayscale=False)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="is no picture that can be read"):
        read_picture(path, (28, 28), grayscale=False)


@pytest.mark.parametrize("size", [(0, 28), (28, -1), (28, 1025), (28,), (28, 28, 3)])
def test_size_out_of_range_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match=r"^image_size: \[.*\] is no size; give height and width in pixels, 1 to 1024"):
        ImageFolder("pictures", image_size=size)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match=r"^test_fraction: 2 is not between 0 and 1"):
        ImageFolder("pictures", test_fraction=2)
    with pytest.raises(UsageError, match=r"^seed: -1 is negative"):
        ImageFolder("pictures", seed=-1)
