"""授权书: what a plant's IT signs. All of it follows from a scope and its preview, and it claims no more."""

from dataclasses import dataclass
from pathlib import Path

import connectors
from assessor.domain import Endpoint, Message, Scope, Text, Window
from assessor.errors import InputError
from assessor.messages import Language, catalogue, number, percent, render
from assessor.report.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Line,
    Paragraph,
    Run,
    Table,
    line,
    row,
)
from assessor.report.legible import legible
from connectors.preview import Preview, care, sendable

NEVER = ("write", "scan", "guess", "install")
STAYS = ("sealed", "filed", "shown", "offline")
ROOM = "\n\n\n"
"""So that somebody can sign."""


def letter(
    scope: Scope, stated: Preview, digest: str, language: Language, visitor: Text | None = None
) -> Document:
    """The letter in one language. `digest`: SHA-256 of the scope's file, which it rests on."""
    if not scope.endpoints:
        raise InputError(Message(id="letter.no_address"))
    return legible(_Writer(scope, stated, language, visitor).document(digest))


@dataclass(frozen=True)
class _Writer:
    scope: Scope
    stated: Preview
    language: Language
    visitor: Text | None

    def _t(self, name: str, **params: object) -> str:
        return render(f"letter.{name}", self.language, **params)

    def _say(self, text: Message | Text) -> str:
        return render(text, self.language)

    def document(self, digest: str) -> Document:
        plant = self.scope.plant
        subtitle = self._say(plant.name) + (f" · {self._t('simulated')}" if plant.simulated else "")
        visitor = self._say(self.visitor) if self.visitor else self._t("visitor")
        chapters = (self._addresses, self._requests, self._load, self._care, self._data, self._signed)
        blocks: list[Block] = [Paragraph(line(self._t("lead", visitor=visitor)), "lead")]
        if self.scope.window is None:
            blocks.append(Paragraph(line(self._t("no_window")), "warning"))
        for chapter in chapters:
            name = chapter.__name__.removeprefix("_")
            blocks += [Heading(1, self._t(f"chapter.{name}"), name), *chapter()]
        return Document(
            name="authorisation",
            language=self.language,
            title=self._t("title"),
            subtitle=subtitle,
            facts=tuple(self._facts()),
            disclaimer=render("report.disclaimer", self.language),
            digest=digest,
            blocks=tuple(blocks),
            cover=False,
            rests_on=self._t("rests_on"),
        )

    def _facts(self) -> list[tuple[str, str]]:
        scope = self.scope
        by = scope.agreement
        agreed = self._t("agreed", role=by.role, date=by.date, reference=by.reference)
        nobody = self._t("fact.nobody")
        told = {
            "plant": self._say(scope.plant.name),
            "credit_code": scope.plant.credit_code,
            "visitor": self._say(self.visitor) if self.visitor else nobody,
            "agreed": agreed,
            "window": self._between(scope.window) if scope.window else nobody,
            "precheck_window": self._between(scope.precheck_window) if scope.precheck_window else None,
            "vantage": render(f"precheck.vantage.{scope.vantage.value}", self.language),
        }
        return [(self._t(f"fact.{name}"), value) for name, value in told.items() if value]

    def _between(self, window: Window) -> str:
        return self._t("between", opens=_clock(window.opens), closes=_clock(window.closes))

    def _table(self, name: str, columns: tuple[str, ...], rows: list[tuple[Line, ...]], widths: tuple[float, ...],
               numbers: frozenset[int] = frozenset(), **params: object) -> Table:  # fmt: skip
        head = tuple(self._t(f"column.{column}") for column in columns)
        return Table(self._t(f"table.{name}", **params), head, tuple(rows), widths, numbers)

    def _addresses(self) -> list[Block]:
        rows = [
            row(
                e.id,
                self._word("protocol", e.protocol),
                _place(e),
                self._word("role", e.role.value),
                self._behind(e),
            )
            for e in self.scope.endpoints
        ]
        columns = ("name", "protocol", "address", "role", "machines")
        reach = self.stated.reach
        return [
            self._table("addresses", columns, rows, (0.14, 0.13, 0.3, 0.11, 0.32), n=len(rows)),
            Paragraph(line(self._t("reach", n=len(reach.testable), of=reach.machines)), "note"),
        ]

    def _word(self, group: str, name: str) -> str:
        """As the network sheet calls it; the name itself where that has no word."""
        id_ = f"network.{group}.{name.replace('-', '_')}"
        return render(id_, self.language) if id_ in catalogue() else name

    def _behind(self, endpoint: Endpoint) -> str:
        """The machines that are seen through an address."""
        names = {a.id: self._say(a.name) for a in self.scope.assets}
        found = [names[endpoint.asset]] if endpoint.asset else []
        found += [names[branch.asset] for branch in endpoint.branches]
        found += [self._t("unit", unit=unit.unit, machine=names[unit.asset]) for unit in endpoint.units]
        return ("；" if self.language == "zh" else "; ").join(found) or self._t("unassigned")

    def _requests(self) -> list[Block]:
        named = (
            one.model_copy(update={"params": one.params | {"protocol": self._word("protocol", protocol)}})
            for one in sendable(self.stated)
            if isinstance(protocol := one.params["protocol"], str)
        )
        allowed = tuple(line(self._say(one)) for one in named)
        never = tuple(line(self._t(f"never.{name}")) for name in NEVER)
        return [
            Paragraph(line(self._t("only"))),
            Bullets(allowed),
            Paragraph(line(Run(self._t("never_head"), strong=True))),
            Bullets(never),
        ]

    def _load(self) -> list[Block]:
        stated = self.stated
        rows = [
            row(
                load.endpoint,
                _two(load.requests_per_second),
                _none(load.bytes_per_second),
                number(load.requests, 0),
                str(load.connections),
                _share(load.share_of_server_limit),
            )
            for load in stated.loads
        ]
        totals = (self._t("total"), _two(stated.requests_per_second), _none(stated.bytes_per_second),
                  number(stated.requests, 0), str(stated.connections), "")  # fmt: skip
        rows.append(row(*(Run(text, strong=True) for text in totals)))
        columns = ("name", "rate", "bytes", "requests", "connections", "limit")
        widths = (0.25, 0.15, 0.15, 0.15, 0.13, 0.17)
        minutes = int(stated.seconds // 60)
        table = self._table("load", columns, rows, widths, frozenset(range(1, 6)), minutes=minutes)
        blocks: list[Block] = [table, Paragraph(line(self._t("bounds")), "note")]
        changed = [render("cli.changed_limit", self.language, **c.model_dump()) for c in stated.changes]
        warned = [f"{load.endpoint}: {self._say(one)}" for load in stated.loads for one in load.warnings]
        for head, said in (("changed_head", changed), ("warned_head", warned)):
            if said:
                blocks += [Paragraph(line(self._t(head)), "warning"), Bullets(tuple(map(line, said)))]
        return blocks

    def _care(self) -> list[Block]:
        said = [*map(self._say, care(self.stated)), render("preview.how_to_stop", self.language)]
        return [Bullets(tuple(map(line, said)))]

    def _data(self) -> list[Block]:
        return [Bullets(tuple(line(self._t(f"stays.{name}")) for name in STAYS))]

    def _signed(self) -> list[Block]:
        rows = [row(self._t(f"side.{side}") + ROOM, "", "", "") for side in ("plant", "visitor")]
        columns = ("who", "person", "signature", "date")
        return [
            Paragraph(line(self._t("withdraw"))),
            self._table("signed", columns, rows, (0.24, 0.26, 0.3, 0.2)),
        ]


def _place(endpoint: Endpoint) -> str:
    """The address; of a file its name, since where it lies is nobody's business."""
    return Path(endpoint.address).name if connectors.scheme(endpoint.protocol) == "file" else endpoint.address


def _clock(moment: str) -> str:
    """2026-11-24 08:00 +08:00"""
    day, _, time = moment.partition("T")
    return f"{day} {time[:5]} {time[8:]}".strip() if len(time) > 8 else moment


def _two(value: float) -> str:
    return number(f"{value:.2f}")


def _none(value: float) -> str:
    return number(f"{value:.0f}", 0)


def _share(value: float | None) -> str:
    return "-" if value is None else percent(f"{value:.4f}")
