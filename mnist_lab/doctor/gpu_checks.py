"""The doctor's look at each GPU: driver, dedicated and shared memory, and the limit that the guard would set."""

from __future__ import annotations

from collections.abc import Iterator

from mnist_lab.doctor.finding import Check, contained
from mnist_lab.gpu.allocator_limit import AllocatorLimit, UnboundedAllocatorError
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.nvml import NvmlReading, other_processes
from mnist_lab.gpu.shared_memory import SharedUsageReader
from mnist_lab.gpu.watch import process_list
from mnist_lab.language import say

# The desktop alone keeps some shared memory; more than this is a program that has spilled or pins a lot.
MUCH_SHARED_BYTES = 1024 * MIB

# CUDA and NVML round differently, and a context comes and goes between the two readings.
FREE_IN_DOUBT_BYTES = 512 * MIB

SPILL_WORDS = {
    True: "this driver can spill into shared memory",
    False: "this driver does not spill, it fails",
    None: "spilling is not applicable: the GPU shares the system's memory",
}


def gpu_checks(
    cuda: CudaRuntime,
    nvml: tuple[NvmlReading, ...] | None,
    shared: SharedUsageReader | None = None,
    *,
    has_mps: bool = False,
) -> list[Check]:
    """Check every GPU that torch can use; where it can use none, name those that NVML sees.

    Args:
        cuda: the GPU, as torch sees it.
        nvml: the machine's GPUs, None where NVML is absent or fails.
        shared: reads the shared memory in use.
        has_mps: whether torch can use a Mac's GPU.
    """
    reader = SharedUsageReader() if shared is None else shared
    checks = [contained("NVML", lambda: nvml_check(nvml))]
    usable = contained("CUDA", lambda: cuda_check(cuda, nvml, has_mps=has_mps))
    checks.append(usable)
    if usable.data.get("devices"):
        for device in range(int(usable.data["devices"])):
            checks += _device_checks(cuda, device)
    checks.append(contained("shared memory", lambda: shared_check(reader.adapters_bytes())))
    return checks


def nvml_check(nvml: tuple[NvmlReading, ...] | None) -> Check:
    """Say what NVML answers: without it, other programs cannot be named."""
    if nvml is None:
        return Check("NVML", "green", "not available: no NVIDIA driver here, or it does not answer.", {"gpus": None})
    gpus = [{"name": gpu.name, "driver_version": gpu.driver_version, "driver_model": gpu.driver_model} for gpu in nvml]
    names = ", ".join(gpu.name or "a GPU without a name" for gpu in nvml) or "no GPU"
    return Check("NVML", "green", f"sees {names}.", {"gpus": gpus})


def cuda_check(cuda: CudaRuntime, nvml: tuple[NvmlReading, ...] | None, *, has_mps: bool = False) -> Check:
    """Say whether torch can use a GPU; a GPU that it cannot use is an error, none at all is a normal answer."""
    if cuda.is_available():
        count = cuda.device_count()
        return Check("CUDA", "green", f"torch can use {count} GPU{'s' if count != 1 else ''}.", {"devices": count})
    if has_mps:
        sentence = say(
            "no NVIDIA GPU: training runs on this Mac's GPU (MPS), whose memory the guard does not limit.",
            "NVIDIA の GPU はありません。学習には Mac の GPU（MPS）を使います。そのメモリはガードの対象外です。",
        )
        return Check("CUDA", "green", sentence, {"devices": 0})
    reason = cuda.unavailable_reason()
    if not nvml:
        return Check("CUDA", "green", f"no GPU: training runs on the CPU ({reason}).", {"devices": 0})
    if "without CUDA" in reason:
        sentence = (
            f"{reason}, but this machine has an NVIDIA GPU: uninstall torch and torchvision and install the CUDA build "
            "with the command that https://pytorch.org/get-started/locally/ shows."
        )
    else:
        sentence = f"this machine has an NVIDIA GPU, but {reason}: update the NVIDIA driver, or unhide the GPU."
    return Check("CUDA", "red", sentence, {"devices": 0})


