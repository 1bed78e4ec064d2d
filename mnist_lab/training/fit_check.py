"""A training looked at before it begins: what ``compare`` and ``sweep`` do to every config before they train any."""

from __future__ import annotations

from mnist_lab.errors import UsageError
from mnist_lab.training.fit import FitCLI


class FitCheck(FitCLI):
    """Everything that ``fit`` does before it loads data; nothing is trained or written."""

    def _run_subcommand(self, subcommand: str) -> None:
        self.check_optimizer()
        self.check_schedule()
        self.check_numbers()
        trainer = self.plain_settings()["trainer"]
        for name in ("max_epochs", "max_steps", "limit_train_batches"):
            if trainer.get(name) == 0:
                raise UsageError(
                    f"trainer.{name}: 0 trains nothing, so there would be nothing to compare; give 1 or more."
                )
        if trainer.get("max_epochs") == -1 and trainer.get("max_steps") == -1 and trainer.get("max_time") is None:
            raise UsageError(
                "trainer.max_epochs: -1 trains without end, so nothing would follow; give a number of epochs."
            )
