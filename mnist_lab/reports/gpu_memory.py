"""The memory of runs on a GPU, read from TensorBoard's files; the record does not hold it."""

from __future__ import annotations

from mnist_lab.runs.run import Run

PEAK = "memory/peak_mib"
SHARED = "memory/shared_mib"


def memory_mib(run: Run) -> dict[str, float]:
    """Return the run's largest value of each tag of memory, in MiB; on a CPU there is none."""
    if run.record.device.get("type") != "cuda" or not any(run.folder.glob("events.out.tfevents.*")):
        return {}
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    events = EventAccumulator(str(run.folder), size_guidance={SCALARS: 0})
    events.Reload()
    found = {}
    for tag in (PEAK, SHARED):
        if tag in events.Tags()["scalars"]:
            found[tag] = max(event.value for event in events.Scalars(tag))
    return found