def shared_check(shared_bytes: int | None) -> Check:
    """Judge the shared GPU memory in use on all adapters together."""
    data = {"shared_bytes": shared_bytes}
    if shared_bytes is None:
        return Check("shared memory", "green", "not available on this platform (only Windows has the figure).", data)
    if shared_bytes > MUCH_SHARED_BYTES:
        sentence = f"{shared_bytes // MIB} MiB in use: a program has spilled or pins much memory; close it."
        return Check("shared memory", "yellow", sentence, data)
    return Check("shared memory", "green", f"{shared_bytes // MIB} MiB in use, as the desktop alone needs.", data)


def _device_checks(cuda: CudaRuntime, device: int) -> Iterator[Check]:
    yield contained(f"GPU {device}", lambda: identity_check(cuda, device))
    yield contained(f"GPU {device} memory", lambda: memory_check(cuda, device))
    yield contained(f"GPU {device} guard", lambda: budget_check(cuda, device))


def identity_check(cuda: CudaRuntime, device: int) -> Check:
    """Name the GPU, its driver, the driver's model, and whether it can spill."""
    reading, driver = cuda.nvml(device), cuda.driver(device)
    version = (reading.driver_version if reading else None) or "of unknown version"
    sentence = f"{cuda.name(device)}, driver {version} ({driver.model or 'model unknown'}); "
    data = {
        "name": cuda.name(device),
        "driver_version": reading.driver_version if reading else None,
        "driver_model": driver.model,
        "can_spill": driver.can_spill,
    }
    return Check(f"GPU {device}", "green", sentence + SPILL_WORDS[driver.can_spill] + ".", data)


def memory_check(cuda: CudaRuntime, device: int) -> Check:
    """Say how much dedicated memory there is, is used and is free, and by whom; on integrated devices it is not."""
    name = f"GPU {device} memory"
    if cuda.is_integrated(device):
        sentence = "dedicated memory is not applicable: this GPU shares the system's memory."
        return Check(name, "green", sentence, {"total_bytes": None, "used_bytes": None, "free_bytes": None})
    memory, reading = cuda.memory_info(device), cuda.nvml(device)
    used_bytes = memory.total_bytes - memory.free_bytes
    data = {"total_bytes": memory.total_bytes, "used_bytes": used_bytes, "free_bytes": memory.free_bytes}
    sentence = (
        f"dedicated: {memory.total_bytes // MIB} MiB, used {used_bytes // MIB} MiB, "
        f"free {memory.free_bytes // MIB} MiB."
    )
    if reading and reading.free_bytes is not None and reading.total_bytes is not None:
        same_memory = abs(reading.total_bytes - memory.total_bytes) < memory.total_bytes // 20
        if same_memory and memory.free_bytes - reading.free_bytes > FREE_IN_DOUBT_BYTES:
            sentence += (
                f" NVML counts {reading.free_bytes // MIB} MiB as free: the rest is other programs' and would be paged "
                "out to system memory first; the guard reckons with the smaller figure."
            )
            return Check(name, "yellow", sentence, {**data, "nvml_free_bytes": reading.free_bytes})
    others = other_processes(reading)
    if memory.free_bytes < memory.total_bytes // 2:
        who = process_list(others) if others else "other programs (task manager, Details, names them)"
        return Check(name, "yellow", f"{sentence} More than half is taken; closing helps: {who}.", data)
    return Check(name, "green", sentence, data)


def budget_check(cuda: CudaRuntime, device: int) -> Check:
    """Say which limit the guard would set with its defaults; an allocator that cannot be limited is an error."""
    name = f"GPU {device} guard"
    limit = AllocatorLimit(cuda, device, Limits())
    try:
        budget = limit.apply()
    except UnboundedAllocatorError as error:
        return Check(name, "red", f"{error}.", {"limit_bytes": None, "headroom_bytes": None})
    finally:
        limit.lift()
    data = {"limit_bytes": budget.limit_bytes, "headroom_bytes": budget.headroom_bytes, "set_by": budget.decided_by}
    sentence = f"would limit PyTorch to {budget.limit_bytes // MIB} MiB (headroom {budget.headroom_bytes // MIB} MiB)."
    if budget.limit_bytes < budget.total_bytes // 4:
        return Check(name, "yellow", f"{sentence} That is little: close other programs first.", data)
    return Check(name, "green", sentence, data)
