"""GATHER: machine → Observation and samples. One module, one protocol; read-only."""
