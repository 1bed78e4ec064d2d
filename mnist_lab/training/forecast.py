"""How much memory a training on CUDA will take: forecast from a rehearsal, before anything is on a GPU."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule
from mnist_lab.data.placement import DEVICE_SHARE
from mnist_lab.data.samples import Samples
from mnist_lab.errors import MnistLabError, first_line
from mnist_lab.gpu.allocation_log import DEVICE
from mnist_lab.gpu.allocator_model import PastLimitError
from mnist_lab.gpu.batch_size_search import largest_batch_size
from mnist_lab.gpu.card import Card
from mnist_lab.gpu.copy_without_memory import copied_without_memory
from mnist_lab.gpu.kernel_workspaces import Kernels
from mnist_lab.language import say
from mnist_lab.loops.block_capture import can_be_captured
from mnist_lab.models import Classifier
from mnist_lab.models.untouched import untouched
from mnist_lab.training.course import Course, course_of
from mnist_lab.training.memory_course import MemoryCourse, Parts, TrainingParts
from mnist_lab.training.memory_report import Verdict
from mnist_lab.training.optimizers import optimization_of
from mnist_lab.training.rehearsal import NOTHING, Part, Rehearsal
from mnist_lab.training.steps import steps_at_once

_MOST_STEPS = 4  # rehearsed one by one; those that follow are as the last


class NoForecastError(MnistLabError):
    """What a training will take cannot be forecast."""


class Forecaster:
    """Forecasts the training of a model on data, for any batch size."""

    def __init__(
        self,
        trainer: Trainer,
        model: Classifier,
        datamodule: ClassificationDataModule,
        *,
        steps_per_execution: int | None = None,
        precision: str | None = None,
        with_cudnn: bool | None = None,
        card: Card | None = None,
    ) -> None:
        """Take what is to be trained; nothing of it is changed.

        Args:
            trainer: As configured, on whichever device.
            model: To be trained.
            datamodule: After ``setup``.
            steps_per_execution: As ``fit`` takes it.
            precision: As the trainer takes it; None: the trainer's.
            with_cudnn: Whether cuDNN carries out convolutions; None: as PyTorch is told.
            card: Decides whether the data has room there; None: it has, on any card.

        Raises:
            NoForecastError: It trains in a way that is not forecast.
        """
        self._trainer, self._datamodule = trainer, datamodule
        self._precision = str(precision or trainer.precision)
        self._with_cudnn = torch.backends.cudnn.enabled if with_cudnn is None else with_cudnn
        self._kernels = Kernels() if card is None else card.kernels
        self._room_bytes = math.inf if card is None else card.budget.limit_bytes
        optimization = optimization_of(model)
        if optimization is None or self._precision not in ("32-true", "32") or trainer.world_size > 1:
            raise NoForecastError(
                say(
                    "The memory is forecast of one process with one optimizer, in single precision.",
                    "メモリの予測は、1 プロセス、1 つのオプティマイザ、単精度の学習だけが対象です。",
                )
            )
        self._model, self._optimizer = copied_without_memory(
            model,
            optimization.optimizer,
            # It may be bound to the whole command line, and what it would make is the optimizer that is here already.
            left_out=filter(None, [vars(model).get("configure_optimizers")]),
        )
        self._courses: dict[int, MemoryCourse] = {}
        self._steps_at_once = steps_at_once(trainer, model, datamodule, steps_per_execution)

    def of_batch_size(self, batch_size: int) -> MemoryCourse:
        """Rehearse the training with a batch size.

        Raises:
            NoForecastError: An operation in it cannot be carried out without numbers.
        """
        try:
            with untouched(self._model), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a training says them, where they are of use
                return self._rehearsed(batch_size)
        except Exception as error:  # a network may do anything, and what it does there may be its own
            raise NoForecastError(
                say(
                    "The memory cannot be forecast: {reason}.",
                    "メモリを予測できません：{reason}。",
                    reason=first_line(error).rstrip("."),
                )
            ) from error

    def verdict(self, card: Card | None) -> Verdict:
        """Forecast the datamodule's batch size, and find the largest that fits on a card.

        Args:
            card: None: there is none to hold it against.

        Raises:
            NoForecastError: As of ``of_batch_size``.
        """
        batch_size, samples = self._datamodule.batch_size, len(self._datamodule.samples("train"))
        course = self._rehearsal_of(batch_size)
        fits = None if card is None else self.fits(batch_size, card.budget.limit_bytes)
        largest = None if card is None else self.largest_batch_size(card.budget.limit_bytes)
        return Verdict(course.peak(), batch_size, samples, course.assumes, card, fits, largest)

    def fits(self, batch_size: int, limit_bytes: int) -> bool:
        """Say whether a training gets through within a limit, which may need cached blocks to be given back."""
        try:
            self._rehearsal_of(batch_size).peak(limit_bytes)
        except PastLimitError:
            return False
        return True

    def need_bytes(self, batch_size: int) -> int:
        """Return what a training would reserve at its peak without a limit."""
        return self._rehearsal_of(batch_size).peak().reserved_bytes

    def largest_batch_size(self, limit_bytes: int) -> int:
        """Return the largest batch size that fits within a limit, 0 where none does."""
        return largest_batch_size(
            self.need_bytes,
            lambda batch_size: self.fits(batch_size, limit_bytes),
            limit_bytes,
            most=len(self._datamodule.samples("train")),
            begin=self._datamodule.batch_size,
        )

    def _rehearsal_of(self, batch_size: int) -> MemoryCourse:
        if batch_size not in self._courses:
            self._courses[batch_size] = self.of_batch_size(batch_size)
        return self._courses[batch_size]

    def _rehearsed(self, batch_size: int) -> MemoryCourse:
        clip_norm = self._trainer.gradient_clip_val
        rehearsal = Rehearsal(
            self._model,
            self._optimizer,
            self._datamodule.standardisation,
            with_cudnn=self._with_cudnn,
            kernels=self._kernels,
            clip_norm=None if self._trainer.gradient_clip_algorithm == "value" else clip_norm,
        )
        model = rehearsal.put_model_on_device()
        placed = self._placed(rehearsal)
        samples = placed["train"][0]
        course = course_of(
            self._trainer,
            self._datamodule,
            batch_size=batch_size,
            steps_at_once=self._steps_at_once,
            captures=self._steps_at_once > 1 and samples.device == DEVICE and can_be_captured(self._optimizer),
        )
        training = _training(rehearsal, course, samples)
        parameters, changing = rehearsal.sizes_of_state()
        parts = Parts(
            model=model,
            train_data=placed["train"][1],
            val_data=placed["val"][1],
            test_data=placed["test"][1],
            training=training,
            evaluation=rehearsal.evaluate(placed["val"][0], self._eval_size("val")),
            test=rehearsal.evaluate(placed["test"][0], self._eval_size("test")),
            comparison=rehearsal.compare_weights() if course.captures else NOTHING,
            parameters_bytes=parameters,
            changing_bytes=changing,
        )
        return MemoryCourse(rehearsal, parts, course, self._kernels.cublas_bytes)

    def _placed(self, rehearsal: Rehearsal) -> dict[str, tuple[Samples, Part]]:
        """Put each split where training keeps it (``data/placement.py``), in the order in which they are asked for."""
        placed: dict[str, tuple[Samples, Part]] = {}
        left_bytes = self._room_bytes - sum(parameter.nbytes for parameter in self._model.parameters())
        splits: tuple[Any, ...] = ("val", "train", "test")
        for split in splits:
            samples = self._datamodule.samples(split)
            fits = samples.size_bytes <= DEVICE_SHARE * left_bytes
            if self._datamodule.memory == "device" or (self._datamodule.memory == "auto" and fits):
                placed[split] = rehearsal.put_on_device(samples)
                left_bytes -= samples.size_bytes
            else:
                placed[split] = samples, NOTHING
        return placed

    def _eval_size(self, split: Any) -> int:
        return min(self._datamodule.eval_batch_size, len(self._datamodule.samples(split)))


def _training(rehearsal: Rehearsal, course: Course, samples: Samples) -> TrainingParts:
    """Go through the steps of an epoch that differ in what they ask for."""
    order, indices = torch.arange(len(samples)), NOTHING
    if samples.device == DEVICE:
        order, indices = rehearsal.put_indices_on_device(len(samples))
    first_batch = rehearsal.cut(samples, order[: course.batch_size])
    if course.steps_at_once == 1:
        some = min(course.batches * min(course.epochs, 2), _MOST_STEPS * course.accumulate)
        sizes = [course.batch_size] * (course.batches - 1) + [course.last_batch_size]
        batches = [order[: sizes[index % course.batches]] for index in range(some)]
        steps = rehearsal.take_steps(samples, batches, course.accumulate)
        return TrainingParts(indices, first_batch, steps=steps)
    sizes = course.block_sizes
    whole = course.batch_size * (course.batches - 1) + course.last_batch_size
    of_block = min(sizes[0] * course.batch_size, whole)
    of_last = whole - (len(sizes) - 1) * of_block
    return TrainingParts(
        indices,
        first_batch,
        first_block=rehearsal.take_block(samples, order[:of_block], course.batch_size),
        block=rehearsal.take_block(samples, order[:of_block], course.batch_size),
        last_block=rehearsal.take_block(samples, order[:of_last], course.batch_size) if of_last < of_block else NOTHING,
    )
