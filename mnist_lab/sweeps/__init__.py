"""Sweeps: parameters varied against training time and accuracy, on Optuna."""
