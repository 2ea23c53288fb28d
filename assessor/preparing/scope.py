"""DRAFT a scope: register, network sheet and what a person says, as a file that reads like one written by hand.

The same input gives the same text. What it gives `connectors.scope` has read back, so that it is a scope.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assessor.documents import Lines
from assessor.domain import Endpoint, Message, Noun, Scope, Selection, Stratum
from assessor.errors import InputError
from assessor.forms.register import Draft
from assessor.forms.writing import yaml_lines
from assessor.messages import Language, render
from assessor.preparing.network import Network
from assessor.preparing.strata import Divided, divide
from assessor.preparing.visit import Visit
from assessor.report.inert import inert
from connectors.scope import read_scope

NAME = "scope.yaml"


@dataclass(frozen=True)
class Drafted:
    """The file's text, and the scope that it is."""

    text: str
    scope: Scope


def draft_scope(
    visit: Visit, register: Draft, network: Network | None, language: Language, lines: Lines | None = None
) -> Drafted:
    """The draft; its comments are in one language. `lines`: where the visit was written, for errors.

    Raises InputError where something that a scope needs is not said, or does not fit the register.
    """
    if visit.agreement is None or visit.missing:
        raise InputError(Message(id="prepare.not_said", params={"keys": ", ".join(visit.missing)}))
    divided = divide(register.assets, register.processes, visit.strata, visit.agreement.reference, lines)
    text = "\n".join(_Writer(visit, register, network, divided, language).sections())
    return Drafted(text, read_scope(text, NAME))


@dataclass(frozen=True)
class _Writer:
    """One section after another, each with what a person should know of it."""

    visit: Visit
    register: Draft
    network: Network | None
    divided: Divided
    language: Language

    def sections(self) -> Iterable[str]:
        visit = self.visit
        yield self._notes("head", plant=self._plain(visit.plant)) + "format: assessor-scope/1\n"
        for key in ("plant", "agreement"):
            yield self._notes(key) + _yaml(key, getattr(visit, key))
        for key in ("window", "precheck_window"):
            if (window := getattr(visit, key)) is not None:
                yield self._notes(key) + _yaml(key, window)
        yield self._notes("vantage") + _yaml("vantage", visit.vantage)
        yield self._notes("register") + _yaml("register", visit.register_)
        yield self._strata()
        if self.register.processes:
            yield self._notes("key_processes") + _yaml("key_processes", self.register.processes)
        yield self._assets()
        yield self._endpoints()
        if limits := visit.limits.model_dump(mode="json", exclude_defaults=True):
            yield self._notes("limits") + yaml_lines({"limits": limits})

    def _plain(self, plant: Any) -> str:
        return render(plant.name, self.language)

    def _notes(self, name: str, **params: Any) -> str:
        return _comment(render(f"prepare.scope.{name}", self.language, **params))

    def _strata(self) -> str:
        whole = self._notes("strata")
        return whole + _items("strata", [(self._how(s), s) for s in self.divided.strata])

    def _how(self, stratum: Stratum) -> list[str]:
        """How its machines were chosen, so that somebody else can do it again."""
        params = {"n": len(stratum.chosen), "of": len(self.divided.machines[stratum.id]), "stratum": stratum.id}
        name = stratum.selection.value.replace("-", "_")
        said = [render(f"prepare.scope.{name}", self.language, **params)]
        if stratum.selection is Selection.DRAWN:
            stated = any(p.id == stratum.id and p.seed is not None for p in self.visit.strata)
            seed = {"seed": str(stratum.seed), "stratum": stratum.id}
            said.append(render(f"prepare.scope.{'stated' if stated else 'made'}_seed", self.language, **seed))
        return said

    def _assets(self) -> str:
        asked = [f"- {render(question, self.language)}" for question in self.register.questions]
        head = self._notes("assets") + (self._notes("questions") if asked else "")
        return head + "".join(map(_comment, asked)) + _yaml("assets", self.divided.assets)

    def _endpoints(self) -> str:
        if self.network is None:
            return self._notes("no_network") + "endpoints: []\n"
        kept = [(e, agreed) for e in self.network.endpoints if (agreed := _agreed(e, self.divided)) is not None]
        head = self._notes("endpoints")
        spared = [a.id for a in self.divided.assets if a.id in self.divided.spared]
        if spared:
            head += self._notes("spared", machines=", ".join(spared))
        if self.network.unaddressed:
            head += self._notes("unaddressed", machines=", ".join(self.network.unaddressed))
        return head + _items("endpoints", [(self._said(e.id), agreed) for e, agreed in kept])

    def _said(self, endpoint: str) -> list[str]:
        """What the network sheet says of an address besides."""
        assert self.network is not None
        said = list(self.network.remarks.get(endpoint, ()))
        if machines := self.network.behind.get(endpoint):
            params = {"machines": ", ".join(machines), "endpoint": endpoint}
            said.append(render("prepare.scope.behind", self.language, **params))
        return said


def _agreed(endpoint: Endpoint, divided: Divided) -> Endpoint | None:
    """What of an endpoint may be contacted: nothing of a machine that was not chosen."""
    spared = divided.spared
    units = tuple(u for u in endpoint.units if u.asset not in spared)
    if endpoint.asset in spared or (endpoint.units and not units):
        return None
    return endpoint.model_copy(update={"units": units})


def _yaml(key: str, value: Any) -> str:
    return yaml_lines({key: _dumped(value)})


def _dumped(value: Any) -> Any:
    if isinstance(value, Noun):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, StrEnum):
        return value.value
    return [_dumped(item) for item in value] if isinstance(value, tuple) else value


def _items(key: str, items: Sequence[tuple[list[str], Noun]]) -> str:
    """A list in which each item has comments of its own above it."""
    if not items:
        return f"{key}: []\n"
    head, _, _ = yaml_lines({key: [""]}).partition("\n")
    lines = [f"{head}\n"]
    for said, item in items:
        lines += map(_comment, said)
        lines.append(yaml_lines({key: [_dumped(item)]}).partition("\n")[2])
    return "".join(lines)


def _comment(text: str) -> str:
    """What a stranger wrote stays on its line, and is a comment."""
    return f"# {inert(' '.join(text.split()))}\n"
