"""READ an XML document from outside into plain elements. No entities, no DOCTYPE, bounded in size and depth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST, MOST_ELEMENTS, LONGEST_TEXT = 64, 500_000, 100_000


class BadDocument(Exception):
    """It is no document that is read here; the text says why."""


@dataclass(slots=True)
class Element:
    """One element: its local name, its attributes, what is inside."""

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator["Element"]:
        """Every element of this name below, at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def first(self, name: str) -> "Element | None":
        """The first element of this name below, at any depth."""
        return next(self.all(name), None)

    def number(self, name: str) -> int | None:
        """A whole number among the attributes; None where it is absent or is none."""
        value = self.attributes.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None


class _Builder:
    """Takes what the parser meets. An entity that is never declared cannot be expanded."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise BadDocument("nested too deeply, or too many elements")
        namespace, _, local = name.rpartition(" ")
        element = Element(local, namespace, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        element = self._open[-1]
        if len(element.text) + len(text) > LONGEST_TEXT:
            raise BadDocument("a text is too long")
        element.text += text

    def _doctype(self, *_: object) -> None:
        raise BadDocument("it carries a DOCTYPE")


def parse(data: bytes) -> Element:
    """The root element. Raises BadDocument."""
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as problem:
        raise BadDocument(str(problem)[:200]) from problem
    if builder.root is None:
        raise BadDocument("it is empty")
    return builder.root
