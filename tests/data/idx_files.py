"""Small data sets in MNIST's form, made for the tests."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torchvision

from mnist_lab.data.files import md5_of

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx_bytes(array: np.ndarray[Any, Any]) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def small_family(num_train: int = 120, num_test: int = 40) -> dict[str, bytes]:
    """Raw files by name: pictures whose pixels all equal ten times the label."""
    files = {}
    for prefix, count in (("train", num_train), ("t10k", num_test)):
        labels = np.arange(count) % 10
        images = np.broadcast_to((labels * 10)[:, None, None], (count, 28, 28))
        files[f"{prefix}-images-idx3-ubyte"] = idx_bytes(images)
        files[f"{prefix}-labels-idx1-ubyte"] = idx_bytes(labels)
    return files


def packed(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}


def publish(monkeypatch: pytest.MonkeyPatch, name: str, files: dict[str, bytes]) -> None:
    """Let torchvision publish the MD5 of these files under the data set ``name``, with no mirrors."""
    resources = [(packed_name, md5_of(content)) for packed_name, content in packed(files).items()]
    monkeypatch.setattr(getattr(torchvision.datasets, name), "resources", resources)
    monkeypatch.setattr(getattr(torchvision.datasets, name), "mirrors", [])


def write_raw(root: Path, name: str, files: dict[str, bytes]) -> Path:
    folder = root / name / "raw"
    folder.mkdir(parents=True)
    for file_name, content in files.items():
        (folder / file_name).write_bytes(content)
    return folder
