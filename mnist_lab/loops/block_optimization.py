"""Several optimizer steps to one call of Lightning's loop: the same steps, without its work around each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from lightning.pytorch import Trainer
from torch import Tensor
from torch.optim import Optimizer

from mnist_lab.data.batches import BatchBlock
from mnist_lab.gpu.holders import batch_of_one_step
from mnist_lab.loops.block_capture import BlockCapture, say_no_graph, side_stream, why_not_captured
from mnist_lab.loops.block_graph import Block, Step, settings_of
from mnist_lab.models.classifier import StepOutput
from mnist_lab.seams.lightning_seam import AutomaticOptimization, count_batch_that_stepped, replace_optimization


class BlockOptimization(AutomaticOptimization):
    """Takes the place of a Trainer's automatic optimization when a batch is a block of batches.

    For each batch of the block: forward, backward, clipping, the optimizer's step, and the schedules that move on with
    each step. Lightning goes on counting optimizer steps, so ``global_step``, ``max_steps``, checkpoints and loggers
    mean what they always mean. What Lightning does after a call (move the schedules on, count a step for the loggers)
    it does for the block's last step; here it is done for those before.

    The model has ``step_output(batch)``, the forward part of its ``training_step``, and ``note_step(output)``, which
    takes what a step has left for the scores.

    The hooks around a batch see the block, once; those around backward and optimizer step are not called. So a callback
    that has such hooks gets one batch per step instead (see ``single_steps``).

    On CUDA the steps of a block are recorded as one graph and replayed (see ``block_capture``).

    Attributes:
        batches_per_call: Most batches in a block; whoever hands out the batches asks for it.
        borders_every: After every so many steps of an epoch a block ends as well; likewise.
        capture: What records and replays; None before the first block, and where nothing is recorded.
    """

    def __init__(
        self,
        trainer: Trainer,
        batches_per_call: int,
        untimed: Callable[[], AbstractContextManager[Any]] = nullcontext,
        borders_every: Sequence[int] = (),
    ) -> None:
        """Take the trainer whose loop this is part of.

        Args:
            trainer: The trainer.
            batches_per_call: Most batches in a block.
            untimed: Gives the context for what is no training, such as recording a graph.
            borders_every: After every so many steps of an epoch a block ends, so that somebody can look.
        """
        super().__init__(trainer)
        self.batches_per_call = batches_per_call
        self.borders_every = tuple(borders_every)
        self.capture: BlockCapture | None = None
        self._untimed = untimed
        self._decided = False

    def run(self, optimizer: Optimizer, batch_idx: int, kwargs: OrderedDict[str, Any]) -> dict[str, Any]:
        """Train on each batch of the block.

        Args:
            optimizer: The one optimizer of automatic optimization.
            batch_idx: Number of the block in this epoch.
            kwargs: Arguments of ``training_step``; ``batch`` is the block.

        Returns:
            The last batch's loss under ``loss``.
        """
        block: Block = kwargs["batch"]
        if not self._decided:
            self._decide(optimizer, block)
        step = self._step_with(optimizer)
        with self.trainer.precision_plugin.train_step_context():
            if self.capture is not None and self.capture.prepare(block, step):
                last = self._replayed(self.capture, optimizer, block, step)
            else:
                last = self._stepped(block, step)
        return {"loss": last.loss}

    def _step_with(self, optimizer: Optimizer) -> Step:
        """Return the function that trains on one batch."""
        trainer: Any = self.trainer
        model: Any = trainer.lightning_module
        clip_value, clip_algorithm = trainer.gradient_clip_val, trainer.gradient_clip_algorithm
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]

        def step(batch: Any) -> StepOutput:
            """Train on one batch and return its outputs, detached."""
            output: StepOutput = model.step_output(batch)
            output.loss.backward()  # type: ignore[no-untyped-call]
            if clip_value is not None:
                model.clip_gradients(optimizer, gradient_clip_val=clip_value, gradient_clip_algorithm=clip_algorithm)
            optimizer.step()
            # What optimizer.zero_grad() does, without its profiling around each call.
            for parameter in parameters:
                parameter.grad = None
            return StepOutput(output.logits.detach(), output.labels, output.loss.detach())

        return step

    def _stepped(self, block: Block, step: Step) -> StepOutput:
        """Train on one batch after the other and return what the last step left."""
        model: Any = self.trainer.lightning_module
        with nullcontext() if self.capture is None else self.capture.warm():
            for index, batch in enumerate(block.batches()):
                if index:
                    self._between_steps()
                output = step(batch)
                self._count()
                model.note_step(output)
        return output

    def _replayed(self, capture: BlockCapture, optimizer: Optimizer, block: Block, step: Step) -> StepOutput:
        """Train on all batches at once and return what the last step left."""
        model: Any = self.trainer.lightning_module
        settings = []
        for index in range(block.num_batches):
            if index:
                self._between_steps()
            settings.append(settings_of(optimizer))
            self._count()
        outputs = capture.train(block, settings, step)
        for output in outputs:
            model.note_step(output)
        return outputs[-1]

    def _between_steps(self) -> None:
        """Do what Lightning does between two batches."""
        trainer: Any = self.trainer
        for config in trainer.lr_scheduler_configs:
            if config.interval == "step":
                trainer.lightning_module.lr_scheduler_step(config.scheduler, None)
        count_batch_that_stepped(trainer)

    def _count(self) -> None:
        """Count an optimizer step."""
        progress = self.optim_progress.optimizer.step
        progress.increment_ready()
        progress.increment_completed()

    def _decide(self, optimizer: Optimizer, block: Block) -> None:
        """Find out, at the first block, whether steps are to be recorded."""
        self._decided = True
        if self.trainer.strategy.root_device.type != "cuda":
            return
        reason = why_not_captured(optimizer, block)
        if reason is None:
            self.capture = BlockCapture(
                self.trainer.lightning_module, optimizer, stream=side_stream(), untimed=self._untimed
            )
        else:
            say_no_graph(reason)


def take_steps_in_blocks(
    trainer: Trainer,
    batches_per_call: int,
    untimed: Callable[[], AbstractContextManager[Any]] = nullcontext,
    borders_every: Sequence[int] = (),
) -> None:
    """Let the trainer's loop take a block of so many batches to a call; the rest as ``BlockOptimization`` has it."""
    replace_optimization(trainer, BlockOptimization(trainer, batches_per_call, untimed, borders_every))


@batch_of_one_step.register
def _(block: BatchBlock) -> tuple[Tensor, Tensor]:
    """A step of a block has one of its batches in memory."""
    return next(block.batches())
