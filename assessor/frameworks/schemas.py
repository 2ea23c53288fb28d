"""JSON Schema of each kind of file that people write, so that an editor completes and checks it."""

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from assessor.domain import (
    Answers,
    Checklist,
    Framework,
    Noun,
    Platform,
    Profile,
    Programme,
    Providers,
    Recommendation,
    Region,
    Scenes,
    Scope,
    SizeRule,
    TargetSet,
    Topic,
    Watching,
)

KINDS: dict[str, Any] = {
    "bank": Topic,
    "framework": Framework,
    "recommendation": Recommendation,
    "scenes": Scenes,
    "platform": Platform,
    "checklist": Checklist,
    "programme": Programme,
    "region": Region,
    "sizes": SizeRule,
    "targets": TargetSet,
    "providers": Providers,
    "watching": Watching,
    "scope": Scope,
    "answers": Answers,
    "profile": Profile,
}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of each kind, by name."""
    return {
        name: {"$schema": DRAFT} | TypeAdapter(kind).json_schema(schema_generator=_Described)
        for name, kind in KINDS.items()
    }


class _Described(GenerateJsonSchema):
    """Says of each field what stands below it in our code; pydantic would read that again at every start."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        noun, told = schema["cls"], _told(schema["cls"])
        for name, field in noun.model_fields.items():
            if name in told:
                found["properties"][field.alias or name]["description"] = told[name]
        return found


def _told(noun: type) -> dict[str, str]:
    """The docstrings of a noun's fields, its own and those it has from another noun."""
    told: dict[str, str] = {}
    for kind in (k for k in reversed(noun.__mro__) if issubclass(k, Noun)):
        (written,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        for line, after in pairwise(getattr(written, "body", [])):
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                told.pop(line.target.id, None)
                match after:
                    case ast.Expr(value=ast.Constant(value=str(text))):
                        told[line.target.id] = inspect.cleandoc(text)
    return told
