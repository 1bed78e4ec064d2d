"""Our speed against the others', each file one question."""
