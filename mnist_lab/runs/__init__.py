"""The record of a run: settings, times, accuracies."""
