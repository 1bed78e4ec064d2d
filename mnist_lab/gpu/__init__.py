"""Reading and limiting CUDA memory; no Lightning in here."""
