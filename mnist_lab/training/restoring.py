"""A checkpoint that can be read and that Lightning cannot take up: the file's fault, said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError

from mnist_lab.errors import MnistLabError, first_line
from mnist_lab.gpu import is_out_of_memory
from mnist_lab.language import say
from mnist_lab.seams.lightning_seam import raised_while_restoring


@contextmanager
def restored_from(path: Path | None) -> Iterator[None]:
    """Say of what fails while Lightning restores that it is the checkpoint's fault.

    Args:
        path: Of the checkpoint; None: nothing is restored.

    Raises:
        MnistLabError: Something in it is not as Lightning writes it.
    """
    try:
        yield
    except MnistLabError:
        raise
    except Exception as error:
        if path is None or is_out_of_memory(error) or not raised_while_restoring(error):
            raise
        # torch's words on a file that holds code advise to run it.
        why = "" if isinstance(error, UnpicklingError) else f": {first_line(error)}"
        raise strange_checkpoint(path, f"{type(error).__name__}{why}") from error


def strange_checkpoint(path: Path, why: str) -> MnistLabError:
    """Return the error for a checkpoint whose content is not as Lightning writes it.

    Args:
        path: The file.
        why: What is wrong in it, in a few words.
    """
    return MnistLabError(
        say(
            "--ckpt_path: {path} is not as Lightning writes checkpoints ({why}); give another.",
            "--ckpt_path：{path} の内容は Lightning のチェックポイントの形式ではありません（{why}）。"
            "別のファイルを指定してください。",
            path=path,
            why=why,
        )
    )
