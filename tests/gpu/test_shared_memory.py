"""The Windows counters: text in two display languages, and the calls to pdh.dll."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.gpu.pdh import PDH_MORE_DATA, CounterValueItem, PdhCounter, open_counter
from mnist_lab.gpu.shared_memory import (
    ADAPTER_SHARED,
    PROCESS_SHARED,
    SharedUsageReader,
    parse_typeperf,
    sum_of_process,
    typeperf,
)

# In the format that typeperf documents; the figures are made up.
ENGLISH = (
    '\r\n"(PDH-CSV 4.0)","\\\\LAPTOP\\GPU Process Memory(pid_4242_luid_0x00000000_0x0000D2C7_phys_0)\\Shared Usage",'
    '"\\\\LAPTOP\\GPU Process Memory(pid_77_luid_0x00000000_0x0000D2C7_phys_0)\\Shared Usage"\r\n'
    '"11/23/2026 10:00:01.123","94371840.000000","4096.000000"\r\n'
    "Exiting, please wait...                         \r\n"
    "The command completed successfully.\r\n\r\n"
)
JAPANESE = (
    '\r\n"(PDH-CSV 4.0)","\\\\ノートPC\\GPU プロセス メモリ(pid_4242_luid_0x00000000_0x0000D2C7_phys_0)\\共有使用量",'
    '"\\\\ノートPC\\GPU プロセス メモリ(pid_77_luid_0x00000000_0x0000D2C7_phys_0)\\共有使用量"\r\n'
    '"2026/11/23 10:00:01.123","94371840.000000","4096.000000"\r\n'
    "終了しています。お待ちください...                         \r\n"
    "コマンドは、正常に完了しました。\r\n\r\n"
)
FIGURES = {
    "pid_4242_luid_0x00000000_0x0000D2C7_phys_0": 94371840,
    "pid_77_luid_0x00000000_0x0000D2C7_phys_0": 4096,
}


@pytest.mark.parametrize(
    "output",
    [ENGLISH.encode("ascii"), JAPANESE.encode("cp932"), JAPANESE.encode("utf-8"), ENGLISH.encode("utf-8-sig")],
    ids=["English", "Japanese in code page 932", "Japanese in UTF-8", "with a byte order mark"],
)
def test_typeperf_is_understood_in_every_display_language(output: bytes) -> None:
    assert parse_typeperf(output) == FIGURES


def test_decimal_comma_is_understood_and_an_empty_figure_left_out() -> None:
    output = '"(PDH-CSV 4.0)","\\\\PC\\a(luid_1)\\b","\\\\PC\\a(luid_2)\\b"\r\n"01.02.2026","12,5"," "\r\n'
    assert parse_typeperf(output.encode()) == {"luid_1": 12}


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"Error: No valid counters.\r\n",
        "エラー: 有効なカウンターがありません。\r\n".encode("cp932"),
        b'"(PDH-CSV 4.0)","\\\\PC\\a(luid_1)\\b"\r\n',
        b"\xff\xfe\x00nonsense,with,commas\r\n",
    ],
)
def test_error_messages_give_no_figures(output: bytes) -> None:
    assert parse_typeperf(output) == {}


def test_process_is_summed_over_its_adapters_and_unknown_is_none_not_zero() -> None:
    values = {"pid_42_luid_a_phys_0": 10, "pid_42_luid_b_phys_0": 5, "pid_421_luid_a_phys_0": 100, "odd": 1}
    assert sum_of_process(values, 42) == 15
    assert sum_of_process(values, 4) is None
    assert sum_of_process({}, 42) is None
    assert sum_of_process({"pid_42_luid_a_phys_0": 0}, 42) == 0


def test_missing_typeperf_gives_no_figures() -> None:
    assert typeperf(ADAPTER_SHARED, program="no-such-program-anywhere") == {}


class FakePdh:
    """pdh.dll with some instances; writes through the pointers it is given, as the real one does."""

    def __init__(self, instances: Sequence[tuple[str, int, int]], known: bool = True) -> None:
        self.instances = list(instances)
        self.known = known
        self.paths: list[str | None] = []
        self.closed = 0
        self.collected = 0
        self.kept: list[Any] = []

    def PdhOpenQueryW(self, source: Any, user: Any, query: Any) -> int:
        query._obj.value = 1
        return 0

    def PdhAddEnglishCounterW(self, query: Any, path: Any, user: Any, counter: Any) -> int:
        self.paths.append(path.value)
        return 0 if self.known else -1073738824  # PDH_CSTATUS_NO_OBJECT, as a signed int

    def PdhCollectQueryData(self, query: Any) -> int:
        self.collected += 1
        return 0 if self.instances else -1073738816

    def PdhGetFormattedCounterArrayW(self, counter: Any, kind: Any, size: Any, count: Any, buffer: Any) -> int:
        assert kind.value == 0x400
        size._obj.value = ctypes.sizeof(CounterValueItem) * len(self.instances)
        count._obj.value = len(self.instances)
        if buffer is None:
            return PDH_MORE_DATA - 2**32
        items = ctypes.cast(buffer, ctypes.POINTER(CounterValueItem))
        self.kept.append(items)  # the names live as long as this
        for index, (name, status, value) in enumerate(self.instances):
            items[index].name, items[index].status, items[index].value = name, status, value
        return 0

    def PdhCloseQuery(self, query: Any) -> int:
        self.closed += 1
        return 0


def test_pdh_is_asked_by_the_english_name_and_gives_valid_instances() -> None:
    library = FakePdh([("pid_42_luid_a", 0, 2**33), ("pid_42_luid_b", 1, 5), ("pid_7_luid_a", 0xC0000BC6, 9)])
    reader = SharedUsageReader("win32", lambda path: PdhCounter(library, path))
    assert reader.process_bytes(42) == 2**33 + 5
    assert reader.process_bytes(7) is None
    assert library.paths == [PROCESS_SHARED]  # opened once, read twice
    assert library.collected == 2


def test_counter_that_pdh_does_not_know_closes_its_query() -> None:
    library = FakePdh([], known=False)
    with pytest.raises(OSError, match="0xC0000BB8"):
        PdhCounter(library, PROCESS_SHARED)
    assert library.closed == 1


def test_reading_that_fails_is_none() -> None:
    reader = SharedUsageReader("win32", lambda path: PdhCounter(FakePdh([]), path))
    assert reader.process_bytes(42) is None


def test_adapters_are_summed() -> None:
    reader = SharedUsageReader("win32", lambda path: PdhCounter(FakePdh([("luid_a", 0, 3), ("luid_b", 0, 4)]), path))
    assert reader.adapters_bytes() == 7


def test_adapters_fall_back_to_typeperf_where_pdh_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("mnist_lab.gpu.shared_memory.typeperf", lambda path: {"luid_a": 11})
    assert SharedUsageReader("win32", lambda path: None).adapters_bytes() == 11


def test_off_windows_there_is_no_figure_and_nothing_is_opened() -> None:
    def must_not_open(path: str) -> PdhCounter | None:
        raise AssertionError(path)

    reader = SharedUsageReader("linux", must_not_open)
    assert reader.process_bytes(1) is None
    assert reader.adapters_bytes() is None


def test_opening_off_windows_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert open_counter(PROCESS_SHARED) is None
