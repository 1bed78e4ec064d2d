"""What stands in a bench's report, in which order."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.compiler import SCALAR
from mnist_lab.language import current_language, say, spaced
from mnist_lab.reports.bench.bench_left_out import left_out_prose
from mnist_lab.reports.bench.bench_prose import (
    peak_summary,
    rate_sentences,
    step_time_sentences,
)
from mnist_lab.reports.bench.bench_sentences import disturbed_sentence
from mnist_lab.reports.bench.bench_summary import at_once_sentence, summary_paragraphs
from mnist_lab.reports.bench.bench_tables import (
    checks_table,
    growth_table,
    machine_table,
    polynomial_table,
    rate_table,
    ratio_table,
    times_table,
)
from mnist_lab.reports.bench.bench_terms import term_paragraphs, term_summary
from mnist_lab.reports.bench.bench_threads import thread_sentences
from mnist_lab.reports.bench.bench_words import operation_name, times_text
from mnist_lab.reports.bench.ladder import ladder_section, ladder_summary, why_no_polynomials
from mnist_lab.reports.bench.ladder_figure import LADDER_STEM
from mnist_lab.reports.bench.time_prose import times_paragraphs
from mnist_lab.reports.document import Block, Document, FigureBlock, Heading, Open, Paragraph
from mnist_lab.reports.numbering import cite, numbered
from mnist_lab.reports.sections import cover, prose
from mnist_lab.reports.words import word


def compose_bench(record: BenchRecord, captions: Mapping[str, str]) -> Document:
    """Return the whole report in the current language.

    Args:
        record: Of the bench.
        captions: Of the figures, by file name without an ending.
    """
    ladder = record.operation == "ladder"
    blocks: list[Block] = [cover(), Heading(word("summary"))]
    if not record.measured:
        blocks.append(Paragraph(say("Nothing was measured.", "測定された結果はない。")))
    else:
        blocks += prose(ladder_summary(record)) if ladder else []
        achieved = peak_summary(record) + ([] if ladder else term_summary(record))
        blocks += [block for sentences in [*summary_paragraphs(record), achieved] for block in prose(sentences)]
    what, where = _cited()
    blocks += [
        Heading(say("What was measured", "測定したもの")),
        *prose([_operation(record), *_workspace(record), *_blas(record), what]),
        checks_table(record),
    ]
    blocks += [
        Heading(word("conditions")),
        *prose([where, _method(record) + _rounds(record), *_once(record), *_scalar(record)]),
        machine_table(record),
    ]
    if record.measured:
        blocks += _results(record, captions)
        blocks += [*ladder_section(record, captions), *_figures(captions, LADDER_STEM)] if ladder else []
    if record.measured and not ladder:  # whose few sizes are not there for a fit
        blocks.append(Heading(say("Which term dominates", "どの項が支配的か")))
        blocks += [block for sentences in term_paragraphs(record, captions) for block in prose(sentences)]
        blocks += [polynomial_table(record), *_figures(captions, "terms", "residuals")]
    if said := left_out_prose(record):
        blocks += [Heading(say("What was left out, and why", "除外したものとその理由")), *prose(said)]
    blocks += [Heading(word("limits")), *prose(_limits(record)), Heading(word("open")), _open()]
    return Document(spaced(_title(record)), current_language(), numbered(blocks))


def _title(record: BenchRecord) -> str:
    if record.operation == "ladder":
        return say(
            "Matrix size and run time: the matrix product from Python to NumPy, rung by rung",
            "行列サイズと実行時間：Python から NumPy までの行列積",
        )
    return say(
        "Matrix size and run time: {operation}", "行列サイズと実行時間：{operation}", operation=operation_name(record)
    )


def _results(record: BenchRecord, captions: Mapping[str, str]) -> list[Block]:
    """Return each subject's text with its tables and figures behind it."""
    blocks: list[Block] = [
        Heading(word("results")),
        *(block for sentences in times_paragraphs(record, captions) for block in prose(sentences)),
        times_table(record),
        *_figures(captions, "time_log", "time"),
        *prose(step_time_sentences(record)),
        growth_table(record),
        *prose(rate_sentences(record, captions)),
        rate_table(record),
        *_figures(captions, "rate"),
    ]
    if ratios := ratio_table(record):
        blocks += [*prose(thread_sentences(record)), ratios]
    return blocks + (prose([why_no_polynomials(record)]) if record.operation == "ladder" else [])


