"""One run, from its config or its objects to its result."""
