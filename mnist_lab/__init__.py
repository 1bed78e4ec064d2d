"""Train small classifiers honestly timed, and keep CUDA memory on the card."""

__version__ = "0.1.0"
