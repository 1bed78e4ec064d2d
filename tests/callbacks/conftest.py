"""Says at the end of a run what was checked on which device: the guard's tests are also a user's check of his GPU."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.callbacks.guard_on_a_gpu")

GUARD_TESTS = "test_cuda_memory_guard.py"


@pytest.fixture(autouse=True)
def _nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.callbacks.cuda_memory_guard._SAID", set())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    outcomes: dict[str, list[pytest.TestReport]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if isinstance(report, pytest.TestReport) and GUARD_TESTS in report.nodeid:
                kind = "gpu" if "gpu" in report.keywords else "model"
                outcomes.setdefault(f"{kind} {outcome}", []).append(report)
    if not outcomes:
        return
    terminalreporter.section("memory guard: what was checked on which device")
    for kind, device in (("model", "a model of driver and allocator (no GPU needed)"), ("gpu", gpu_name())):
        counts = [f"{len(outcomes.get(f'{kind} {one}', []))} {one}" for one in ("passed", "failed", "skipped")]
        terminalreporter.write_line(f"{device}: {', '.join(counts)}")
    for report in [*outcomes.get("gpu passed", []), *outcomes.get("gpu failed", [])]:
        name = report.nodeid.rsplit("::", 1)[-1].removeprefix("test_").replace("_", " ")
        measured = "".join(f" ({value})" for key, value in report.user_properties if key == "measured")
        terminalreporter.write_line(f"  {report.outcome}: {name}{measured}")


def gpu_name() -> str:
    import torch

    if not torch.cuda.is_available():
        return f"no CUDA GPU (torch {torch.__version__})"
    return f"{torch.cuda.get_device_name(0)} (torch {torch.__version__}, CUDA {torch.version.cuda})"
