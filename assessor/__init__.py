"""A maturity assessment that listens to machines as well as to people."""
