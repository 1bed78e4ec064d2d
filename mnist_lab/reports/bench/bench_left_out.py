"""What a bench left out, and why: as single sentences for the terminal, and as prose for the report."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.bench.bench_record import BenchRecord, LeftOut, Stop, WhyLeftOut
from mnist_lab.bench.sizes import SHARE_OF_FREE
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_words import duration, label_of, operation_of
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.places import without_places

_WHY_LEFT_OUT: Mapping[str, Phrase] = {
    "no_compiler": Phrase(
        "left out, since there is no C compiler; install one (cc, gcc or clang), or the wheel ziglang with pip install "
        '"mnist-lab[bench]"',
        "C コンパイラがないため除外した。cc、gcc、clang のいずれかを使えるようにするか、"
        'pip install "mnist-lab[bench]" で ziglang をインストールするとよい',
    ),
    "compiler_failed": Phrase("left out, since the C compiler failed", "C コンパイラが失敗したため除外した"),
    "library_failed": Phrase(
        "left out, since the compiled library cannot be used", "コンパイルしたライブラリを使えないため除外した"
    ),
    "no_cuda": Phrase(
        "left out, since PyTorch finds no CUDA device here", "PyTorch から使える CUDA デバイスがないため除外した"
    ),
    "no_cupy": Phrase("left out, since CuPy is not installed", "CuPy がインストールされていないため除外した"),
    "cupy_failed": Phrase("left out, since CuPy cannot use a GPU", "CuPy から GPU を使えないため除外した"),
    "out_of_memory": Phrase(
        "left out, since the GPU's memory ran out in the check", "確認の計算で GPU のメモリが不足したため除外した"
    ),
}


def left_out_sentences(record: BenchRecord) -> list[str]:
    """Return what was not measured, and why: implementations first, then sizes."""
    said = [
        say("{names}: {why}", "{names}：{why}", names=listed(names), why=why) for names, why in _implementations(record)
    ]
    said += [
        say("{name}: {why}", "{name}：{why}", name=label_of(series.name), why=why_stopped(series.stop))
        for series in record.series
        if series.stop
    ]
    return said + _interrupted(record)


def _implementations(record: BenchRecord) -> list[tuple[list[str], str]]:
    """Return the names of those that have a reason in common, with the reason."""
    groups: dict[tuple[WhyLeftOut, str], list[str]] = {}
    for entry in record.left_out:
        groups.setdefault((entry.why, entry.detail), []).append(label_of(entry.name))
    return [(names, why_left_out(LeftOut("", why, detail))) for (why, detail), names in groups.items()]


def _interrupted(record: BenchRecord) -> list[str]:
    if record.status != "interrupted":
        return []
    return [
        say(
            "The measurement was stopped; what was measured until then is all there is.",
            "測定は途中で中断された。ここに示すのは、それまでに測定した結果だけである。",
        )
    ]


def left_out_prose(record: BenchRecord) -> list[str]:
    """Return the same in fewer sentences: one for all sizes that would take too long, one for too large matrices."""
    by_why: dict[str, list[tuple[str, Stop]]] = {}
    for series in record.series:
        if series.stop:
            by_why.setdefault(series.stop.why, []).append((label_of(series.name), series.stop))
    too_long, memory = by_why.pop("too_long", []), by_why.pop("memory", [])
    said = [
        say("{names} was {why}", "{names}は、{why}", names=names[0], why=_ended(why))
        if len(names) == 1
        else say("{names} were {why}", "{names}は、{why}", names=listed(names), why=_ended(why))
        for names, why in _implementations(record)
    ]
    if too_long:
        said.append(
            say(
                "Sizes at which a call was predicted to take more than {allowed} were not measured: {sizes}.",
                "1 回の計算が上限の {allowed} を超えると見込まれるサイズは測定しなかった。"
                "該当するのは、{sizes}である。",
                allowed=duration(too_long[0][1].allowed),
                sizes=listed(
                    [
                        say(
                            "N = {size:,} and above for {name} (about {needed})",
                            "{name}の N = {size:,} 以上（見込みは約 {needed}）",
                            name=name,
                            size=stop.size,
                            needed=duration(stop.needed),
                        )
                        for name, stop in too_long
                    ]
                ),
            )
        )
        said.append(_prediction(record))
    if memory:
        said.append(
            say(
                "Sizes at which the matrices would not fit into the free memory were not measured: {sizes}.",
                "行列が空きメモリに収まらないサイズは測定しなかった。該当するのは、{sizes}である。",
                sizes=listed(_too_large(memory)),
            )
        )
        said += _counted_memory(record, memory)
    said += [
        say("Of {name}, {why}", "{name}では、{why}", name=name, why=_ended(why_stopped(stop)))
        for stops in by_why.values()
        for name, stop in stops
    ]
    return said + _interrupted(record)


def _prediction(record: BenchRecord) -> str:
    """Return from what a call's time was predicted, and why the table of times gives another value."""
    return say(
        "These times were predicted from that at the size before as it stood at the time of the decision, times the "
        "ratio of the steps, and where it had grown more than the steps from the size before that, times that factor "
        "too (2 at most){rounds}.",
        "見込みの時間は、測定するかどうかを決めた時点での直前のサイズの時間に、ステップ数の比を掛け、"
        "その前のサイズからの"
        "増え方がステップ数の比を上回っていれば、上回った倍率（最大 2 倍）も掛けた値である{rounds}。",
        rounds=say(
            "; {times} gives the fastest of {rounds} rounds, which grow differently too, and so may lead to another "
            "time",
            "（{times} の時間は {rounds} 回の測定のうち最も速い回のものであり、増え方の比も回によって異なるため、"
            "これから計算した値は見込みと一致しないことがある）",
            times=cite("times"),
            rounds=record.rounds,
        )
        if record.rounds > 1
        else "",
    )


