"""DIVIDE the register into strata as a person says, and draw where it says so. Each stratum is drawn by itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessor.documents import Lines
from assessor.domain import Asset, KeyProcess, Message, Selection, Stratum
from assessor.errors import InputError
from assessor.preparing.draw import draw, size, usual_seed
from assessor.preparing.visit import Part

REST = "all"
"""The stratum of what no part takes; all of it is looked at."""


@dataclass(frozen=True)
class Divided:
    """Every asset with its stratum, and by stratum how its machines were chosen."""

    assets: tuple[Asset, ...]
    strata: tuple[Stratum, ...]
    machines: Mapping[str, tuple[str, ...]]
    """By stratum those that are counted: production equipment in use."""

    @property
    def spared(self) -> frozenset[str]:
        """Machines that were not chosen: nobody contacts them."""
        chosen = {name for s in self.strata for name in s.chosen}
        partly = {s.id for s in self.strata if s.selection is not Selection.ALL}
        return frozenset(m for id_ in partly for m in self.machines[id_]) - chosen


def divide(
    assets: Sequence[Asset],
    processes: Iterable[KeyProcess],
    parts: Sequence[Part],
    reference: str,
    lines: Lines | None = None,
) -> Divided:
    """The register in its parts. `lines`: where the parts were written, for errors."""
    reader = _Parts(assets, {p.id: p for p in processes}, lines)
    belongs = reader.belongs(parts)
    placed = tuple(a.model_copy(update={"stratum": belongs.get(a.id, REST)}) for a in assets)
    counted = {p.id: tuple(a.id for a in placed if a.stratum == p.id and _counts(a)) for p in parts}
    seed = usual_seed((a.id for a in assets), reference)
    strata = [reader.stratum(i, part, counted[part.id], seed) for i, part in enumerate(parts)]
    rest = tuple(a.id for a in placed if a.stratum == REST and _counts(a))
    if rest and REST not in counted:
        strata.append(Stratum(id=REST, selection=Selection.ALL))
        counted[REST] = rest
    return Divided(placed, tuple(strata), counted)


def _counts(asset: Asset) -> bool:
    """Is it in the denominators?"""
    return asset.production and asset.in_use


@dataclass(frozen=True)
class _Parts:
    assets: Sequence[Asset]
    processes: Mapping[str, KeyProcess]
    lines: Lines | None

    def belongs(self, parts: Sequence[Part]) -> dict[str, str]:
        """The part of each asset that stands in one."""
        found: dict[str, str] = {}
        known = {a.id for a in self.assets}
        rest = [i for i, part in enumerate(parts) if not (part.assets or part.processes)]
        if len(rest) > 1:
            raise self._wrong(rest[1], "id", "two_rests", first=parts[rest[0]].id, second=parts[rest[1]].id)
        for i, part in enumerate(parts):
            if part.id in [other.id for other in parts[:i]]:
                raise self._wrong(i, "id", "same_stratum", stratum=part.id)
            for id_ in self._named(i, part):
                if id_ not in known:
                    raise self._wrong(i, "assets", "no_such_machine", id=id_)
                if id_ in found:
                    raise self._wrong(i, "assets", "in_two", id=id_, first=found[id_], second=part.id)
                found[id_] = part.id
        if rest:
            found |= {a.id: parts[rest[0]].id for a in self.assets if a.id not in found and _counts(a)}
        return found

    def _named(self, i: int, part: Part) -> tuple[str, ...]:
        for name in part.processes:
            if name not in self.processes:
                known = ", ".join(self.processes) or "-"
                raise self._wrong(i, "processes", "no_such_process", id=name, known=known)
        of = (asset for name in part.processes for asset in self.processes[name].assets)
        return tuple(dict.fromkeys((*part.assets, *of)))

    def stratum(self, i: int, part: Part, machines: tuple[str, ...], seed: int) -> Stratum:
        """How its machines were chosen, with those that were."""
        if not machines:
            raise self._wrong(i, "id", "empty_stratum", stratum=part.id)
        if part.selection is Selection.ALL:
            return Stratum(id=part.id, selection=part.selection)
        if part.selection is Selection.HAND_PICKED:
            for id_ in part.chosen:
                if id_ not in machines:
                    raise self._wrong(i, "chosen", "not_in_stratum", id=id_, stratum=part.id)
            return Stratum(id=part.id, selection=part.selection, chosen=part.chosen)
        number = size(len(machines), part.number, part.share)
        if number > len(machines):
            raise self._wrong(i, "number", "too_many", stratum=part.id, number=number, machines=len(machines))
        seed = seed if part.seed is None else part.seed
        chosen = draw(machines, part.id, seed, number)
        return Stratum(id=part.id, selection=part.selection, chosen=chosen, seed=seed)

    def _wrong(self, at: int, key: str, name: str, **params: str | int) -> InputError:
        place = None if self.lines is None else self.lines.at("strata", at, key)
        return InputError(Message(id=f"prepare.{name}", params={**params}), place)
