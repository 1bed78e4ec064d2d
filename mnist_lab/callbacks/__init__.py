"""Lightning callbacks: each works in any Trainer."""

from mnist_lab.callbacks.cuda_memory_guard import CudaMemoryGuard

__all__ = ["CudaMemoryGuard"]
