"""Write the JSON Schemas of the kinds of file that people write, and record new editions of frameworks."""

import sys
from importlib.resources import files
from pathlib import Path

from assessor.domain import canonical
from assessor.frameworks import load_library
from assessor.frameworks.editions import record
from assessor.frameworks.schemas import schemas

root = Path(str(files("questionnaires")))
for name, schema in schemas().items():
    Path(root, "schema", f"{name}.json").write_bytes(canonical(schema))
library = load_library()
for name in record(root, (*library.frameworks.values(), *library.earlier.values())):
    sys.stdout.write(f"recorded {name}\n")
