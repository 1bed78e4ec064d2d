"""A folder to begin with: one's own network, its config, run configurations and a README."""
