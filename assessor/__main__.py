"""`assessor`, and `python -m assessor`, are the command line."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded ends it as it does later."""
    try:
        from assessor.cli import main as run  # noqa: PLC0415 - loading it takes a second, and may be interrupted

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
