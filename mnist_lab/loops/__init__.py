"""How Lightning's loop takes its steps: several to a call where nothing has to look in between."""
