"""JSON Schema of each kind of file that people write, so that an editor completes and checks it."""

from typing import Any

from pydantic import TypeAdapter

from assessor.domain import (
    Answers,
    Checklist,
    Framework,
    Platform,
    Profile,
    Programme,
    Providers,
    Recommendation,
    Region,
    Scenes,
    Scope,
    SizeRule,
    Topic,
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
    "providers": Providers,
    "scope": Scope,
    "answers": Answers,
    "profile": Profile,
}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of each kind, by name."""
    return {name: {"$schema": DRAFT} | TypeAdapter(kind).json_schema() for name, kind in KINDS.items()}
