"""Several optimizer steps to one call of Lightning's loop: the same steps, without its work around each."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, cast

from lightning.pytorch import Trainer
from lightning.pytorch.loops.optimization.automatic import _AutomaticOptimization
from torch import Tensor
from torch.optim import Optimizer


class GroupedOptimization(_AutomaticOptimization):
    """Takes the place of a Trainer's automatic optimization when a batch is a block of batches.

    A block has ``batches()``, which yields what ``training_step`` takes. For each of them: forward, backward, clipping,
    the optimizer's step, and the schedules that move on with each step. Lightning goes on counting optimizer steps, so
    ``global_step``, ``max_steps``, checkpoints and loggers mean what they always mean. What Lightning does after a call
    (move the schedules on, count a step for the loggers) it does for the block's last step; here it is done for those
    before.

    The hooks around a batch see the block, once; those around backward and optimizer step are not called. So a callback
    that has such hooks gets one batch per step instead (see ``grouping``).
    """

    def run(self, optimizer: Optimizer, batch_idx: int, kwargs: OrderedDict[str, Any]) -> dict[str, Any]:
        """Train on each batch of the block.

        Args:
            optimizer: The one optimizer of automatic optimization.
            batch_idx: Number of the block in this epoch.
            kwargs: Arguments of ``training_step``; ``batch`` is the block.

        Returns:
            The last batch's loss under ``loss``.
        """
        trainer: Trainer = self.trainer
        model = trainer.lightning_module
        epoch_loop = trainer.fit_loop.epoch_loop
        schedulers = [config.scheduler for config in trainer.lr_scheduler_configs if config.interval == "step"]
        clip_value = trainer.gradient_clip_val
        # What optimizer.zero_grad() does, without its profiling around each call.
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        progress = self.optim_progress.optimizer
        loss: Tensor | None = None
        with trainer.precision_plugin.train_step_context():
            for index, batch in enumerate(kwargs["batch"].batches()):
                if index:
                    # The step before is over and was not the last: what Lightning would do between two batches.
                    for scheduler in schedulers:
                        model.lr_scheduler_step(scheduler, None)
                    epoch_loop._batches_that_stepped += 1
                loss = cast("Tensor", model.training_step(batch, batch_idx))
                loss.backward()  # type: ignore[no-untyped-call]
                if clip_value is not None:
                    model.clip_gradients(
                        optimizer,
                        gradient_clip_val=clip_value,
                        gradient_clip_algorithm=trainer.gradient_clip_algorithm,
                    )
                progress.step.increment_ready()
                optimizer.step()
                progress.step.increment_completed()
                for parameter in parameters:
                    parameter.grad = None
        return {} if loss is None else {"loss": loss.detach()}
