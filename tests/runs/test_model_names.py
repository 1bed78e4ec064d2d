"""What models of one class name are called: by their files, or by the SHA-256 of what was edited."""

from __future__ import annotations

from pathlib import Path

from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.model_names import model_names
from mnist_lab.runs.record import RunRecord, read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.runs.source_code import source_file
from tests.reports.records import leave_run

RELU, TANH = source_file(b"F.relu(x)\n"), source_file(b"torch.tanh(x)\n")


def leave_own(folder: Path, name: str, module: str, text: str) -> RunRecord:
    """Leave the run of a class called FC in a file of one's own."""
    run = leave_run(folder, "FC", 0, name=name)
    record = read_record(run)
    record.settings["model"]["class_path"] = f"{module}.FC"
    record.code = {f"{module}.py": source_file(text.encode())}
    write_record(record, run)
    return record


def test_networks_of_one_class_name_are_named_by_their_files(tmp_path: Path) -> None:
    leave_own(tmp_path, "a", "clean", "F.relu(x)\n")
    leave_own(tmp_path, "b", "two", "torch.tanh(x)\n")
    leave_run(tmp_path, "FC", 0, name="c")
    assert [group.label for group in group_runs(read_runs([tmp_path]))] == ["clean.FC", "two.FC", "FC"]


def test_versions_of_one_file_are_named_by_its_sha256(tmp_path: Path) -> None:
    records = [
        leave_own(tmp_path, "a", "clean", "F.relu(x)\n"),
        leave_own(tmp_path, "b", "clean", "torch.tanh(x)\n"),
        leave_own(tmp_path, "c", "clean", "F.relu(x)  # as at first\n"),
    ]
    first, second, third = model_names(records)
    assert (first[:-8], second) == ("FC clean.py ", f"FC clean.py {TANH['sha256'][:8]}")
    assert first == third == f"FC clean.py {RELU['sha256'][:8]}"


def test_one_network_keeps_its_class_name(tmp_path: Path) -> None:
    records = [leave_own(tmp_path, name, "clean", "F.relu(x)\n") for name in "ab"]
    assert model_names(records) == ["FC", "FC"]
