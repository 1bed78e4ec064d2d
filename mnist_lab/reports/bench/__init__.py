"""The report of a bench: matrix size against run time."""
