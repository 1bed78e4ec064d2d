"""What each implementation does, in a few words: for those who read its name for the first time."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import Phrase, say

_PRODUCT: Mapping[str, Phrase] = {
    "python": Phrase("triple loop i, j, k over lists", "リストの 3 重ループ（i, j, k の順）"),
    "c-naive": Phrase("triple loop i, j, k in C", "C 言語の 3 重ループ（i, j, k の順）"),
    "c-loop-order": Phrase("the loops in the order i, k, j, in C", "C 言語の 3 重ループ（i, k, j の順）"),
    "c-blocked": Phrase(
        "blocks of b that stay in the cache, four rows at once", "キャッシュに収まる b のブロックごとに 4 行ずつ計算"
    ),
    "c-simd": Phrase(
        "vectors, a tile of c in registers, a and b packed in the order of use",
        "ベクトル命令。c の一部をレジスタに置き、a と b を使う順に並べ替える",
    ),
    "c-threads": Phrase(
        "as C SIMD, the rows shared out among threads", "C（SIMD 命令）と同じ計算の行を、スレッドに分担させる"
    ),
    "numpy-1": Phrase("a @ b of NumPy, by its BLAS library, 1 thread", "NumPy の a @ b（BLAS ライブラリ、1 スレッド）"),
    "numpy": Phrase(
        "a @ b of NumPy, by its BLAS library, all threads", "NumPy の a @ b（BLAS ライブラリ、全スレッド）"
    ),
    "torch-1": Phrase("a @ b of PyTorch, 1 thread", "PyTorch の a @ b（1 スレッド）"),
    "torch": Phrase("a @ b of PyTorch, all threads", "PyTorch の a @ b（全スレッド）"),
    "cuda-fp32": Phrase("a @ b of PyTorch on the GPU, in float32", "GPU における PyTorch の a @ b（float32）"),
    "cuda-tf32": Phrase("a @ b of PyTorch on the GPU, in TF32", "GPU における PyTorch の a @ b（TF32）"),
    "cuda-bf16": Phrase("a @ b of PyTorch on the GPU, in bfloat16", "GPU における PyTorch の a @ b（bfloat16）"),
    "cupy": Phrase("matmul of CuPy on the GPU", "GPU における CuPy の matmul"),
}
_CONVOLUTION: Mapping[str, Phrase] = {
    "python": Phrase(
        "quadruple loop over lists: rows, columns, 3×3 weights", "リストの 4 重ループ（行、列、3×3 の重み）"
    ),
    "c-naive": Phrase("quadruple loop in C: rows, columns, 3×3 weights", "C 言語の 4 重ループ（行、列、3×3 の重み）"),
    "c-loop-order": Phrase(
        "the loop along the row innermost, one weight at a time", "行に沿うループを最も内側にし、重みを 1 つずつ掛ける"
    ),
    "c-blocked": Phrase(
        "the 9 products written out, in strips that stay in the cache",
        "9 個の積を書き並べ、キャッシュに収まる幅ごとに計算",
    ),
    "c-simd": Phrase(
        "vectors: neighbouring values at once, the weights in registers",
        "ベクトル命令。隣り合う値を一度に計算し、重みをレジスタに置く",
    ),
    "c-threads": Phrase(
        "as C SIMD, the rows shared out among threads", "C（SIMD 命令）と同じ計算の行を、スレッドに分担させる"
    ),
    "numpy-1": Phrase("nine shifted slices of the matrix, added up", "行列をずらした 9 枚のスライスを足し合わせる"),
    "torch-1": Phrase("conv2d of PyTorch, 1 thread", "PyTorch の conv2d（1 スレッド）"),
    "torch": Phrase("conv2d of PyTorch, all threads", "PyTorch の conv2d（全スレッド）"),
    "cuda-fp32": Phrase("conv2d of PyTorch on the GPU, in float32", "GPU における PyTorch の conv2d（float32）"),
    "cuda-bf16": Phrase("conv2d of PyTorch on the GPU, in bfloat16", "GPU における PyTorch の conv2d（bfloat16）"),
    "cupy": Phrase("correlate2d of CuPy on the GPU", "GPU における CuPy の correlate2d"),
}


def what_it_does(record: BenchRecord, name: str) -> str:
    """Return what an implementation does; of the user's own, in which file it is.

    Args:
        record: Of the bench.
        name: Of the implementation, or ``mine.py:product`` or ``mine.c``.
    """
    known = _CONVOLUTION if record.operation == "conv2d" else _PRODUCT
    if name in known:
        return str(known[name])
    file, python, _ = name.partition(".py:")
    return say("one's own, in {file}", "自作（{file}）", file=file + python.removesuffix(":"))
