"""How often each rung of the ladder missed a simulated cache, and what that says of its hypothesis."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.bench.bench_record import CacheCount
from mnist_lab.bench.cache_counts import FIRST_LEVEL_KIB, LAST_LEVEL_KIB
from mnist_lab.language import Phrase, say
from mnist_lab.reports.bench.bench_words import label_of, percent_text
from mnist_lab.reports.bench.ladder_words import BEFORE
from mnist_lab.reports.document import Block, TableBlock
from mnist_lab.reports.sections import prose
from mnist_lab.runs.spread import significant

# Which count a rung's hypothesis says will fall.
_FALLING = {"c-loop-order": "first_misses", "c-blocked": "last_misses", "c-simd": "data_refs"}
_LINE_BYTES, _REAL_SIZE = 64, 1000
_FEWER = 1.2
"""A count that falls by that factor bears a hypothesis out."""
_MORE = 1.05
"""A count or a share that rises by that factor is named."""
_FIELDS = {
    "data_refs": (1, Phrase("reads and writes", "読み書き")),
    "first_misses": (2, Phrase("misses of the first-level cache", "1 次キャッシュのミス")),
    "last_misses": (3, Phrase("misses of the last-level cache", "最終キャッシュのミス")),
}
# Why a count may rise with a change that makes the rung faster.
_WHY_MORE: Mapping[tuple[str, str], Phrase] = {
    ("c-loop-order", "data_refs"): Phrase(
        "each step now reads a value of c and writes it back, where the sum stayed in a register",
        "レジスタに置けた和の代わりに、各ステップで c の値を読み書きするため",
    ),
    ("c-simd", "last_misses"): Phrase(
        "a and b are copied in the order of use first", "a と b を使う順に並べ替えた写しを先に作るため"
    ),
}

# Which parts of a change lower the same count, so that it does not tell them apart.
_TOGETHER: Mapping[str, Phrase] = {
    "c-simd": Phrase(
        " Vectors and registers both lower that count, which does not tell them apart.",
        "ただし、この回数はベクトル命令とレジスタのどちらによっても減るため、両者の効果を区別できない。",
    ),
}


def counted(counts: list[CacheCount]) -> list[Block]:
    """Return the table of counts and what it says; nothing where nothing was counted."""
    if not counts:
        return []
    rows = [
        [
            label_of(count.name),
            f"{count.data_refs / 1e6:,.1f}",
            f"{count.first_misses / 1e6:,.2f}",
            percent_text(missed_share(count)),
            f"{count.last_misses / 1e6:,.3f}",
        ]
        for count in counts
    ]
    table = TableBlock(
        say(
            "What cachegrind counted at N = {size:,} in a simulated cache that is as small as these "
            "matrices: {first} "
            "KiB in the first level, {last} KiB in the last. The lines of a column ({size} of 64 bytes, "
            "{lines:.1f} KiB) do not fit into the first, as the {large:.1f} KiB of N = 1,000 do not into one of "
            "32 or 48 KiB.",
            "cachegrind がキャッシュの模擬実行で数えた回数（N = {size:,}）。"
            "行列に合わせて小さくしたキャッシュ（1 次 {first} KiB、"
            "最終 {last} KiB）であり、1 列分のキャッシュライン（{size} 本 × 64 バイト、{lines:.1f} KiB）が "
            "1 次キャッシュに収まらない。N = 1,000 の 1 列分（{large:.1f} KiB）が 32 KiB や 48 KiB の"
            " 1 次キャッシュに収まらないのと同じである。",
            size=counts[0].size,
            lines=counts[0].size * _LINE_BYTES / 2**10,
            large=_REAL_SIZE * _LINE_BYTES / 2**10,
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
    pairs = [(by_name[BEFORE[name]], by_name[name]) for name in _FALLING if {name, BEFORE[name]} <= set(by_name)]
    said = [_verdict(*pair) for pair in pairs]
    risen = [sentence for pair in pairs for sentence in (*_risen(*pair), *_share(*pair))]
    return [table, *prose(said), *prose(risen)]


def missed_share(count: CacheCount) -> float:
    """Return which share of reads and writes missed the first-level cache."""
    return count.first_misses / max(count.data_refs, 1)


def _risen(before: CacheCount, count: CacheCount) -> list[str]:
    """Return which counts rise from a rung to the next, and where it can be reasoned, why."""
    said = []
    for field, (decimals, what) in _FIELDS.items():
        first, last = getattr(before, field), getattr(count, field)
        if last <= _MORE * first or field == _FALLING[count.name]:
            continue
        why = _WHY_MORE.get((count.name, field))
        said.append(
            say(
                "From {before} to {name}, the {what} rise from {first} to {last} million{why}.",
                "{before}から{name}へは、{what}が {first}×10⁶ 回から {last}×10⁶ 回に増える{why}。",
                before=label_of(before.name),
                name=label_of(count.name),
                what=what,
                first=f"{first / 1e6:,.{decimals}f}",
                last=f"{last / 1e6:,.{decimals}f}",
                why=say(", it is thought since {why}", "。{why}と考えられる", why=why)
                if why
                else say(", for a reason that these counts do not tell", "。理由は、この回数からは分からない"),
            )
        )
    return said


def _share(before: CacheCount, count: CacheCount) -> list[str]:
    """Return that a rung's share of misses rises, with the two counts that it is made of."""
    first, last = missed_share(before), missed_share(count)
    if last <= _MORE * first:
        return []
    said = [
        say(
            "The share of reads and writes that miss the first-level cache rises from {first} to {last} % from "
            "{before} to {name}: the misses go from {misses} to {missed} million, the reads and writes from {reads} to "
            "{read} million.",
            "{before}から{name}へは、1 次キャッシュのミスの割合が {first} % から {last} % に上がる。ミスの回数は "
            "{misses}×10⁶ 回から {missed}×10⁶ 回に、読み書きは {reads}×10⁶ 回から {read}×10⁶ 回になる。",
            before=label_of(before.name),
            name=label_of(count.name),
            first=percent_text(first),
            last=percent_text(last),
            misses=f"{before.first_misses / 1e6:,.2f}",
            missed=f"{count.first_misses / 1e6:,.2f}",
            reads=f"{before.data_refs / 1e6:,.1f}",
            read=f"{count.data_refs / 1e6:,.1f}",
        )
    ]
    if count.first_misses < before.first_misses:
        said.append(
            say(
                "The misses fall too, but the reads and writes, which they are a share of, fall by more: that alone "
                "lets the share rise.",
                "ミスの回数も減っているが、割合の分母である読み書きがそれより大きく減ったため、割合だけが上がっている。",
            )
        )
    return said


def _verdict(before: CacheCount, count: CacheCount) -> str:
    """Return how the count that a rung's hypothesis is about changed from the rung before, and whether that fits."""
    field = _FALLING[count.name]
    decimals, what = _FIELDS[field]
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
    ) + str(_TOGETHER.get(count.name, "") if fits else "")
