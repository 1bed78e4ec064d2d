"""Runs: their records, reading them back, groups of repeats, spread."""
