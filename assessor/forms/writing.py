"""WRITE answers as a file that `load_answers` reads: one line an answer, in their own order, nothing lost."""

import io
import re
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from assessor.domain import Answers, canonical, plain

HEAD = (
    "format", "plant", "budget", "plan", "frameworks", "cuts", "answers", "witnessed", "settlements", "meanings",
    "walk",
)  # fmt: skip
"""The order of the file; the parts of an answer have the order of the noun."""
UNSEEN = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]")
BARE = re.compile(r"[A-Za-z\u4e00-\u9fff][\w/.-]*")
UNREAD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON takes as it is, and YAML does not."""


def write_answers(answers: Answers, *, as_json: bool = False) -> bytes:
    """The file's bytes: YAML, or JSON, which the same reader takes. Comments of a file before it are not kept."""
    if as_json:
        text = canonical(answers).decode()
        return UNREAD.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()
    parts = {name: _plain(getattr(answers, name)) for name in HEAD}
    document = {
        name: part
        for name, part in parts.items()
        if part is not None and (part not in ([], {}) or name == "answers")
    }
    return yaml_lines(document).encode()


def yaml_lines(document: dict[str, Any]) -> str:
    """YAML in which what is listed stands on one line each."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Representer = Representer
    yaml.sort_base_mapping_type_on_output = False
    yaml.allow_unicode = True
    yaml.width = 1_000_000
    yaml.default_flow_style = False
    out = io.StringIO()
    yaml.dump(Page(document), out)
    return out.getvalue()


class Page(dict[str, Any]):
    """The document itself."""


class Representer(SafeRepresenter):
    """One line for what is listed, and every digit."""

    def ignore_aliases(self, _: object) -> bool:
        """What stands twice is written twice: our own reader takes no anchors."""
        return True

    def mapping(self, value: dict[str, Any]) -> MappingNode:
        """All but the document itself stand on one line."""
        return self.represent_mapping("tag:yaml.org,2002:map", value, flow_style=not isinstance(value, Page))

    def number(self, value: Fraction) -> ScalarNode:
        """0.8, not '0.8' and not 0.8000000000000001."""
        text = plain(value)
        kind = "int" if text.lstrip("-").isdigit() else "str" if "/" in text else "float"
        return self.represent_scalar(f"tag:yaml.org,2002:{kind}", text)

    def text(self, value: str) -> ScalarNode:
        """Words stand bare, sentences in quotes. Line ends of any alphabet and what is not seen are escaped:
        single quotes would fold them."""
        style = '"' if UNSEEN.search(value) else None if BARE.fullmatch(value) else "'"
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Representer.add_representer(Fraction, Representer.number)
Representer.add_representer(dict, Representer.mapping)
Representer.add_representer(Page, Representer.mapping)
Representer.add_representer(str, Representer.text)


def _plain(value: Any) -> Any:
    """Mappings and lists, without what was not said."""
    if isinstance(value, BaseModel):
        fields = {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        return {
            name: part
            for name, part in fields.items()
            if part is not None and (part != [] or name in ("value", "target"))
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
