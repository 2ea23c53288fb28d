"""Write docs/reference/interop.md: `make interop` runs it against all servers that this machine can have."""

import sys
import tempfile
from pathlib import Path

from tests.interop.catalogue import SERVERS
from tests.interop.page import section
from tests.interop.visit import visit

PAGE = Path(__file__).parents[2] / "docs/reference/interop.md"


def main() -> None:
    if missing := [f"{server.maker}: {what}" for server in SERVERS if (what := server.missing())]:
        sys.exit("The page needs every server. Missing: " + "; ".join(missing))
    found, faults = [], []
    with tempfile.TemporaryDirectory() as folder:
        for server in SERVERS:
            sys.stderr.write(f"{server.maker}\n")
            seen = visit(server, Path(folder) / server.id)
            faults += [f"{server.maker}: {fault}" for fault in (*seen.wrong, *seen.offences)]
            found += [] if seen.offences else [seen]
    PAGE.write_text(section(found), "utf-8")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
