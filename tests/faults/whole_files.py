"""Whether what a program left behind is whole: every record, checkpoint, config and study can be read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import torch
import yaml


def check_whole(folder: Path) -> int:
    """Read every file that is written at once or not at all; return how many there are."""
    assert list(folder.rglob("*.part")) == []
    count = 0
    for path in folder.rglob("*"):
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".ckpt":
            assert "state_dict" in torch.load(path, weights_only=True)
        elif path.suffix == ".yaml" and path.name != "hparams.yaml":  # Lightning's own, an empty mapping
            assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)
        elif path.suffix == ".sqlite3":
            with closing(sqlite3.connect(path)) as study:
                assert study.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        else:
            continue
        count += 1
    return count
