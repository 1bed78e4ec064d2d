"""Reports of runs already made: tables, figures, text and data, computed from the runs' records alone."""
