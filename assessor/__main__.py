"""`python -m assessor` is the command line."""

from assessor.cli import main

main()