def _ended(text: str) -> str:
    """Return a sentence with a full stop, which the words of a compiler or a library may lack."""
    return text if text.endswith((".", "!", "?", "。")) else say("{text}.", "{text}。", text=text)


def _too_large(stops: list[tuple[str, Stop]]) -> list[str]:
    """Return the implementations that stopped at the same size and for as much memory together."""
    together: dict[tuple[int, str, str], list[str]] = {}
    for name, stop in stops:
        key = (stop.size, f"{stop.needed / 2**30:.1f}", f"{stop.allowed / 2**30:.1f}")
        together.setdefault(key, []).append(name)
    return [
        say(
            "N = {size:,} and above for {names} ({needed} GiB needed, {allowed} GiB free)",
            "{names}の N = {size:,} 以上（必要な量は {needed} GiB、使えるのは {allowed} GiB）",
            size=size,
            names=listed(names),
            needed=needed,
            allowed=allowed,
        )
        for (size, needed, allowed), names in together.items()
    ]


def _counted_memory(record: BenchRecord, stops: list[tuple[str, Stop]]) -> list[str]:
    """Say what the memory is needed for, since it is more than operands and result take; and what is free for it."""
    operation = operation_of(record)
    originals = {stop.size: 8 * operation.values_moved(stop.size) for _, stop in stops}
    beyond = sorted({stop.size for _, stop in stops if stop.needed > originals[stop.size]})
    if not beyond:
        return []
    return [
        say(
            "Operands and result in float64 take {originals} of it; the rest is that of operands, result and buffers "
            "in the implementation's own form (lists, tensors), counted as a second copy even where none is made. "
            "Of the free memory {share:.0f} % may be used.",
            "必要な量のうち、float64 の入力と結果は {originals} である。残りは、実装に渡す形式（リスト、"
            "テンソルなど）にした入力と結果、作業用の領域であり、写しを作らない実装についても、余裕をみて同じ量を数えている。"
            "使えるのは、空きメモリの {share:.0f} % としている。",
            originals=listed(
                [
                    say(
                        "{gib:.1f} GiB at N = {size:,}",
                        "N = {size:,} で {gib:.1f} GiB",
                        gib=originals[size] / 2**30,
                        size=size,
                    )
                    for size in beyond
                ]
            ),
            share=100 * SHARE_OF_FREE,
        )
    ]


def why_left_out(entry: LeftOut) -> str:
    """Return why an implementation was left out altogether, as a sentence."""
    said = _WHY_LEFT_OUT[entry.why]
    detail = without_places(entry.detail)
    return (
        say("{said}: {detail}", "{said}（{detail}）", said=said, detail=detail)
        if detail
        else say("{said}.", "{said}。", said=said)
    )


def why_stopped(stop: Stop) -> str:
    """Return why an implementation was not measured from some size on, as a sentence."""
    if stop.why == "too_long":
        return say(
            "N = {size:,} and above left out: a call would take about {needed}, and {allowed} are allowed.",
            "N = {size:,} 以上は除外した。1 回の計算に約 {needed} かかる見込みであり、上限は {allowed} である。",
            size=stop.size,
            needed=duration(stop.needed),
            allowed=duration(stop.allowed),
        )
    if stop.why == "memory":
        return say(
            "N = {size:,} and above left out: the matrices would take {needed:.1f} GiB, and {allowed:.1f} GiB "
            "are free.",
            "N = {size:,} 以上は除外した。行列に {needed:.1f} GiB 必要であり、使えるのは {allowed:.1f} GiB である。",
            size=stop.size,
            needed=stop.needed / 2**30,
            allowed=stop.allowed / 2**30,
        )
    if stop.why == "wrong_result":
        return say(
            "N = {size:,} and above left out: the result is wrong there ({detail}).",
            "N = {size:,} 以上は、結果が誤っているため除外した（{detail}）。",
            size=stop.size,
            detail=without_places(stop.detail),
        )
    if stop.why == "failed":
        return say(
            "N = {size:,} and above left out: it failed there ({detail}).",
            "N = {size:,} 以上は、計算が失敗したため除外した（{detail}）。",
            size=stop.size,
            detail=without_places(stop.detail),
        )
    return say(
        "N = {size:,} and above left out: the memory ran out.",
        "N = {size:,} 以上は、メモリが不足したため除外した。",
        size=stop.size,
    )
