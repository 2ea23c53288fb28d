"""Write the JSON Schemas of the kinds of file that people write."""

from importlib.resources import files
from pathlib import Path

from assessor.domain import canonical
from assessor.frameworks.schemas import schemas

for name, schema in schemas().items():
    Path(str(files("questionnaires")), "schema", f"{name}.json").write_bytes(canonical(schema))
