"""Where samples are kept during a run: on the training device when they fit, else in the host's memory."""

from __future__ import annotations

from typing import Literal

import torch

Memory = Literal["auto", "device", "host"]

# Of the free device memory, the part that samples may take: the rest is for weights, activations and workspaces. The
# MNIST training split (47 MiB) goes on the device where 190 MiB are free, a table of 1 GiB where 4 GiB are.
DEVICE_SHARE = 0.25


def keep_on(size_bytes: int, device: torch.device, memory: Memory = "auto") -> torch.device:
    """Choose the device that keeps the samples.

    Args:
        size_bytes: Memory that the samples take.
        device: The device that trains.
        memory: ``device`` and ``host`` are orders; ``auto`` takes the device unless CUDA has too little room.
    """
    host = torch.device("cpu")
    if memory == "host":
        return host
    if memory == "device" or device.type != "cuda":
        return device
    return device if size_bytes <= DEVICE_SHARE * free_cuda_bytes(device) else host


def free_cuda_bytes(device: torch.device) -> int:
    """Return what this process can still take on a CUDA device, in bytes: the driver's figure or the limit's, the less.

    A limit set with ``torch.cuda.set_per_process_memory_fraction`` does not show in what the driver calls free.
    """
    free, total = torch.cuda.mem_get_info(device)
    limit = int(torch.cuda.get_per_process_memory_fraction(device) * total)
    # Cached blocks that hold no tensor are free for us, though not in the driver's eyes.
    cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return max(0, min(free + cached, limit - torch.cuda.memory_allocated(device)))
