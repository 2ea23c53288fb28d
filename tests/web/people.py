"""People and factories for the tests of the web."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assessor.desk import accounts, entering, houses, surveys
from assessor.desk.access import Actor
from assessor.desk.answering import Entry
from assessor.desk.contact import read_contact
from assessor.desk.desk import Desk, kept_as, new_id
from assessor.desk.entering import Entered
from assessor.storage import Role, people

PLANT = {"name": "申江测试厂", "name_en": "Test plant", "kind": "discrete", "employees": 120}
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Person:
    who: Actor
    token: str
    """Of their session."""


def come_in(desk: Desk, code: str, place: str = HERE) -> Person:
    """By a code, as a person does."""
    entered = entering.by_code(desk, code, place, "zh")
    known = entering.known_by_session(desk, entered.token)
    assert known is not None
    return Person(known.actor, entered.token)


def again(desk: Desk, person: Person) -> Person:
    """The same person with what they may do by now."""
    known = entering.known_by_session(desk, person.token)
    assert known is not None
    return Person(known.actor, person.token)


def joined(desk: Desk, organisation: str, role: Role) -> Person:
    """Somebody new with one role in one organisation."""
    return come_in(
        desk, houses.issue(desk, organisation, role, "production"), f"10.0.0.{len(new_id())}{new_id()[:6]}"
    )


def with_password(desk: Desk, who: Actor, contact: str, password: str, old: str = "") -> Entered:
    """A contact that was proved by the digits sent to it, and a password."""
    subject, digits = accounts.proof_of(who.account, read_contact(contact)), "271828"
    with desk.store.write() as c:
        until = desk.clock() + entering.PASSCODE
        people.add_passcode(c, new_id(), kept_as(subject), kept_as(subject + digits), until)
    return accounts.set_password(desk, who, contact, password, old, digits)


def factory(desk: Desk, name: str = "测试厂") -> tuple[str, Person, str]:
    """A factory, its owner, and a survey of its plant."""
    house = houses.found(desk, "factory", name)
    owner = joined(desk, house, "owner")
    return house, owner, surveys.begin(desk, owner.who, house, PLANT)


def entry(question: str, value: object, base: int = 0, key: str = "", **more: object) -> Entry:
    return Entry(question, value, base, key or new_id(), **more)  # type: ignore[arg-type]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """All of them in threads of their own; what each gave, or the fault it ended with."""
    found: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(n: int) -> None:
        ready.wait()
        try:
            found[n] = acts[n]()
        except Exception as problem:
            found[n] = problem

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
