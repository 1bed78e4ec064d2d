"""What each rung of the ladder is thought to mend, and what was changed for it."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.language import Phrase

HYPOTHESES: Mapping[str, Phrase] = {
    "c-naive": Phrase(
        "Each step of Python is interpreted: objects, types and bounds are looked at for one multiplication.",
        "Python では、1 回の乗算のたびにオブジェクト、型、範囲が調べられている。",
    ),
    "c-loop-order": Phrase(
        "The inner loop walks down a column of b; of each cache line one value in 8 is used (cache misses).",
        "内側のループが b の列をたどるため、キャッシュラインの 8 個の値のうち 1 個しか使われない（キャッシュミス）。",
    ),
    "c-blocked": Phrase(
        "All of b goes through the cache again for each row of c.",
        "c の 1 行ごとに b の全体がキャッシュを通り抜けている。",
    ),
    "c-simd": Phrase(
        "One instruction multiplies one pair of numbers, and each sum goes to the memory and back (vector "
        "width, registers).",
        "1 つの命令で 1 組の数しか掛けておらず、和を毎回メモリに読み書きしている（ベクトル幅、レジスタ）。",
    ),
    "c-threads": Phrase("One core computes while the others wait.", "1 つのコアだけが計算し、ほかのコアは待っている。"),
    "numpy-1": Phrase(
        "NumPy's BLAS works in the same way (vectors, tiles, packed operands), so it should take about as long.",
        "NumPy の BLAS も同じ手法（ベクトル命令、ブロック、並べ替え）を使うので、同程度の時間になるはずである。",
    ),
    "numpy": Phrase(
        "NumPy's BLAS shares the rows out among threads too, so it should take about as long.",
        "NumPy の BLAS も行をスレッドに分担させるので、同程度の時間になるはずである。",
    ),
}
CHANGES: Mapping[str, Phrase] = {
    "c-naive": Phrase("the same three loops in C", "同じ 3 重ループを C 言語で書く"),
    "c-loop-order": Phrase("the order i, k, j in place of i, j, k", "ループの順序を i, j, k から i, k, j に変える"),
    "c-blocked": Phrase(
        "blocks of b that stay in the cache, four rows at once", "キャッシュに収まるブロックに分け、4 行ずつ計算する"
    ),
    "c-simd": Phrase(
        "vectors, a tile of c in registers, a and b packed",
        "ベクトル命令を使い、c の一部をレジスタに置き、a と b を並べ替える",
    ),
    "c-threads": Phrase("rows of c shared out among threads", "c の行をスレッドに分担させる"),
    "numpy-1": Phrase("a @ b", "a @ b を呼ぶ"),
    "numpy": Phrase("a @ b, all threads", "a @ b を全スレッドで呼ぶ"),
}
TOGETHER: Mapping[str, Phrase] = {
    "c-blocked": Phrase("blocks and four rows at once", "ブロック化と 4 行ずつの計算"),
    "c-simd": Phrase(
        "vector width, registers and packing",
        "ベクトル幅、レジスタ、並べ替え",
    ),
}
"""Of a rung that changes several things at once: which, since its time alone does not tell them apart."""
CAUSES: Mapping[str, Phrase] = {
    "c-loop-order": Phrase("fewer cache misses", "列をたどるキャッシュミスを減らした"),
    "c-blocked": Phrase("b read less often from the memory", "b をメモリから読む回数を減らした"),
    "c-simd": Phrase("fewer instructions, sums in registers", "命令を減らし和をレジスタに置いた"),
}
"""What a rung takes away, in a few words."""
BEFORE = {"c-naive": "python", "c-loop-order": "c-naive", "c-blocked": "c-loop-order", "c-simd": "c-blocked"} | {
    "c-threads": "c-simd",
    "numpy-1": "c-simd",
    "numpy": "c-threads",
}
"""The rung that each is compared with."""
