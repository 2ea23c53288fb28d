"""Every count of a picture, and what of it is withheld: decided once, over all tables and cuts together."""

from collections.abc import Iterable, Mapping, Sequence

from assessor.domain import Definition
from assessor.portfolio.extract import Extract
from assessor.portfolio.figures import MEASURES, SHARES, Measure, Part, told_both
from assessor.portfolio.groups import DECLARED, VERIFIED, Cut, Row, blocks, declared_as, mask, sets, verified_as
from assessor.portfolio.transformed import OUTCOMES, SCALES, Scale, Transformed, by_outcome, scale_of
from assessor.portfolio.withheld import FEWEST, Key, Sum, few, merged, withheld

ALL = "all"
"""The cut that has one row, with every plant."""
BINS = 10
"""Of shares."""
ASSESSED = "assessed"
BY_PLAN, BY_SCALE = ": by the plan", ": by scale too"
"""Names of the two tables that a definition makes."""
Sets = Mapping[str, tuple[int, ...]]
"""Tables by name: each plant is in one of the sets of a table."""


class Counted:
    """The counts of these plants. Columns of the whole are wide enough to be told; cells of cuts may be
    withheld."""

    def __init__(
        self,
        plants: Sequence[Extract],
        rows: Mapping[Cut, Sequence[Row]],
        definitions: Mapping[str, Definition] | None = None,
    ) -> None:
        self.plants = plants
        self.whole = Row((), tuple(range(len(plants))))
        self.declared = blocks(DECLARED, map(declared_as, plants))
        self.verified = blocks(VERIFIED, map(verified_as, plants))
        self.measured = {m: told_both(plants, m) for m in MEASURES}
        self.bins = {m: self._bins(m) for m in SHARES if len(self.measured[m].parts) >= FEWEST}
        self.tables = self._tables()
        self.counts: dict[Key, int] = {
            (cut, r, ASSESSED): len(row.plants) for cut, found in rows.items() for r, row in enumerate(found)
        }
        sums: list[Sum] = []
        for cut, found in rows.items():
            sums += self._tied(cut, found, self.tables)
        self._extra = self._of_all()
        self.hidden: frozenset[Key] = frozenset()
        self.hidden = self._decided(sums, {})
        for plan, by in (definitions or {}).items():
            self._add(plan, by, rows, sums)

    def _decided(self, sums: Sequence[Sum], decided: Mapping[Key, bool]) -> frozenset[Key]:
        """What is withheld, by the sums of the cuts and all tables of the whole that are held by now."""
        whole = {**self.tables, **self._extra}
        all_ = [*sums, *self._tied(ALL, [self.whole], whole)]
        firm = frozenset(
            _key(self.whole, held, (ALL, 0, name, column))
            for name, columns in whole.items()
            if not name.endswith(BY_SCALE)
            for column, held in enumerate(columns)
        )
        return withheld(self.counts, all_, firm, decided)

    def _add(self, plan: str, by: Definition, rows: Mapping[Cut, Sequence[Row]], sums: list[Sum]) -> None:
        """Count whom a definition holds for. Where that cannot be told at all without taking back what is told
        beside it, it is withheld as a whole."""
        counts, extra, held = dict(self.counts), self._extra, len(sums)
        decided = {key: key in self.hidden for key in counts}
        self._extra = {**extra, **self._transformed(plan, by)}
        for column, scale in enumerate(self._extra["scale"]):
            sums += self._within(_key(self.whole, scale, (ALL, 0, "scale", column)), rows)
        found = self._decided(sums, decided)
        if found & decided.keys() == self.hidden:
            self.hidden = found
            return
        self.counts, self._extra = counts, extra
        del sums[held:]

    def transformed(self, plan: str) -> tuple[Transformed, ...]:
        """Whom the definition of a plan holds for: of all, of those above scale, and of the others."""
        return tuple(self._told_by(plan, scale) for scale in SCALES)

    def _told_by(self, plan: str, scale: Scale) -> Transformed:
        plants: int | None = len(self.plants)
        table, first = f"{plan}{BY_PLAN}", 0
        if scale != "all":
            part = SCALES.index(scale) - 1
            plants = self._told_of("scale", part)
            table, first = f"{plan}{BY_SCALE}", part * len(OUTCOMES)
        cells = [None] * 3 if plants is None else [self._told_of(table, first + column) for column in range(3)]
        return Transformed(scale=scale, plants=plants, **dict(zip(OUTCOMES, cells, strict=True)))

    def _told_of(self, name: str, column: int) -> int | None:
        return self.told_of_all(name, column) if name in self._extra else None

    def _transformed(self, plan: str, by: Definition) -> Sets:
        """By scale, by the definition, and by both: each cell of the last lies in one of each of the others."""
        scale = self._split(scale_of(one) == "above" for one in self.plants)
        is_ = by_outcome(self.plants, by)
        all_ = tuple(mask(i for i, one in enumerate(is_) if one == name) for name in OUTCOMES)
        both = tuple(part & held for part in scale for held in all_)
        return {"scale": scale, f"{plan}{BY_PLAN}": all_, f"{plan}{BY_SCALE}": both}

    def _within(self, whole: Key, rows: Mapping[Cut, Sequence[Row]]) -> list[Sum]:
        """Groups of a cut that lie within a count of the whole, as the largest plants within those above scale:
        how many are in each group is told, so that what these leave of the count follows."""
        of, found = _held(whole), []
        for cut, groups in rows.items():
            inside = [(r, row.mask) for r, row in enumerate(groups) if of is not None and not row.mask & ~of]
            rest = of or 0
            for _, held in inside:
                rest &= ~held
            if inside and few(rest.bit_count()):
                left = _rest(whole, rest)
                self.counts[left] = rest.bit_count()
                found.append(Sum((*((cut, r, ASSESSED) for r, _ in inside), left), whole))
        return found

    def told(self, row: Row, r: int, cut: str, name: str, column: int) -> int | None:
        """How many plants of a row are in a column of a table; None: withheld."""
        tables = {**self.tables, **self._extra} if cut == ALL else self.tables
        key = _key(row, tables[name][column], (cut, r, name, column))
        return None if key in self.hidden else self.counts[key]

    def told_of_all(self, name: str, column: int = 0) -> int | None:
        return self.told(self.whole, 0, ALL, name, column)

    def _tables(self) -> Sets:
        declared = sets([declared_as(one) for one in self.plants], self.declared)
        verified = sets([verified_as(one) for one in self.plants], self.verified)
        found = {"declared": declared, "verified": verified}
        found["weights"] = self._split(one.weights_unverified for one in self.plants)
        for measure, told in self.measured.items():
            found[measure] = self._split(i in told.parts for i in range(len(self.plants)))
        return found

    def _of_all(self) -> Sets:
        """Tables that are told of all plants alone."""
        found: dict[str, tuple[int, ...]] = {
            "settled": self._split(not one.open for one in self.plants),
            "plans": self._split(not one.open and one.wants is not None for one in self.plants),
            "uncertain": self._split(
                not one.open and one.verified_level is not None and one.verified_level != one.level_high
                for one in self.plants
            ),
        }
        for measure, parts in self.bins.items():
            own = self.measured[measure].parts
            at = [1 + _bin(own[i]) if i in own else 0 for i in range(len(self.plants))]
            found[f"bins of {measure}"] = tuple(mask(i for i, b in enumerate(at) if b in part) for part in parts)
        return found

    def _split(self, holds: Iterable[bool]) -> tuple[int, int]:
        inside = mask(i for i, yes in enumerate(holds) if yes)
        return inside, ((1 << len(self.plants)) - 1) & ~inside

    def _bins(self, measure: Measure) -> list[tuple[int, ...]]:
        """Bins put together: 0 is not measured, n the n-th tenth."""
        own = self.measured[measure].parts
        counts = [len(self.plants) - len(own), *[0] * BINS]
        for part in own.values():
            counts[1 + _bin(part)] += 1
        return merged(counts)

    def _tied(self, cut: str, rows: Sequence[Row], tables: Sets) -> list[Sum]:
        """The counts of a cut, and the sums that they make."""
        grid: dict[str, list[tuple[Key, ...]]] = {}
        sums: list[Sum] = []
        for name, columns in tables.items():
            grid[name] = [
                tuple(_key(row, held, (cut, r, name, j)) for j, held in enumerate(columns))
                for r, row in enumerate(rows)
            ]
            for row, line in zip(rows, grid[name], strict=True):
                self.counts |= {
                    key: (row.mask & held).bit_count() for key, held in zip(line, columns, strict=True)
                }
            sums += [Sum(line) for line in (*grid[name], *zip(*grid[name], strict=True)) if len(line) > 1]
        for r in range(len(rows)):
            sums += self._joined([lines[r] for lines in grid.values()])
        return sums

    def _joined(self, tables: Sequence[Sequence[Key]]) -> list[Sum]:
        """Counts of one table that lie within a count of another one, in the same row, where they are all of it,
        or leave so few that these could be reckoned: what is left stands beside them, as something to withhold."""
        found = set()
        for a in tables:
            own = [(key, held) for key in a if (held := _held(key)) is not None]
            for whole in (key for b in tables if b is not a for key in b):
                of = _held(whole)
                inside = [(key, held) for key, held in own if of is not None and not held & ~of]
                if of is None or not inside or len(inside) == len(own):
                    continue  # all of the row is known
                rest = of
                for _, held in inside:
                    rest &= ~held
                keys = tuple(key for key, _ in inside)
                if few(rest.bit_count()):
                    left = _rest(whole, rest)
                    self.counts[left] = rest.bit_count()
                    found.add(Sum((*keys, left), whole))
                elif not rest and len(inside) > 1:
                    found.add(Sum(keys, whole))
        return sorted(found, key=repr)


def _rest(whole: Key, left: int) -> Key:
    """What is left of a count, in its row."""
    assert isinstance(whole, tuple)
    return *whole[:2], left


def _bin(part: Part) -> int:
    return min(part.low * BINS // part.under, BINS - 1)


def _key(row: Row, held: int, place: tuple[str, int, str, int]) -> Key:
    """A count is known in its row by the plants it is of: one set is one count, in whichever table. Where it is
    none of its row or all of it, it has its place: these are equal by chance in many tables."""
    inside = row.mask & held
    return place if inside in (0, row.mask) else _in_row(place, inside)


def _in_row(place: tuple[str, int, str, int], held: int) -> Key:
    return *place[:2], held


def _held(key: Key) -> int | None:
    """The plants of a count; None where it has its place alone."""
    return key[2] if isinstance(key, tuple) and isinstance(key[2], int) else None
