"""The command line itself: configs looked up, options, one-line errors, tables on the terminal."""
