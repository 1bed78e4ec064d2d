"""ImageFolder: one's own pictures, a folder for each class."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cached_property
from pathlib import Path

import torch

from mnist_lab.data.cells import first_names
from mnist_lab.data.columns import LEAST_PER_CLASS, check_counts
from mnist_lab.data.files import unreadable
from mnist_lab.data.picture_file import read_picture
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.data.stratified import check_cut, cut_test_set
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say
from mnist_lab.shipped import candidates, find_file, find_folder

# What file managers leave behind; names that begin with a point are passed over as well.
_NO_PICTURES = {"thumbs.db", "desktop.ini", "__macosx"}
_LARGEST_SIDE = 1024

Files = dict[str, list[Path]]
"""The pictures of each class."""


class ImageFolder(Source):
    """Pictures in ``root``, in one folder for each class; the folder's name is the class's.

    Where there are folders ``root/train`` and ``root/test``, each with the classes' folders, they are the training and
    the test set. Otherwise a part of each class tests. Pictures of any size are brought to one size, which stretches
    those of other proportions. Transparent parts become white.

    Args:
        root: The folder: as given (from the working folder), else beside the configs that come along.
        image_size: Height and width in pixels that all pictures are brought to.
        grayscale: One channel of grey levels in place of red, green and blue.
        test_fraction: Part of each class that becomes the test set; without effect where there is a folder ``test``.
        seed: Chooses the test set; part of the data set, so apart from the run's seed.

    Raises:
        UsageError: If an argument is outside what is allowed.
    """

    bright_is_ink = False

    def __init__(
        self,
        root: str,
        image_size: tuple[int, int] = (28, 28),
        grayscale: bool = False,
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.root = root
        self.image_size = image_size
        self.grayscale = grayscale
        self.test_fraction = test_fraction
        self.seed = seed
        if len(image_size) != 2 or not all(1 <= size <= _LARGEST_SIDE for size in image_size):
            raise UsageError(
                say(
                    "image_size: {size} is no size; give height and width in pixels, 1 to {most} each, such as "
                    "[28, 28].",
                    "image_size：{size} は画像の大きさではありません。[28, 28] のように、高さと幅を画素数（1 から "
                    "{most}）で"
                    "指定してください。",
                    size=list(image_size),
                    most=_LARGEST_SIDE,
                )
            )
        check_cut(test_fraction, seed)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """One channel or three, height, width."""
        return (1 if self.grayscale else 3, *self.image_size)

    @property
    def class_names(self) -> list[str]:
        """The folders' names, sorted."""
        return list(self._parts[0])

    @property
    def folder(self) -> Path:
        """Full path of the folder.

        Raises:
            DataError: There is none.
        """
        if (folder := find_folder(self.root)) is not None:
            return folder.resolve()
        if (file := find_file(self.root)) is not None:
            raise DataError(
                say(
                    "{file} is a file; name a folder with a folder for each class with --data.source.root.",
                    "{file} はファイルです。クラスごとのフォルダを含むフォルダを --data.source.root "
                    "で指定してください。",
                    file=file.resolve(),
                )
            )
        raise DataError(
            say(
                "There is no folder '{root}' (looked for {places}); name one with --data.source.root.",
                "フォルダ '{root}' が見つかりません（探した場所：{places}）。--data.source.root で指定してください。",
                root=self.root,
                places=say(" and ", "、").join(str(place.absolute()) for place in candidates(self.root)),
            )
        )

    @property
    def location(self) -> str:
        """The folder."""
        return str(self.folder)

    @cached_property
    def sha256(self) -> str:
        """Of every picture and its name."""
        whole = hashlib.sha256()
        folder = self.folder
        for part in self._parts:
            for path in (path for paths in part.values() for path in paths):
                name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
                whole.update(name.encode() + b"\0" + hashlib.sha256(_content(path)).digest())
        return whole.hexdigest()

    def is_on_disk(self) -> bool:
        """Say whether the folder exists."""
        return find_folder(self.root) is not None

    def prepare(self) -> None:
        """Look at the folders; there is nothing to fetch.

        Raises:
            DataError: They do not hold classes of pictures.
        """
        _ = self._parts

    def load(self) -> tuple[Samples, Samples]:
        """Read every picture: uint8 ``(N, channels, height, width)``.

        Raises:
            DataError: A picture cannot be read.
        """
        parts = [self._samples(files) for files in self._parts]
        return (parts[0], parts[1]) if len(parts) == 2 else cut_test_set(parts[0], self.test_fraction, self.seed)

    @cached_property
    def _parts(self) -> list[Files]:
        """The pictures of each class: one part to be cut, or training and test."""
        folder = self.folder
        inside = {path.name.lower(): path for path in _entries(folder) if path.is_dir()}
        if not {"train", "test"} <= set(inside):
            files = _classes_in(folder)
            check_counts(list(files), [len(paths) for paths in files.values()], "pictures", str(folder))
            return [files]
        if len(inside) > 2:
            others = ", ".join(name for name in inside if name not in ("train", "test"))
            raise DataError(
                say(
                    "{folder}: beside train and test there is {others}; move its pictures into train "
                    "(data.val_fraction cuts the validation samples from there), or take it out.",
                    "{folder}：train と test のほかに {others} があります。画像を train に移すか、取り除いてください"
                    "（検証用のサンプルは data.val_fraction により train から取り出されます）。",
                    folder=folder,
                    others=others,
                )
            )
        train, test = _classes_in(inside["train"]), _classes_in(inside["test"])
        if list(train) != list(test):
            odd = sorted(set(train) ^ set(test))[0]
            has, lacks = ("train", "test") if odd in train else ("test", "train")
            raise DataError(
                say(
                    "{folder}: class '{name}' is in {has} but not in {lacks}; both need the same classes.",
                    "{folder}：クラス '{name}' が {has} にあり、{lacks} にありません。両方に同じクラスが必要です。",
                    folder=folder,
                    name=odd,
                    has=has,
                    lacks=lacks,
                )
            )
        check_counts(list(train), [len(paths) for paths in train.values()], "pictures", str(inside["train"]))
        return [train, test]

    def _samples(self, files: Files) -> Samples:
        labels = [label for label, paths in enumerate(files.values()) for _ in paths]
        pictures = torch.empty((len(labels), *self.input_shape), dtype=torch.uint8)
        for place, path in enumerate(path for paths in files.values() for path in paths):
            pictures[place] = read_picture(path, self.image_size, self.grayscale)
        return Samples(pictures, torch.tensor(labels))


