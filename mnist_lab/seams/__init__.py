"""Everything that is not public in a library, one module a library."""
