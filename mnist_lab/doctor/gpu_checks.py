"""The doctor's look at each GPU: driver, dedicated and shared memory, and the limit that the guard would set."""

from __future__ import annotations

from collections.abc import Iterator

from mnist_lab.doctor.finding import Check, contained
from mnist_lab.gpu.allocator_limit import AllocatorLimit, UnboundedAllocatorError
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB, WITHOUT_CUDA, CudaRuntime
from mnist_lab.gpu.nvml import NvmlReading, other_processes
from mnist_lab.gpu.shared_memory import SharedUsageReader
from mnist_lab.gpu.watch import process_list
from mnist_lab.language import Phrase, say

# The desktop alone keeps some shared memory; more than this is a program that has spilled or pins a lot.
MUCH_SHARED_BYTES = 1024 * MIB

# CUDA and NVML round differently, and a context comes and goes between the two readings.
FREE_IN_DOUBT_BYTES = 512 * MIB

SPILL_WORDS = {
    True: Phrase(
        "this driver can spill into shared memory", "このドライバーは、不足すると共有メモリを使う可能性があります"
    ),
    False: Phrase(
        "this driver does not spill, it fails", "このドライバーは共有メモリを使わず、不足するとエラーになります"
    ),
    None: Phrase(
        "spilling is not applicable: the GPU shares the system's memory",
        "GPU がシステムのメモリを共有しているため、共有メモリへの退避は関係しません",
    ),
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
        sentence = say(
            "not available: no NVIDIA driver here, or it does not answer.",
            "使用できません：NVIDIA のドライバーがないか、応答しません。",
        )
        return Check("NVML", "green", sentence, {"gpus": None})
    gpus = [{"name": gpu.name, "driver_version": gpu.driver_version, "driver_model": gpu.driver_model} for gpu in nvml]
    unnamed = say("a GPU without a name", "名前のない GPU")
    names = ", ".join(gpu.name or unnamed for gpu in nvml) or say("no GPU", "なし")
    return Check("NVML", "green", say("sees {names}.", "認識している GPU：{names}。", names=names), {"gpus": gpus})


def cuda_check(cuda: CudaRuntime, nvml: tuple[NvmlReading, ...] | None, *, has_mps: bool = False) -> Check:
    """Say whether torch can use a GPU; a GPU that it cannot use is an error, none at all is a normal answer."""
    if cuda.is_available():
        count = cuda.device_count()
        sentence = (
            say("torch can use 1 GPU.", "torch で GPU を 1 台使用できます。")
            if count == 1
            else say("torch can use {count} GPUs.", "torch で GPU を {count} 台使用できます。", count=count)
        )
        return Check("CUDA", "green", sentence, {"devices": count})
    if has_mps:
        sentence = say(
            "no NVIDIA GPU: training runs on this Mac's GPU (MPS), whose memory the guard does not limit.",
            "NVIDIA の GPU はありません。学習には Mac の GPU（MPS）を使います。そのメモリはガードの対象外です。",
        )
        return Check("CUDA", "green", sentence, {"devices": 0})
    reason = cuda.unavailable_reason()
    if not nvml:
        sentence = say(
            "no GPU: training runs on the CPU ({reason}).",
            "GPU はありません。学習には CPU を使います（{reason}）。",
            reason=reason,
        )
        return Check("CUDA", "green", sentence, {"devices": 0})
    if str(WITHOUT_CUDA) in reason:
        sentence = say(
            "{reason}, but this machine has an NVIDIA GPU: uninstall torch and torchvision and install the CUDA build "
            "with the command that https://pytorch.org/get-started/locally/ shows.",
            "NVIDIA の GPU がありますが、{reason}。torch と torchvision をアンインストールし、"
            "https://pytorch.org/get-started/locally/ に表示されるコマンドで CUDA 版をインストールしてください。",
            reason=reason,
        )
    else:
        sentence = say(
            "this machine has an NVIDIA GPU, but {reason}: update the NVIDIA driver, or unhide the GPU.",
            "NVIDIA の GPU がありますが、{reason}。NVIDIA のドライバーを更新するか、GPU を隠す設定を外してください。",
            reason=reason,
        )
    return Check("CUDA", "red", sentence, {"devices": 0})


def shared_check(shared_bytes: int | None) -> Check:
    """Judge the shared GPU memory in use on all adapters together."""
    data = {"shared_bytes": shared_bytes}
    if shared_bytes is None:
        sentence = say(
            "not available on this platform (only Windows has the figure).",
            "この環境では取得できません（Windows でのみ取得できます）。",
        )
        return Check("shared memory", "green", sentence, data)
    used_mib = shared_bytes // MIB
    if shared_bytes > MUCH_SHARED_BYTES:
        sentence = say(
            "{used} MiB in use: a program has spilled or pins much memory; close it.",
            "{used} MiB を使用中です。共有メモリに退避したか、大量のメモリを固定しているプログラムがあります。終了して"
            "ください。",
            used=used_mib,
        )
        return Check("shared memory", "yellow", sentence, data)
    sentence = say(
        "{used} MiB in use, as the desktop alone needs.",
        "{used} MiB を使用中です。デスクトップだけでも使う程度の量です。",
        used=used_mib,
    )
    return Check("shared memory", "green", sentence, data)


def _device_checks(cuda: CudaRuntime, device: int) -> Iterator[Check]:
    yield contained(f"GPU {device}", lambda: identity_check(cuda, device))
    yield contained(f"GPU {device} memory", lambda: memory_check(cuda, device))
    yield contained(f"GPU {device} guard", lambda: budget_check(cuda, device))


def identity_check(cuda: CudaRuntime, device: int) -> Check:
    """Name the GPU, its driver, the driver's model, and whether it can spill."""
    reading, driver = cuda.nvml(device), cuda.driver(device)
    sentence = say(
        "{name}, driver {version} ({model}); {spill}.",
        "{name}、ドライバー {version}（{model}）。{spill}。",
        name=cuda.name(device),
        version=(reading.driver_version if reading else None) or say("of unknown version", "（バージョン不明）"),
        model=driver.model or say("model unknown", "モデル不明"),
        spill=SPILL_WORDS[driver.can_spill],
    )
    data = {
        "name": cuda.name(device),
        "driver_version": reading.driver_version if reading else None,
        "driver_model": driver.model,
        "can_spill": driver.can_spill,
    }
    return Check(f"GPU {device}", "green", sentence, data)


def memory_check(cuda: CudaRuntime, device: int) -> Check:
    """Say how much dedicated memory there is, is used and is free, and by whom; on integrated devices it is not."""
    name = f"GPU {device} memory"
    if cuda.is_integrated(device):
        sentence = say(
            "dedicated memory is not applicable: this GPU shares the system's memory.",
            "専用メモリはありません。この GPU はシステムのメモリを共有します。",
        )
        return Check(name, "green", sentence, {"total_bytes": None, "used_bytes": None, "free_bytes": None})
    memory, reading = cuda.memory_info(device), cuda.nvml(device)
    used_bytes = memory.total_bytes - memory.free_bytes
    data = {"total_bytes": memory.total_bytes, "used_bytes": used_bytes, "free_bytes": memory.free_bytes}
    sentence = say(
        "dedicated: {total} MiB, used {used} MiB, free {free} MiB.",
        "専用メモリ：{total} MiB、使用中 {used} MiB、空き {free} MiB。",
        total=memory.total_bytes // MIB,
        used=used_bytes // MIB,
        free=memory.free_bytes // MIB,
    )
    if reading and reading.free_bytes is not None and reading.total_bytes is not None:
        same_memory = abs(reading.total_bytes - memory.total_bytes) < memory.total_bytes // 20
        if same_memory and memory.free_bytes - reading.free_bytes > FREE_IN_DOUBT_BYTES:
            sentence += say(
                " NVML counts {free} MiB as free: the rest is other programs' and would be paged out to system memory "
                "first; the guard reckons with the smaller figure.",
                "NVML による空きは {free} MiB です。残りはほかのプログラムのもので、先にシステムのメモリへ移されます。"
                "ガードは小さいほうの値を使います。",
                free=reading.free_bytes // MIB,
            )
            return Check(name, "yellow", sentence, {**data, "nvml_free_bytes": reading.free_bytes})
    others = other_processes(reading)
    if memory.free_bytes < memory.total_bytes // 2:
        sentence += say(
            " More than half is taken; closing helps: {programs}.",
            "半分以上が使用中です。次のプログラムを終了すると空きが増えます：{programs}。",
            programs=process_list(others)
            if others
            else say(
                "other programs (task manager, Details, names them)",
                "ほかのプログラム（タスクマネージャーの「詳細」で確認できます）",
            ),
        )
        return Check(name, "yellow", sentence, data)
    return Check(name, "green", sentence, data)


def budget_check(cuda: CudaRuntime, device: int) -> Check:
    """Say which limit the guard would set with its defaults; an allocator that cannot be limited is an error."""
    name = f"GPU {device} guard"
    limit = AllocatorLimit(cuda, device, Limits())
    try:
        budget = limit.apply()
    except UnboundedAllocatorError as error:
        sentence = say("{why}.", "{why}。", why=error)
        return Check(name, "red", sentence, {"limit_bytes": None, "headroom_bytes": None})
    finally:
        limit.lift()
    data = {"limit_bytes": budget.limit_bytes, "headroom_bytes": budget.headroom_bytes, "set_by": budget.decided_by}
    sentence = say(
        "would limit PyTorch to {limit} MiB (headroom {headroom} MiB).",
        "PyTorch の上限を {limit} MiB（ヘッドルーム {headroom} MiB）にします。",
        limit=budget.limit_bytes // MIB,
        headroom=budget.headroom_bytes // MIB,
    )
    if budget.limit_bytes < budget.total_bytes // 4:
        sentence += say(
            " That is little: close other programs first.",
            "これは少ない値です。先にほかのプログラムを終了してください。",
        )
        return Check(name, "yellow", sentence, data)
    return Check(name, "green", sentence, data)