def _classes_in(folder: Path) -> Files:
    """Return the pictures of each class, sorted by the names.

    Raises:
        DataError: There are no classes, only one, or one without pictures.
    """
    folders = {unicodedata.normalize("NFC", path.name): path for path in _entries(folder) if path.is_dir()}
    if not folders:
        raise DataError(
            say(
                "{folder} has no folders in it; make one for each class, and put the pictures of the class into it.",
                "{folder} の中にフォルダがありません。クラスごとにフォルダを作り、そのクラスの画像を入れてください。",
                folder=folder,
            )
        )
    if not any(path.is_file() for inner in folders.values() for path in _entries(inner)) and any(
        path.is_dir() for inner in folders.values() for path in _entries(inner)
    ):
        raise DataError(
            say(
                "{folder}: its folders ({names}) hold folders and no pictures; name the folder whose folders are the "
                "classes with --data.source.root, or name its two parts train and test.",
                "{folder}：中のフォルダ（{names}）にはフォルダだけがあり、画像がありません。クラスのフォルダを直接含む"
                "フォルダを --data.source.root で指定するか、2 つの部分の名前を train と test にしてください。",
                folder=folder,
                names=first_names(sorted(folders)),
            )
        )
    files = {name: _pictures_in(folders[name]) for name in sorted(folders)}
    empty = next((name for name, paths in files.items() if not paths), None)
    if empty is not None:
        raise DataError(
            say(
                "{folder}: the folder of class '{name}' has no picture; put at least {least} into it, or delete it.",
                "{folder}：クラス '{name}' のフォルダに画像がありません。{least} 枚以上入れるか、フォルダを削除して"
                "ください。",
                folder=folders[empty],
                name=empty,
                least=LEAST_PER_CLASS,
            )
        )
    if len(files) < 2:
        (only,) = files
        raise DataError(
            say(
                "{folder}: there is one class only ('{name}', {count} pictures); telling apart takes two or more "
                "folders.",
                "{folder}：クラスが 1 つ（'{name}'、{count} 枚）しかありません。分類には 2 "
                "つ以上のフォルダが必要です。",
                folder=folder,
                name=only,
                count=len(files[only]),
            )
        )
    return files


def _pictures_in(folder: Path) -> list[Path]:
    """Return the files of a class, those in folders inside too, in an order that is the same on every system."""
    found: list[Path] = []
    for path in _entries(folder):
        found += _pictures_in(path) if path.is_dir() else [path]
    return found


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, without what file managers leave there.

    Raises:
        DataError: It cannot be read.
    """
    try:
        entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise unreadable(folder, error) from error
    return sorted((path for path in entries if path.name.lower() not in _NO_PICTURES), key=lambda path: path.name)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
