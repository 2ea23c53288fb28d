"""One visit to one agent: what was learnt, where in its sequence we stand, and what was missed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from assessor.domain import (
    Browse,
    Device,
    Endpoint,
    Gap,
    Limits,
    Message,
    Observation,
    Sample,
    Time,
)
from assessor.markup import Element
from connectors.guard import Guard, Open
from connectors.losses import Losses
from connectors.mtconnect.devices import Item, Machine, machines
from connectors.mtconnect.document import errors
from connectors.mtconnect.streams import head, known, sample, values
from connectors.mtconnect.wire import Problem, TooLarge, Wire

RENEWED = 2
"""Requests a cycle at most: one for values, one more to catch up or to find the place again."""
OVERRUN = "OUT_OF_RANGE"
"""What an agent answers that no longer holds the values asked for."""


@dataclass
class Visit:
    """What one run knows of one agent."""

    endpoint: Endpoint
    limits: Limits
    guard: Guard
    wire: Wire
    started: Time = field(default_factory=time.time_ns)
    machines: list[Machine] = field(default_factory=list)
    namespace: str = ""
    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    """Machines of which a value came."""
    instance: int | None = None
    next: int | None = None
    """The sequence number to ask from; None: probe and current have to be read first."""
    count: int = 0
    last: Time | None = None
    """When values were last complete up to then."""
    reached: bool = False
    problem: Message | None = None
    losses: Losses = field(default_factory=Losses)
    lost: bool = False
    """Was an answer missing since `last`?"""
    overrun: bool = False
    """Has the agent dropped values since `last`, and are the present ones still to be read?"""

    async def cycle(self) -> Sequence[Sample]:
        """The rows since the last cycle. A fault is kept as the problem, and tried again in the next one."""
        try:
            rows = await (self._begin() if self.next is None else self._go_on())
        except (Problem, Open) as fault:
            self.lost = True
            if self.problem is None or isinstance(fault, Problem):
                self.problem = fault.message  # that we wait says less than what we wait for
            return ()
        self.problem, self.lost = None, False
        return rows

    async def _begin(self) -> Sequence[Sample]:
        """Who is there, and the present value of everything."""
        probe = await self._document("probe")
        self.reached = True
        self.machines = machines(probe, self.endpoint)
        self.namespace = probe.namespace
        self.items |= {(m.uuid or m.name, id_): item for m in self.machines for id_, item in m.items.items()}
        return await self._current()

    async def _current(self) -> Sequence[Sample]:
        current = await self._document("current")
        told = head(current)
        if self.instance is not None and told.instance != self.instance:
            self._miss(Message(id="mtconnect.restarted"))
        elif self.lost:
            self._miss(Message(id="mtconnect.no_answer"))
        self.instance, self.next, self.overrun = told.instance, told.next, False
        self.count, self.last = self.limits.max_nodes_per_call, time.time_ns()
        return self._rows(current)

    async def _go_on(self) -> Sequence[Sample]:
        """Values by their sequence numbers: what the agent still holds is not lost, however late we come."""
        if self.overrun:
            return await self._after()
        rows: list[Sample] = []
        for again in range(RENEWED):
            try:
                answer = await self._document("sample", f"from={self.next}&count={self.count}", bear=OVERRUN)
            except (Problem, Open) as fault:
                if isinstance(fault, TooLarge):
                    self.count = max(1, self.count // 2)
                if rows:
                    break  # they are kept; what is wrong shows again in the next cycle
                if again or not isinstance(fault, TooLarge):
                    raise
                continue
            told = head(answer)
            if told.instance is not None and told.instance != self.instance:
                self.next = None  # the numbers begin anew: what was not read is gone
                break
            self.overrun = bool(errors(answer))
            if self.overrun:
                return rows if again else await self._after()
            if self._take(answer, rows):
                break
        return rows

    def _take(self, answer: Element, rows: list[Sample]) -> bool:
        """The rows of one answer; whether they reach the present."""
        told = head(answer)
        if told.first is not None and self.next is not None and told.first > self.next:
            gone = told.first - self.next
            self._miss(Message(id="mtconnect.overrun", params={"n": gone}), lost=gone)
        rows += self._rows(answer)
        before, self.next = self.next, told.next if told.next is not None else self.next
        if self.next == before or told.last is None or self.next is None or self.next > told.last:
            self.last = time.time_ns()
            return True
        return False

    async def _after(self) -> Sequence[Sample]:
        """The agent no longer holds what we ask for: the present values, and a gap that says so."""
        before, since = self.next, self.last
        rows = await self._current()
        fewer = before is None or self.next is None or self.next <= before
        lost = None if fewer else self.next - before  # type: ignore[operator]
        why = Message(id="mtconnect.overrun_unknown")
        if lost is not None:
            why = Message(id="mtconnect.overrun", params={"n": lost})
        self._miss(why, since, lost)
        return rows

    async def _document(self, resource: str, query: str = "", bear: str | None = None) -> Element:
        """A document that is no error, but one that the caller can `bear`."""
        root = await self.wire.get(resource, query)
        codes = errors(root)
        if codes and bear not in codes:
            raise Problem(Message(id="mtconnect.error", params={"codes": ", ".join(codes)[:200]}))
        return root

    def _rows(self, document: Element) -> list[Sample]:
        receive, mono = time.time_ns(), time.monotonic_ns()
        created = head(document).created
        rows = []
        for device, value in values(document):
            item = known(self.items, device, value)
            if item is not None:
                rows.append(sample(item, value, created, receive, mono))
                if rows[-1].number is not None or rows[-1].text is not None:
                    self.answered.add(device)
        return rows

    def _miss(self, why: Message, since: Time | None = None, lost: int | None = None) -> None:
        begins = since or self.last or self.started
        self.losses.stretch(begins, time.time_ns(), why, lost)

    def observation(self) -> Observation:
        """What was seen so far."""
        ended = time.time_ns()
        gaps = list(self.losses.gaps)
        if self.reached and (self.lost or self.overrun):
            why = Message(id="mtconnect.overrun_unknown" if self.overrun else "mtconnect.no_answer")
            gaps.append(Gap(begins=self.last or self.started, ends=ended, why=why))
        return Observation(
            endpoint=self.endpoint.id,
            protocol=self.endpoint.protocol,
            connector="mtconnect",
            started=self.started,
            ended=ended,
            reached=self.reached,
            problem=self.problem,
            devices=tuple(self._devices()),
            tags=tuple(item.tag for item in self.items.values()),
            namespaces=(self.namespace,) if self.namespace else (),
            browse=Browse(nodes=len(self.items), complete=True) if self.reached else None,
            traffic=self.guard.traffic((ended - self.started) / 1e9),
            gaps=tuple(gaps),
        )

    def _devices(self) -> list[Device]:
        """One a machine that the agent names, and one a machine that the scope expects and it does not."""
        found = []
        names = ", ".join(m.name for m in self.machines)[:200]
        for m in self.machines:
            answered = (m.uuid or m.name) in self.answered
            problem = None if answered else Message(id="mtconnect.unavailable")
            if m.asset is None and self.endpoint.asset is not None:
                problem = Message(id="mtconnect.which_device", params={"names": names})
            found.append(
                Device(asset=m.asset, where=m.name, answered=answered, problem=problem, nameplate=m.nameplate)
            )
        for branch in self.endpoint.branches if self.reached else ():
            if branch.asset not in {m.asset for m in self.machines}:
                why = Message(id="contact.branch_missing", params={"path": branch.path})
                found.append(Device(asset=branch.asset, where=branch.path, answered=False, problem=why))
        if not self.reached:
            assets = [self.endpoint.asset, *(b.asset for b in self.endpoint.branches)]
            found += [
                Device(asset=a, where=self.endpoint.address, answered=False, problem=self.problem)
                for a in assets
                if a is not None
            ]
        return found
