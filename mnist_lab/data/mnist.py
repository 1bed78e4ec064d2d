"""The MNIST family: data sets of 28×28 pictures in four idx files, published through torchvision's mirrors."""

from __future__ import annotations

import contextlib
import gzip
import warnings
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from mnist_lab.data.download import Patience, RemoteFile, fetch
from mnist_lab.data.files import make_folder, md5_of, read_bytes, read_checksums, write_checksums, write_file
from mnist_lab.data.idx import parse_idx
from mnist_lab.data.mnist_form import Form, read_in_mnist_form
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.errors import DataError, DataUnavailableError
from mnist_lab.language import say

_TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
_TEST = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


class MNIST(Source):
    """70,000 handwritten digits (LeCun, Cortes, Burges): 60,000 to train, 10,000 to test.

    The files lie where torchvision puts them, ``<root>/MNIST/raw``. Each is checked before it is used: a fetched one
    against the MD5 of its ``.gz`` that torchvision publishes, an unpacked one against its own MD5, published or noted
    in ``checksums.md5`` beside it when its verified ``.gz`` was unpacked. A damaged file is unpacked or fetched again.
    Where that fails it is refused, and no fallback steps in: whoever has data wants to know that it is broken.

    Args:
        root: Folder of all data sets.
        mirrors: Addresses to fetch from, tried in this order; None: torchvision's.
    """

    _raw_md5: ClassVar[dict[str, str]] = {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    }
    _class_names: ClassVar[tuple[str, ...]] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    _form: ClassVar[Form] = Form()

    def __init__(self, root: str = "data", mirrors: list[str] | None = None) -> None:
        self.root = root
        self.mirrors = mirrors
        self._sound: set[str] = set()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """One channel of 28×28 pixels."""
        return (1, 28, 28)

    @property
    def class_names(self) -> list[str]:
        """Names of the ten classes."""
        return list(self._class_names)

    @property
    def folder(self) -> Path:
        """The folder of the idx files, in torchvision's layout."""
        return Path(self.root) / type(self).__name__ / "raw"

    @property
    def location(self) -> str:
        """The folder of the idx files."""
        return str(self.folder)

    def is_on_disk(self) -> bool:
        """Say whether all four files exist, sound or not: ``load`` refuses damaged ones."""
        return all((self.folder / name).is_file() for name in _TRAIN + _TEST)

    def prepare(self) -> None:
        """Check the files; unpack or fetch those that are missing or damaged.

        Raises:
            DataUnavailableError: If a file is missing and cannot be fetched.
            DataError: If a file is damaged and cannot be fetched, or the folder cannot be written.
        """
        damages = {name: self._damage(name) for name in _TRAIN + _TEST if name not in self._sound}
        wanted = [name for name, damage in damages.items() if damage is not None]
        if not wanted:
            return
        try:
            make_folder(self.folder)
            patience = Patience()
            for name in wanted:
                self._bring(name, patience)
        except DataError as error:
            damaged = "; ".join(damage for damage in damages.values() if damage)
            if damaged:
                raise DataError(
                    say(
                        "{damage}. It could not be replaced: {why}",
                        "{damage}。取得し直すこともできませんでした：{why}",
                        damage=damaged,
                        why=error,
                    )
                ) from error
            raise

    def load(self) -> tuple[Samples, Samples]:
        """Load both sets: uint8 ``(60000, 1, 28, 28)`` and ``(10000, 1, 28, 28)``.

        Raises:
            DataError: If a file is missing or damaged.
        """
        return self._load_pair(*_TRAIN), self._load_pair(*_TEST)

    def new_picture(self, path: Path) -> Tensor:
        """Read a picture of the user's own and bring it to the form of these data, as MNIST was made.

        Raises:
            DataError: It cannot be read, or nothing is drawn in it.
        """
        return read_in_mnist_form(path, self._form)

    def _load_pair(self, images_name: str, labels_name: str) -> Samples:
        images = parse_idx(self._read(images_name), self.folder / images_name)
        labels = parse_idx(self._read(labels_name), self.folder / labels_name)
        if images.shape[1:] != (28, 28) or labels.ndim != 1 or len(images) != len(labels):
            raise DataError(
                say(
                    "{images} holds {found}, {labels} {found_labels}; expected (N, 28, 28) and (N).",
                    "{images} の形は {found}、{labels} の形は {found_labels} です。(N, 28, 28) と (N) のはずです。",
                    images=self.folder / images_name,
                    found=tuple(images.shape),
                    labels=labels_name,
                    found_labels=tuple(labels.shape),
                )
            )
        if int(labels.max()) >= self.num_classes:
            raise DataError(
                say(
                    "{path} holds label {label}; expected 0 to 9.",
                    "{path} にラベル {label} があります。0 から 9 のはずです。",
                    path=self.folder / labels_name,
                    label=int(labels.max()),
                )
            )
        return Samples(images.unsqueeze(1), labels.long())

    def _read(self, name: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Read a file, checking it unless ``prepare`` has just done so."""
        content = read_bytes(self.folder / name)
        if name not in self._sound and (damage := self._mismatch(name, content)):
            raise DataError(
                say(
                    "{damage}. Delete it to have it fetched again.",
                    "{damage}。このファイルを削除すると、取得し直します。",
                    damage=damage,
                )
            )
        return content

    def _damage(self, name: str) -> str | None:
        """Say what is wrong with a file: None if nothing, an empty string if it is missing."""
        path = self.folder / name
        if not path.is_file():
            return ""
        content = read_bytes(path)
        damage = self._mismatch(name, content)
        if damage is None:
            self._sound.add(name)
        return damage

    def _mismatch(self, name: str, content: np.ndarray[Any, np.dtype[np.uint8]]) -> str | None:
        """Compare with the expected MD5; where none is known, with the format's own lengths, and say so."""
        path = self.folder / name
        expected = self._expected_md5(name)
        if expected is not None:
            found = md5_of(content.data)
            if found == expected:
                return None
            return say(
                "{path} is damaged: its MD5 is {found}, expected {expected}",
                "{path} は壊れています：MD5 は {found} ですが、正しくは {expected} です",
                path=path,
                found=found,
                expected=expected,
            )
        try:
            parse_idx(content, path)
        except DataError as error:
            return str(error).rstrip(".。")
        warnings.warn(
            say(
                "{path} has the right length, but no MD5 to check it against. Delete it to have it fetched and "
                "checked.",
                "{path} の長さは正しいものの、照合する MD5 がありません。削除すると、取得し直して照合します。",
                path=path,
            ),
            stacklevel=2,
        )
        return None

    def _expected_md5(self, name: str) -> str | None:
        """Look up a raw file's MD5: published, noted, or that of what the ``.gz`` beside it (torchvision's) holds."""
        known = self._raw_md5.get(name) or read_checksums(self.folder).get(name)
        if known or not (self.folder / f"{name}.gz").is_file():
            return known
        content = self._unpack_local(self._remote_file(name))
        if content is None:
            return None
        md5 = md5_of(content)
        # The note saves the unpacking next time; a folder that is only to be read is fine too.
        with contextlib.suppress(DataError):
            write_checksums(self.folder, {name: md5})
        return md5

    def _unpack_local(self, remote: RemoteFile) -> bytes | None:
        """Unpack the ``.gz`` in the folder, if it is there and sound."""
        packed_path = self.folder / remote.name
        if not packed_path.is_file():
            return None
        packed = packed_path.read_bytes()
        return gzip.decompress(packed) if md5_of(packed) == remote.md5 else None

    def _bring(self, name: str, patience: Patience) -> None:
        """Unpack a file from the ``.gz`` beside it, or else fetch it."""
        remote = self._remote_file(name)
        content = self._unpack_local(remote)
        if content is None:
            try:
                content = gzip.decompress(fetch(remote, patience))
            except DataUnavailableError as error:
                raise DataUnavailableError(
                    say(
                        "{name}: {why}. It belongs into {folder}.",
                        "{name}：{why}。置き場所は {folder} です。",
                        name=self.name,
                        why=error,
                        folder=self.folder,
                    )
                ) from error
        write_file(self.folder / name, content)
        if name not in self._raw_md5:
            write_checksums(self.folder, {name: md5_of(content)})
        self._sound.add(name)

    def _remote_file(self, name: str) -> RemoteFile:
        """Look up mirrors and MD5 in torchvision (imported only here: it takes a second)."""
        from torchvision import datasets

        published = getattr(datasets, type(self).__name__)
        mirrors = published.mirrors if self.mirrors is None else self.mirrors
        packed_name = f"{name}.gz"
        return RemoteFile(
            name=packed_name,
            md5=dict(published.resources)[packed_name],
            urls=tuple(f"{mirror.rstrip('/')}/{packed_name}" for mirror in mirrors),
        )


class FashionMNIST(MNIST):
    """70,000 pictures of clothes (Zalando Research), in MNIST's form."""

    _raw_md5: ClassVar[dict[str, str]] = {}
    _form: ClassVar[Form] = Form(box=28, strokes=False)
    _class_names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )


class KMNIST(MNIST):
    """70,000 handwritten hiragana of classical Japanese (ROIS-DS CODH), in MNIST's form."""

    _raw_md5: ClassVar[dict[str, str]] = {}
    _form: ClassVar[Form] = Form(box=28)
    _class_names: ClassVar[tuple[str, ...]] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