def _figures(captions: Mapping[str, str], *stems: str) -> list[Block]:
    return [FigureBlock(stem, captions[stem], captions[stem]) for stem in stems if stem in captions]


def _cited() -> tuple[str, str]:
    """Return the sentences that name the table of implementations and that of the machine."""
    return (
        say("{table} lists the implementations.", "実装の一覧を {table} に示す。", table=cite("checks")),
        say("{table} lists the conditions.", "測定した環境を {table} に示す。", table=cite("machine")),
    )


def _operation(record: BenchRecord) -> str:
    if record.operation != "conv2d":
        return say(
            "The product of two square matrices of random numbers: N·N·N steps, each a multiplication and an "
            "addition. So "
            "its run time should be O(N³).",
            "乱数を要素とする 2 つの正方行列の積。計算ステップ数は N·N·N であり、"
            "各ステップは乗算と加算 1 回ずつである。実行時間は "
            "O(N³) になるはずである。",
        )
    if record.padding == "same":
        return say(
            "A square matrix of random numbers convolved with a 3×3 one, with a border of zeros so that the "
            "result has the "
            "same size (padding 'same'; where the border is made by copying, that is part of the time): "
            "N·N·3·3 steps. So "
            "its run time should be O(N²).",
            "乱数を要素とする正方行列と 3×3 行列の畳み込み。周囲に 0 を補い、結果を同じサイズにする（"
            "padding='same'。補うためのコピーの時間も"
            "含む）。計算ステップ数は N·N·3·3 であり、実行時間は O(N²) になるはずである。",
        )
    return say(
        "A square matrix of random numbers convolved with a 3×3 one (padding 'valid': the result is two values "
        "smaller a "
        "side): (N−2)·(N−2)·3·3 steps. So its run time should be O(N²).",
        "乱数を要素とする正方行列と 3×3 行列の畳み込み（padding='valid'。結果は 1 辺につき 2 だけ小さくなる）。"
        "計算ステップ数は "
        "(N−2)·(N−2)·3·3 であり、実行時間は O(N²) になるはずである。",
    )


def _workspace(record: BenchRecord) -> list[str]:
    """Return what PyTorch does before it convolves float64 on the processor, which its times hold."""
    if record.operation != "conv2d" or not any(series.name in ("torch", "torch-1") for series in record.measured):
        return []
    return [
        say(
            "PyTorch has no kernel of its own for float64 on the processor: it writes each value's 9 neighbours out "
            "first, nine times the matrix, and that is part of its time.",
            "PyTorch には、プロセッサで float64 の畳み込みを直接計算する処理がない。各要素の 3×3 の近傍 9 個を"
            "メモリに書き出してから計算するため、その時間も含む（書き出す量は行列の 9 倍）。",
        )
    ]


def _blas(record: BenchRecord) -> list[str]:
    """Return what BLAS is, where NumPy's product is called by its name."""
    if record.operation == "conv2d" or not any(series.name in ("numpy", "numpy-1") for series in record.series):
        return []
    return [
        say(
            "BLAS (Basic Linear Algebra Subprograms) is the library by which NumPy computes the product.",
            "BLAS（Basic Linear Algebra Subprograms）は、NumPy が行列積の計算に使うライブラリである。",
        )
    ]


