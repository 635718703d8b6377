"""Random charts and command lines, the same ones for the same seed."""
