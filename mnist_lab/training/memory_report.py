"""What is said of a forecast: a table of who holds the memory at the peak, whether it fits, and which batch would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mnist_lab.gpu.allocation_replay import Peak
from mnist_lab.gpu.card import Card
from mnist_lab.gpu.cuda_runtime import MIB
from mnist_lab.language import Phrase, say

KINDS = {
    "parameters": Phrase("parameters and buffers", "パラメータとバッファ"),
    "gradients": Phrase("gradients", "勾配"),
    "optimizer state": Phrase("optimizer state", "オプティマイザの状態"),
    "data": Phrase("data on the device", "デバイス上のデータ"),
    "activations": Phrase("activations and outputs", "活性と出力"),
    "copies": Phrase("copies for the check of the CUDA graph", "CUDA グラフの検査用の複製"),
    "workspaces": Phrase("workspaces (cuBLAS, convolutions)", "ワークスペース（cuBLAS、畳み込み）"),
}


class Verdict(NamedTuple):
    """A forecast, and what it means on a card."""

    peak: Peak
    batch_size: int
    samples: int
    """Of the training split: no batch is larger."""
    assumes: bool
    """Whether workspaces of cuDNN's are in it, which are not known before."""
    card: Card | None
    fits: bool | None
    """Whether it fits on the card; None without one."""
    largest: int | None
    """The largest batch size that fits; None without a card."""


def title(verdict: Verdict, name: str) -> str:
    """Return what stands above the table."""
    return say(
        "{name}, batch size {batch_size:,}: GPU memory at the peak (forecast)",
        "{name}、バッチサイズ {batch_size:,}：GPU メモリのピーク（予測）",
        name=name,
        batch_size=verdict.batch_size,
    )


def headings() -> list[str]:
    """Return the table's."""
    return [say("What holds it", "使用しているもの"), "MiB"]


def rows(verdict: Verdict) -> list[list[str]]:
    """Return the table's rows; those above "reserved" add up to it."""
    peak = verdict.peak
    held = [(str(label), peak.by_kind.get(kind, 0)) for kind, label in KINDS.items()]
    held += [
        (say("kept by CUDA graphs for their steps", "CUDA グラフがステップ用に保持"), peak.free_in_graphs_bytes),
        (say("the allocator's rounding and cache", "アロケーターの丸めとキャッシュ"), peak.cached_bytes),
    ]
    shown = [(label, size_bytes) for label, size_bytes in held if size_bytes]
    shown.append((say("reserved by PyTorch", "PyTorch が確保する合計"), peak.reserved_bytes))
    if verdict.card is not None and verdict.card.context_bytes is not None:
        taken = say("CUDA context", "CUDA コンテキスト")
        if not verdict.card.is_real:
            taken = say("CUDA context (assumed)", "CUDA コンテキスト（仮定）")
        shown.append((taken, verdict.card.context_bytes))
    return [[label, in_mib(size_bytes)] for label, size_bytes in shown]


def sentences(verdict: Verdict) -> Iterator[str]:
    """Say whether it fits, which batch size would, and what is assumed."""
    yield from _fit(verdict)
    if verdict.assumes:
        yield say(
            "cuDNN's workspaces cannot be known before: each convolution is taken to need as much again as it reads "
            "and writes.",
            "cuDNN のワークスペースは事前にわからないため、各畳み込みが読み書きする量と同じだけ使うと仮定しています。",
        )


def _fit(verdict: Verdict) -> Iterator[str]:
    card = verdict.card
    if card is None:
        yield say(
            "No GPU that PyTorch could use is here; --gpu 6GiB says whether it fits on one of that size.",
            "PyTorch で使用できる GPU がありません。--gpu 6GiB のように指定すると、その容量に収まるか予測します。",
        )
        return
    need = in_mib(verdict.peak.reserved_bytes)
    limit, headroom = in_mib(card.budget.limit_bytes), in_mib(card.budget.headroom_bytes)
    if verdict.fits:
        yield say(
            "It fits: {need} MiB of the {limit} MiB that the memory guard would allow on {card} (headroom {headroom} "
            "MiB).",
            "収まります：メモリガードが {card} で許可する {limit} MiB のうち {need} MiB を使用します"
            "（ヘッドルーム {headroom} MiB）。",
            need=need,
            limit=limit,
            card=card.name,
            headroom=headroom,
        )
    else:
        yield say(
            "It does not fit: {need} MiB, and the memory guard would allow {limit} MiB on {card} (headroom {headroom} "
            "MiB).",
            "収まりません：{need} MiB が必要ですが、メモリガードが {card} で許可するのは {limit} MiB です"
            "（ヘッドルーム {headroom} MiB）。",
            need=need,
            limit=limit,
            card=card.name,
            headroom=headroom,
        )
    yield _largest(verdict)


def _largest(verdict: Verdict) -> str:
    if not verdict.largest:
        return say(
            "No batch size fits: what does not depend on it is too large. A smaller network helps: fewer or narrower "
            "layers.",
            "どのバッチサイズでも収まりません。ネットワークを小さくしてください（層を減らす、または幅を狭くする）。",
        )
    if verdict.largest == verdict.samples:
        return say(
            "Every batch size fits, up to all {samples:,} samples at once.",
            "全 {samples:,} サンプルを 1 バッチにしても収まります。",
            samples=verdict.samples,
        )
    return say(
        "The largest batch size that fits: {largest:,}.",
        "収まる最大のバッチサイズ：{largest:,}",
        largest=verdict.largest,
    )


def in_mib(size_bytes: int) -> str:
    """Return MiB, with a decimal where the number is small."""
    mib = size_bytes / MIB
    return f"{mib:,.1f}" if mib < 10 else f"{mib:,.0f}"
