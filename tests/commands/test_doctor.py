"""The doctor: every probe with its library absent, failing and answering; the table; the JSON; the exit code."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.commands import doctor
from mnist_lab.doctor import examination
from mnist_lab.doctor.finding import Check, contained
from mnist_lab.doctor.gpu_checks import cuda_check, gpu_checks, nvml_check, shared_check
from mnist_lab.doctor.software_checks import (
    IDX_FILES,
    data_check,
    openmp_check,
    place_check,
    torch_check,
    torchvision_check,
)
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.gpu.nvml import NvmlReading
from mnist_lab.gpu.shared_memory import SharedUsageReader
from tests.gpu.fake_device import FakeCuda, FakeDriver

RTX = NvmlReading("RTX 4060", "555.85", "WDDM", 8192 * MIB, 0, 8192 * MIB, None)
NO_SHARED = SharedUsageReader("linux")


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def raising(error: BaseException) -> Callable[..., Any]:
    def probe(*args: Any) -> Any:
        raise error

    return probe


def modules(torch_cuda: str | None = "13.0", torch: str = "2.11.0+cu130", **vision: Any) -> Callable[[str], Any]:
    """Return an importer of a torch and, unless it fails, a torchvision."""

    def load(name: str) -> Any:
        if name == "torch":
            return SimpleNamespace(__version__=torch, version=SimpleNamespace(cuda=torch_cuda))
        if "fails" in vision:
            raise vision["fails"]
        cuda = vision.get("cuda", 13000)
        return SimpleNamespace(__version__="0.26.0", version=SimpleNamespace(cuda=cuda))

    return load


def test_gpu_that_answers_gives_driver_memory_and_the_guards_budget() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    checks = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))
    assert {check.status for check in checks.values()} == {"green"}
    assert checks["GPU 0"].sentence == ("Fake RTX 0, driver 555.85 (WDDM); this driver can spill into shared memory.")
    assert checks["GPU 0 memory"].data == {
        "total_bytes": 8192 * MIB,
        "used_bytes": 400 * MIB,
        "free_bytes": 7792 * MIB,
    }
    assert checks["GPU 0 guard"].sentence == "would limit PyTorch to 7280 MiB (headroom 512 MiB)."
    assert cuda.fraction(0) == 1.0


def test_every_gpu_is_examined() -> None:
    names = by_name(gpu_checks(FakeCuda(FakeDriver(), FakeDriver()), None, NO_SHARED))
    assert {"GPU 0", "GPU 0 memory", "GPU 0 guard", "GPU 1", "GPU 1 memory", "GPU 1 guard"} <= set(names)


def test_free_memory_that_nvml_does_not_see_is_yellow() -> None:
    cuda = FakeCuda(FakeDriver(spills=True), platform="WDDM")
    cuda.nvml_free_bytes = 5000 * MIB
    check = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))["GPU 0 memory"]
    assert check.status == "yellow"
    assert "free 7792 MiB. NVML counts 5000 MiB as free: the rest is other programs'" in check.sentence
    assert check.data["nvml_free_bytes"] == 5000 * MIB


def test_memory_taken_by_others_is_yellow_and_named() -> None:
    cuda = FakeCuda(FakeDriver(others={"game.exe": 7000 * MIB}))
    checks = by_name(gpu_checks(cuda, (RTX,), NO_SHARED))
    assert checks["GPU 0 memory"].status == "yellow"
    assert "game.exe (pid 1000) 7000 MiB" in checks["GPU 0 memory"].sentence
    assert checks["GPU 0 guard"].status == "yellow"


def test_integrated_gpu_has_no_dedicated_memory_rather_than_0_mib() -> None:
    check = by_name(gpu_checks(FakeCuda(FakeDriver(integrated=True)), None, NO_SHARED))["GPU 0 memory"]
    assert "not applicable" in check.sentence
    assert check.data["total_bytes"] is None


def test_allocator_that_cannot_be_limited_is_red() -> None:
    check = by_name(gpu_checks(FakeCuda(backend="pluggable"), None, NO_SHARED))["GPU 0 guard"]
    assert check.status == "red"
    assert "'pluggable'" in check.sentence


@pytest.mark.parametrize("method", ["name", "driver", "memory_info", "nvml", "stats", "is_available", "device_count"])
def test_device_that_fails_in_any_reading_is_a_finding_not_a_crash(method: str) -> None:
    cuda = FakeCuda()
    setattr(cuda, method, raising(RuntimeError("CUDA error: the device is lost\nsecond line")))
    found = [check for check in gpu_checks(cuda, (RTX,), NO_SHARED) if check.status == "yellow"]
    assert found
    assert all(check.sentence.endswith("RuntimeError: CUDA error: the device is lost") for check in found)


def test_no_gpu_is_a_normal_answer() -> None:
    cuda = FakeCuda()
    cuda.available = False
    checks = gpu_checks(cuda, None, NO_SHARED)
    assert {check.status for check in checks} == {"green"}
    assert "training runs on the CPU" in by_name(checks)["CUDA"].sentence


def test_a_macs_gpu_is_named() -> None:
    cuda = FakeCuda()
    cuda.available = False
    check = by_name(gpu_checks(cuda, None, NO_SHARED, has_mps=True))["CUDA"]
    assert (check.status, check.sentence) == (
        "green",
        "no NVIDIA GPU: training runs on this Mac's GPU (MPS), whose memory the guard does not limit.",
    )


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("torch 2.11.0+cpu is a build without CUDA", "install the CUDA build"),
        ("torch 2.11.0 (CUDA 13.0) finds no NVIDIA GPU or no driver", "update the NVIDIA driver"),
    ],
)
def test_nvidia_gpu_that_torch_cannot_use_is_red_with_a_remedy(reason: str, remedy: str) -> None:
    cuda = FakeCuda()
    cuda.available = False
    cuda.unavailable_reason = lambda: reason  # type: ignore[method-assign]
    check = cuda_check(cuda, (RTX,))
    assert check.status == "red"
    assert remedy in check.sentence


def test_nvml_absent_is_none_and_answering_is_named() -> None:
    assert nvml_check(None).data == {"gpus": None}
    assert nvml_check((RTX,)).sentence == "sees RTX 4060."
    assert nvml_check((RTX._replace(name=None),)).sentence == "sees a GPU without a name."


@pytest.mark.parametrize(
    ("shared_mib", "status", "words"),
    [(None, "green", "not available on this platform"), (100, "green", "100 MiB"), (5000, "yellow", "has spilled")],
)
def test_shared_memory_is_judged_and_unknown_is_not_0(shared_mib: int | None, status: str, words: str) -> None:
    check = shared_check(None if shared_mib is None else shared_mib * MIB)
    assert (check.status, words in check.sentence) == (status, True)
    assert check.data["shared_bytes"] == (None if shared_mib is None else shared_mib * MIB)


def test_torch_absent_is_red_and_present_says_its_build() -> None:
    assert torch_check(raising(ImportError("No module named 'torch'"))).status == "red"
    assert torch_check(modules()).sentence == "2.11.0+cu130, built for CUDA 13.0."
    assert torch_check(modules(torch_cuda=None, torch="2.11.0+cpu")).sentence == "2.11.0+cpu, built for the CPU only."


def test_torch_whose_library_does_not_load_names_the_runtime_that_it_needs() -> None:
    error = OSError(22, 'The specified module could not be found. Error loading "C:\\torch\\lib\\fbgemm.dll" or one of')
    checks = [torch_check(raising(error)), torchvision_check(raising(error), lambda name: ["torch==2.11.0"])]
    for check in checks:
        assert check.status == "red"
        assert "(https://aka.ms/vs/17/release/vc_redist.x64.exe)" in check.sentence
    assert "pip install" not in checks[0].sentence + checks[1].sentence


@pytest.mark.parametrize(
    ("requirements", "load", "status", "words"),
    [
        (["torch==2.11.0", "numpy"], modules(), "green", "0.26.0 fits torch 2.11.0+cu130"),
        (["torch==2.10.0"], modules(), "red", "needs torch==2.10.0, but torch 2.11.0+cu130"),
        (["torch>=2.12"], modules(), "red", "needs torch>=2.12"),
        (None, modules(), "green", "fits"),
        (["torch==2.11.0"], modules(fails=RuntimeError("operator torchvision::nms does not exist")), "red", "nms"),
        (["torch==2.11.0"], modules(fails=ImportError("DLL load failed")), "red", "DLL load failed"),
        (["torch==2.11.0"], modules(cuda=None), "red", "is built for the CPU only, torch with CUDA"),
    ],
)
def test_torchvision_is_judged_by_its_requirement_its_import_and_its_build(
    requirements: list[str] | None, load: Callable[[str], Any], status: str, words: str
) -> None:
    check = torchvision_check(load, lambda name: requirements)
    assert check.status == status
    assert words in check.sentence
    assert check.data["fits"] is (status == "green")


def test_torchvision_absent_is_red() -> None:
    check = torchvision_check(modules(), raising(PackageNotFoundError("torchvision")))
    assert check.status == "red"
    assert check.data["fits"] is None


@pytest.mark.parametrize(
    ("program", "status", "words"),
    [
        ("print('[]')", "green", "loaded: none"),
        ('print(\'[["libgomp", "/a/libgomp.so.1"]]\')', "green", "libgomp.so.1"),
        (r"print('[[\"libiomp\", \"C:/a/libiomp5md.dll\"], [\"libiomp\", \"C:/b/libiomp5md.dll\"]]')", "yellow", "2 r"),
        (
            "import sys; sys.stderr.write('OMP: Error #15: Initializing libiomp5md.dll, but found'); sys.exit(3)",
            "red",
            "KMP_DUPLICATE_LIB_OK=True",
        ),
        ("import no_such_library_here", "yellow", "ModuleNotFoundError"),
        ("import sys; sys.exit(7)", "yellow", "exit code 7"),
    ],
)
def test_openmp_runtimes_are_listed_and_duplicates_come_with_the_remedy(program: str, status: str, words: str) -> None:
    check = openmp_check(program)
    assert (check.status, words in check.sentence) == (status, True), check.sentence


def test_openmp_probe_that_prints_no_json_or_hangs_is_contained() -> None:
    assert contained("OpenMP", lambda: openmp_check("print('no json')")).status == "yellow"
    hangs = contained("OpenMP", lambda: openmp_check("import time; time.sleep(60)", timeout_s=0.2))
    assert "TimeoutExpired" in hangs.sentence


@pytest.mark.parametrize(
    ("folder", "system", "version", "status"),
    [
        ("C:/課題/mnist_lab", "win32", (3, 11, 9), "yellow"),
        ("C:/課題/mnist_lab", "win32", (3, 12, 3), "yellow"),
        ("C:/課題/mnist_lab", "win32", (3, 12, 4), "green"),
        ("C:/lab/mnist_lab", "win32", (3, 11, 9), "green"),
        ("/課題/mnist_lab", "linux", (3, 11, 9), "green"),
    ],
)
def test_path_that_an_editable_install_is_not_found_under_is_yellow(
    folder: str, system: str, version: tuple[int, ...], status: str
) -> None:
    check = place_check(Path(folder), system, version)
    assert check.status == status
    assert ("Python 3.12.4 or later" in check.sentence) is (status == "yellow")


def idx(root: Path, dataset: str, *files: str) -> None:
    folder = root / dataset / "raw"
    folder.mkdir(parents=True)
    for file in files:
        (folder / file).touch()


def test_data_is_found_complete_incomplete_or_not_yet(tmp_path: Path) -> None:
    assert "nothing in" in data_check(tmp_path / "missing").sentence
    idx(tmp_path, "MNIST", *IDX_FILES)
    idx(tmp_path, "KMNIST", *[f"{file}.gz" for file in IDX_FILES])
    check = data_check(tmp_path)
    assert (check.status, check.data["complete"]) == ("green", ["MNIST", "KMNIST"])
    idx(tmp_path, "FashionMNIST", *IDX_FILES[:2])
    check = data_check(tmp_path)
    assert (check.status, check.data["partial"]) == ("yellow", ["FashionMNIST"])


CHECKS = [
    Check("GPU 0 memory", "green", "dedicated: 8192 MiB. " * 6, {"free_bytes": 1}),
    Check("torchvision", "red", "needs [torch]==2.10; reinstall.", {"fits": False}),
]


def test_table_fits_80_columns_and_is_plain_text_for_a_file() -> None:
    text = io.StringIO()
    examination.show(CHECKS, text, width=80)
    lines = text.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert lines[0].startswith("green  GPU 0 memory  dedicated: 8192 MiB.")
    assert "red    torchvision   needs [torch]==2.10; reinstall." in text.getvalue()
    assert text.getvalue().encode("cp932")  # a Japanese console can print it


@pytest.mark.parametrize(
    ("statuses", "worst", "code"),
    [(["green"], "green", 0), (["green", "yellow"], "yellow", 0), (["yellow", "red", "green"], "red", 1)],
)
def test_exit_code_is_1_only_for_red(
    statuses: list[Any],
    worst: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda root: [Check("x", status, "s", {}) for status in statuses])
    assert doctor.run("doctor", ["--json"]) == code
    printed = json.loads(capsys.readouterr().out)
    assert printed["status"] == worst
    assert [check["status"] for check in printed["checks"]] == statuses


def test_without_torch_the_rest_is_still_examined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    software = "mnist_lab.doctor.software_checks."
    monkeypatch.setattr(f"{software}openmp_check", raising(OSError("no process")))
    monkeypatch.setattr(f"{software}torch_check", lambda: Check("torch", "red", "absent", {}))
    monkeypatch.setattr(f"{software}torchvision_check", raising(ImportError("absent")))
    monkeypatch.setenv("KMP_DUPLICATE_LIB_OK", "True")  # the doctor sets it for its own process
    assert [(check.name, check.status) for check in examination.examine(tmp_path)] == [
        ("torch", "red"),
        ("torchvision", "yellow"),
        ("OpenMP", "yellow"),
        ("install", "green"),
        ("data", "green"),
    ]


def test_this_machine_can_be_examined(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = doctor.run("doctor", ["--json", "--root", str(tmp_path)])
    printed = json.loads(capsys.readouterr().out)
    checks = {check["name"]: check for check in printed["checks"]}
    assert code == (printed["status"] == "red")
    assert checks["torch"]["data"]["version"] == sys.modules["torch"].__version__
    assert checks["OpenMP"]["status"] in ("green", "yellow")
    assert checks["data"]["data"]["root"] == str(tmp_path)


def test_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        doctor.run("doctor", ["--jsno"])
    assert caught.value.code == 2
    assert "--jsno" in capsys.readouterr().err
