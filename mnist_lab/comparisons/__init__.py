"""Several configs in turn: what may be compared, the turns, progress."""
