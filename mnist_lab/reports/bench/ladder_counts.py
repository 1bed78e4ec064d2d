"""How often each rung of the ladder missed a simulated cache, and what that says of its hypothesis."""

from __future__ import annotations

from mnist_lab.bench.bench_record import CacheCount
from mnist_lab.bench.cache_counts import FIRST_LEVEL_KIB, LAST_LEVEL_KIB
from mnist_lab.language import Phrase, say
from mnist_lab.reports.bench.bench_words import label_of
from mnist_lab.reports.bench.ladder_words import BEFORE
from mnist_lab.reports.document import Block, TableBlock
from mnist_lab.reports.sections import prose
from mnist_lab.runs.spread import significant

# Which count a rung's hypothesis says will fall, and its decimals in the table.
_FALLING = {
    "c-loop-order": ("first_misses", 2, Phrase("misses of the first-level cache", "1 次キャッシュのミス")),
    "c-blocked": ("last_misses", 3, Phrase("misses of the last-level cache", "最終キャッシュのミス")),
    "c-simd": ("data_refs", 1, Phrase("reads and writes", "読み書き")),
}
_FEWER = 1.2
"""A count that falls by that factor bears a hypothesis out."""


def counted(counts: list[CacheCount]) -> list[Block]:
    """Return the table of counts and what it says; nothing where nothing was counted."""
    if not counts:
        return []
    rows = [
        [
            label_of(count.name),
            f"{count.data_refs / 1e6:,.1f}",
            f"{count.first_misses / 1e6:,.2f}",
            f"{100 * count.first_misses / max(count.data_refs, 1):.2g}",
            f"{count.last_misses / 1e6:,.3f}",
        ]
        for count in counts
    ]
    table = TableBlock(
        say(
            "What cachegrind counted at N = {size:,} in a simulated cache that is as small as these "
            "matrices: {first} "
            "KiB in the first level, {last} KiB in the last, so that a column does not fit, as in a real cache "
            "at N = 1,000.",
            "cachegrind がキャッシュの模擬実行で数えた回数（N = {size:,}）。"
            "行列に合わせて小さくしたキャッシュ（1 次 {first} KiB、"
            "最終 {last} KiB）であり、実際のキャッシュにおける N = 1,000 の場合と同じく、"
            "1 列分が 1 次キャッシュに収まらない。",
            size=counts[0].size,
            first=FIRST_LEVEL_KIB,
            last=LAST_LEVEL_KIB,
        ),
        (
            say("rung", "段"),
            say("reads and writes [10⁶]", "読み書き [10⁶ 回]"),
            say("missed the first-level cache [10⁶]", "1 次キャッシュのミス [10⁶ 回]"),
            say("of them [%]", "その割合 [%]"),
            say("missed the last-level cache [10⁶]", "最終キャッシュのミス [10⁶ 回]"),
        ),
        rows,
        (1, 2, 3, 4),
        "counts",
    )
    by_name = {count.name: count for count in counts}
    said = [
        _verdict(by_name[BEFORE[name]], by_name[name])
        for name in _FALLING
        if name in by_name and BEFORE[name] in by_name
    ]
    return [table, *prose(said)]


def _verdict(before: CacheCount, count: CacheCount) -> str:
    """Return how the count that a rung's hypothesis is about changed from the rung before, and whether that fits."""
    field, decimals, what = _FALLING[count.name]
    first, last = getattr(before, field), getattr(count, field)
    fits = first >= _FEWER * last
    return say(
        "From {before} to {name}, the {what} go from {first} to {last} million{factor}, which {verdict} the "
        "hypothesis.",
        "{before}から{name}へは、{what}が {first}×10⁶ 回から {last}×10⁶ 回になり{factor}、仮説と{verdict}。",
        before=label_of(before.name),
        name=label_of(count.name),
        what=what,
        first=f"{first / 1e6:,.{decimals}f}",
        last=f"{last / 1e6:,.{decimals}f}",
        factor=say(", by a factor of {ratio}", "（{ratio} 分の 1）", ratio=significant(first / max(last, 1), 2))
        if fits
        else "",
        verdict=say("bears out", "合う") if fits else say("does not bear out", "合わない"),
    )