def _method(record: BenchRecord) -> str:
    return say(
        "At each size the implementations were timed in turn: one call to warm up, then repeats until the "
        "interquartile "
        "range was within 3 % of the median or 0.5 s had passed, at least five where they fit into "
        "{limit:g} s; "
        "short calls several at a time. Turning the operands into lists or tensors is not part of the time. "
        "The next size "
        "was measured where a call was predicted to take no more than {limit:g} s.",
        "各サイズで、実装を順番に測定した。1 回の準備の計算の後、四分位範囲が中央値の"
        " 3 % 以内になるか 0.5 s が過ぎるまで繰り返した"
        "（{limit:g} s に収まる範囲で 5 回以上。短い計算は何回かまとめて測る）。"
        "入力をリストやテンソルに変換する時間は含まない。"
        "次のサイズは、1 回の計算が {limit:g} s 以内と見込まれる場合にだけ測定した。",
        limit=record.max_seconds,
    )


def _rounds(record: BenchRecord) -> str:
    if record.rounds == 1:
        return ""
    return say(
        " All of it was measured in {rounds} rounds, one after the other; of each time the round with the lowest "
        "median counts.",
        "全体を {rounds} 回測定し、それぞれ中央値が最小の回の値を用いた。",
        rounds=record.rounds,
    )


def _once(record: BenchRecord) -> list[str]:
    """Return which times come from a single measurement."""
    once = times_text([(series, point) for series in record.measured for point in series.points if point.repeats == 1])
    if not once:
        return []
    return [
        say(
            "Measured only once{round} (1 repeat), and so without quartiles: {once}.",
            "{round}測定が 1 回だけ（繰り返し 1 回）で四分位範囲がないのは、{once}の時間である。",
            once=once,
            round=say(" in the round that counts", "用いた回の") if record.rounds > 1 else "",
        )
    ]


def _scalar(record: BenchRecord) -> list[str]:
    """Return why the rungs in C were compiled without the compiler's own vectors."""
    if not set(SCALAR) <= set(record.machine.get("flags", "").split()):
        return []
    return [
        say(
            "The compiler's own vectorising is switched off ({flags}), so that the versions in C differ in what they "
            "are named for; with it the simpler ones may be faster.",
            "コンパイラによる自動ベクトル化は無効にした（{flags}）。C の各実装の違いを、名前の示す変更だけにするためで"
            "あり、有効にすれば、単純な実装はこれより速くなる可能性がある。",
            flags=" ".join(SCALAR),
        )
    ]


def _limits(record: BenchRecord) -> list[str]:
    said = [
        say(
            "The times hold for this machine, these versions and this number of threads.",
            "実行時間は、この環境、このバージョン、このスレッド数におけるものである。",
        ),
        say(
            "A power fitted to a few sizes says how the time grew between them, and not what it does far above.",
            "いくつかのサイズから求めた指数は、その範囲での増え方を示すものであり、はるかに大きなサイズについては"
            "何もいえない。",
        ),
    ]
    said += at_once_sentence(record)
    sizes = [point.size for series in record.measured for point in series.points]
    if record.at is not None and sizes and not min(sizes) <= record.at <= max(sizes):
        said.append(
            say(
                "N = {at:,} lies outside the sizes that were measured ({least:,} to {most:,}): there the polynomials "
                "are only continued.",
                "N = {at:,} は測定した範囲（{least:,}〜{most:,}）の外にあり、多項式を延長した値である。",
                at=record.at,
                least=min(sizes),
                most=max(sizes),
            )
        )
    if sentence := disturbed_sentence(record.measured):
        said.append(sentence)
    return said


def _open() -> Open:
    return Open(
        say(
            "Your own words go here. The report leaves this open on purpose.",
            "ここに自分の考察を書く。この欄は意図的に空けてある。",
        ),
        [
            say(
                "Does the power of N fit the number of steps? If not, why?",
                "N の指数はステップ数と合っているか。合わなければ、なぜか。",
            ),
            say("Which implementation is the fastest, and what makes it so?", "どの実装が最も速いか。それはなぜか。"),
            say("Is there a strange point, and what explains it?", "ほかと合わない点はあるか。その理由は何か。"),
        ],
    )
