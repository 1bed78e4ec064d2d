// cuBLAS: the entry points that libtorch_cuda has undefined (nm -D --undefined-only), all of which succeed and compute
// nothing. It has to be answered for, since it links a CUDA runtime of its own. Handles are numbers that nobody
// reads, each another one: PyTorch keeps a workspace for each handle, of which each thread has its own, and stream.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static intptr_t last_handle;

#define NOTHING(name)                                                                                                  \
  int name(void) { return 0; }
#define A_HANDLE(name)                                                                                                 \
  int name(void **handle) {                                                                                            \
    *handle = (void *)__atomic_add_fetch(&last_handle, 1, __ATOMIC_RELAXED);                                           \
    return 0;                                                                                                          \
  }

A_HANDLE(cublasCreate_v2)
A_HANDLE(cublasLtMatmulDescCreate)
A_HANDLE(cublasLtMatmulPreferenceCreate)
A_HANDLE(cublasLtMatrixLayoutCreate)

size_t cublasLtGetVersion(void) { return 130000; }

int cublasGetMathMode(void *handle, int *mode) {
  (void)handle;
  *mode = 0;
  return 0;
}

int cublasGetPointerMode_v2(void *handle, int *mode) {
  (void)handle;
  *mode = 0;
  return 0;
}

// One heuristic, all zeros: no workspace is wanted.
int cublasLtMatmulAlgoGetHeuristic(void *handle, void *matmul, void *a, void *b, void *c, void *d, void *preference,
                                   int wanted, void *results, int *found) {
  (void)handle, (void)matmul, (void)a, (void)b, (void)c, (void)d, (void)preference, (void)wanted;
  memset(results, 0, 128);
  *found = 1;
  return 0;
}

NOTHING(cublasCdotc_v2)
NOTHING(cublasCdotu_v2)
NOTHING(cublasCgelsBatched)
NOTHING(cublasCgemmStridedBatched)
NOTHING(cublasCgemm_v2)
NOTHING(cublasCgemv_v2)
NOTHING(cublasCgeqrfBatched)
NOTHING(cublasCgetrfBatched)
NOTHING(cublasCgetrsBatched)
NOTHING(cublasCtrsmBatched)
NOTHING(cublasCtrsm_v2)
NOTHING(cublasDdot_v2)
NOTHING(cublasDestroy_v2)
NOTHING(cublasDgelsBatched)
NOTHING(cublasDgemmStridedBatched)
NOTHING(cublasDgemm_v2)
NOTHING(cublasDgemv_v2)
NOTHING(cublasDgeqrfBatched)
NOTHING(cublasDgetrfBatched)
NOTHING(cublasDgetrsBatched)
NOTHING(cublasDotEx)
NOTHING(cublasDtrsmBatched)
NOTHING(cublasDtrsm_v2)
NOTHING(cublasGemmEx)
NOTHING(cublasGemmStridedBatchedEx)
NOTHING(cublasLtMatmul)
NOTHING(cublasLtMatmulAlgoCheck)
NOTHING(cublasLtMatmulAlgoConfigGetAttribute)
NOTHING(cublasLtMatmulAlgoConfigSetAttribute)
NOTHING(cublasLtMatmulAlgoInit)
NOTHING(cublasLtMatmulDescDestroy)
NOTHING(cublasLtMatmulDescSetAttribute)
NOTHING(cublasLtMatmulPreferenceDestroy)
NOTHING(cublasLtMatmulPreferenceSetAttribute)
NOTHING(cublasLtMatrixLayoutDestroy)
NOTHING(cublasLtMatrixLayoutSetAttribute)
NOTHING(cublasSdot_v2)
NOTHING(cublasSetMathMode)
NOTHING(cublasSetPointerMode_v2)
NOTHING(cublasSetSmCountTarget)
NOTHING(cublasSetStream_v2)
NOTHING(cublasSetWorkspace_v2)
NOTHING(cublasSgelsBatched)
NOTHING(cublasSgemmEx)
NOTHING(cublasSgemmStridedBatched)
NOTHING(cublasSgemm_v2)
NOTHING(cublasSgemv_v2)
NOTHING(cublasSgeqrfBatched)
NOTHING(cublasSgetrfBatched)
NOTHING(cublasSgetrsBatched)
NOTHING(cublasStrsmBatched)
NOTHING(cublasStrsm_v2)
NOTHING(cublasZdotc_v2)
NOTHING(cublasZdotu_v2)
NOTHING(cublasZgelsBatched)
NOTHING(cublasZgemmStridedBatched)
NOTHING(cublasZgemm_v2)
NOTHING(cublasZgemv_v2)
NOTHING(cublasZgeqrfBatched)
NOTHING(cublasZgetrfBatched)
NOTHING(cublasZgetrsBatched)
NOTHING(cublasZtrsmBatched)
NOTHING(cublasZtrsm_v2)
