"""Reading and limiting CUDA memory; no Lightning in here, and no torch until something is asked."""

from mnist_lab.gpu.dedicated_memory_only import dedicated_memory_only
from mnist_lab.gpu.out_of_memory import explanation, is_out_of_memory

__all__ = ["dedicated_memory_only", "explanation", "is_out_of_memory"]
