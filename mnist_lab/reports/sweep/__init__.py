"""A sweep's report."""
