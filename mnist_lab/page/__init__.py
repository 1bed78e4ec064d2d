"""A trained network as one HTML file that computes: traced to a few operations, which its JavaScript knows as well."""
