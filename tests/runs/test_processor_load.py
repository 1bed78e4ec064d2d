"""Other programs' share of the processor and our threads' waiting, from counters that the test moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from lightning.pytorch import Callback
from lightning.pytorch.loggers import TensorBoardLogger

from mnist_lab.callbacks import TrainingTimer
from mnist_lab.runs import processor_load
from mnist_lab.runs.processor_load import EpochLoad, ProcessorLoad
from mnist_lab.runs.record import read_record
from tests.callbacks.fake_system import FakeSystem
from tests.callbacks.test_run_recorder import recorder
from tests.small_run import STEPS, interval_data, perceptron, quiet_trainer, scalars_in


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    monkeypatch.setattr(processor_load, "SHORTEST_CORES_S", 0.5)
    return FakeSystem(tmp_path, monkeypatch)


def test_what_is_neither_idle_nor_ours_is_others(system: FakeSystem) -> None:
    load = ProcessorLoad()
    load.start()
    system.pass_by(10.0, idle=2.0, ours=8.0)
    load.stop()
    assert load.so_far.others_cpu == pytest.approx(0.5)  # 10 of both cores' 20 s


def test_parts_of_an_epoch_are_added_up_and_what_lies_between_is_left_out(system: FakeSystem) -> None:
    load = ProcessorLoad()
    for _ in range(2):
        load.start()
        system.pass_by(1.0, idle=1.0, ours=0.5)
        load.start()  # has begun already
        system.pass_by(1.0, idle=1.0, ours=0.5)
        load.stop()
        system.pass_by(100.0)
        load.stop()  # has ended already
    assert load.so_far.others_cpu == pytest.approx(0.25)
    assert system.readings == 4
    load.clear()
    assert load.so_far == EpochLoad(None, None)


def test_threads_waiting_is_read_from_the_run_queue(system: FakeSystem) -> None:
    load = ProcessorLoad()
    system.thread(1, 5_000_000_000)
    load.start()
    system.pass_by(10.0, idle=20.0)
    system.thread(1, 6_500_000_000)
    system.thread(2, 500_000_000)  # started meanwhile
    load.stop()
    assert load.so_far == EpochLoad(0.0, 2.0)


def test_waiting_is_not_known_where_the_system_does_not_say(system: FakeSystem) -> None:
    load = ProcessorLoad()
    load.start()
    system.pass_by(10.0, idle=20.0)
    load.stop()
    assert load.so_far == EpochLoad(0.0, None)


def test_children_are_ours_also_once_they_have_ended(system: FakeSystem) -> None:
    load = ProcessorLoad()
    system.child(3.0)
    load.start()
    system.pass_by(10.0, ours=10.0)
    system.child(8.0)
    load.stop()
    assert load.so_far.others_cpu == pytest.approx(5 / 20)
    load.start()
    system.pass_by(10.0, ours=10.0)
    del system.processes[17]
    system.ended_children_s = 18.0
    load.stop()
    assert load.so_far.others_cpu == pytest.approx(5 / 40)


def test_child_that_ends_while_it_is_read_does_no_harm(system: FakeSystem) -> None:
    class Gone:
        def cpu_times(self) -> Any:
            raise psutil.NoSuchProcess(17)

    system.processes[17] = Gone()
    load = ProcessorLoad()
    load.start()
    system.pass_by(1.0, ours=2.0)
    load.stop()
    assert load.so_far.others_cpu == 0


def test_ticks_that_count_us_twice_make_no_negative_share(system: FakeSystem) -> None:
    load = ProcessorLoad()
    load.start()
    system.pass_by(1.0, idle=0.02, ours=1.99)
    load.stop()
    assert load.so_far.others_cpu == 0


def test_shorter_than_the_ticks_can_tell_is_not_known(system: FakeSystem) -> None:
    load = ProcessorLoad()
    load.start()
    system.pass_by(0.2)
    load.stop()
    assert load.so_far == EpochLoad(None, None)


@pytest.mark.parametrize("lacking", ["counts", "files", "cores"])
def test_system_without_counters_makes_the_share_unknown(lacking: str, system: FakeSystem) -> None:
    def missing() -> Any:
        raise FileNotFoundError("/proc/stat")

    if lacking == "cores":
        system.cores = None
    else:
        system.library.cpu_times = missing if lacking == "files" else lambda: (0.0, 0.0)
    load = ProcessorLoad()
    load.start()
    system.pass_by(10.0)
    load.stop()
    assert load.so_far == EpochLoad(None, None)


def test_epochs_of_a_run_have_it_in_record_and_tensorboard(system: FakeSystem, tmp_path: Path) -> None:
    """In the second epoch others take a quarter; the third is too short; validation and callbacks are not in it."""

    class Passing(Callback):
        def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
            system.pass_by(*((1.0,) if trainer.current_epoch < 2 else (0.001,)))
            system.ours_s += 1.5 if trainer.current_epoch == 1 else 2.0

        def on_validation_start(self, *_: Any) -> None:
            system.pass_by(500.0)

        def on_train_epoch_end(self, *_: Any) -> None:
            system.pass_by(500.0)

    keeper, logger = recorder(), TensorBoardLogger(tmp_path, name="run", version="one")
    run = quiet_trainer(tmp_path, logger=logger, callbacks=[TrainingTimer(), Passing(), keeper], max_epochs=3)
    run.fit(perceptron(), interval_data())
    epochs = read_record(Path(logger.log_dir)).epochs
    assert [epoch.others_cpu for epoch in epochs] == [0, 0.25, None]
    assert scalars_in(Path(logger.log_dir))["time/others_cpu"] == [(STEPS - 1, 0), (2 * STEPS - 1, 0.25)]


def test_counters_are_read_at_an_epochs_ends_alone(system: FakeSystem, tmp_path: Path) -> None:
    run = quiet_trainer(tmp_path, callbacks=[TrainingTimer()], max_epochs=3, num_sanity_val_steps=2)
    run.fit(perceptron(), interval_data())
    assert system.readings == 2 * 3


def test_real_counters_of_this_machine_are_plausible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor_load, "SHORTEST_CORES_S", 0.0)
    load = ProcessorLoad()
    load.start()
    began = now = processor_load._read_counters()
    while began is not None and now is not None and now.ours_s < began.ours_s + 0.3:
        now = processor_load._read_counters()
    load.stop()
    share = load.so_far.others_cpu
    assert share is not None
    assert 0 <= share <= 1
    if processor_load._THREADS.is_dir():
        assert began is not None
        assert (began.waited_s or 0) >= 0
