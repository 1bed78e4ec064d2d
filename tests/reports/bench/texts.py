"""The text of a bench's report, whole or a section of it, and times that grow as a test wants them to."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import Language, speaking
from mnist_lab.reports.bench.bench_content import compose_bench
from mnist_lab.reports.markdown import to_markdown


def text_of(record: BenchRecord, language: Language = "en", figures: Sequence[str] = ()) -> str:
    with speaking(language):
        return to_markdown(compose_bench(record, dict.fromkeys(figures, "what it shows")))


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def grown(record: BenchRecord, place: int, powers: Sequence[float]) -> None:
    """Let the time of a step grow from size to size with these powers of two."""
    for point, power in zip(record.series[place].points, powers, strict=True):
        point.median_s, point.low_s, point.high_s = (
            2**power * time_s for time_s in (point.median_s, point.low_s, point.high_s)
        )
