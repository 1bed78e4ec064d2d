"""Checks of machine and card."""
