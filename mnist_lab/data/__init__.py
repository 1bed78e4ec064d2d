"""Where samples come from, and how batches are cut from them."""
