"""The idx file format, in which the MNIST family is published."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mnist_lab.errors import DataError
from mnist_lab.language import say

_UNSIGNED_BYTE = 0x08


def parse_idx(content: np.ndarray[Any, np.dtype[np.uint8]], path: Path) -> Tensor:
    """Turn the bytes of an idx file into a tensor that shares their memory.

    The format (http://yann.lecun.com/exdb/mnist/): two zero bytes, the element type (0x08 for unsigned bytes), the
    number of dimensions, each dimension as a big-endian 32-bit integer, then the elements.

    Args:
        content: The whole file, uint8 ``(bytes,)``.
        path: The file, to name it in errors.

    Returns:
        uint8, in the shape that the file states: ``(N, 28, 28)`` for pictures, ``(N,)`` for labels.

    Raises:
        DataError: If it is no idx file of unsigned bytes, or shorter or longer than its header says.
    """
    if len(content) < 4 or content[0] or content[1] or content[2] != _UNSIGNED_BYTE or not content[3]:
        raise DataError(
            say(
                "{path} is damaged: it does not begin like an idx file of unsigned bytes.",
                "{path} は壊れています：先頭が符号なしバイトの idx ファイルの形式ではありません。",
                path=path,
            )
        )
    header_bytes = 4 + 4 * int(content[3])
    if len(content) < header_bytes:
        raise DataError(
            say(
                "{path} is damaged: {found} bytes, and the header alone takes {header}.",
                "{path} は壊れています：{found} バイトしかなく、ヘッダーだけで {header} バイト必要です。",
                path=path,
                found=len(content),
                header=header_bytes,
            )
        )
    shape = [int(size) for size in content[4:header_bytes].view(">u4")]
    expected_bytes = header_bytes + math.prod(shape)
    if len(content) != expected_bytes:
        raise DataError(
            say(
                "{path} is damaged: {found:,} bytes where its header says {expected:,}.",
                "{path} は壊れています：ヘッダーでは {expected:,} バイトですが、{found:,} バイトあります。",
                path=path,
                found=len(content),
                expected=expected_bytes,
            )
        )
    return torch.from_numpy(content[header_bytes:]).reshape(shape)
