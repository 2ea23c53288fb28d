"""THE PLANT TO TRY: the simulated one, with its answers and an hour of its machines, all said to be generated.

Every visitor gets a copy of their own, gone after a day: what one does in it no other one sees.
"""

import tempfile
from functools import cache
from pathlib import Path
from time import time_ns

from assessor.bundle import create, installation_key, seal
from assessor.desk import houses, surveys
from assessor.desk.access import Actor
from assessor.desk.answering import take_over
from assessor.desk.attaching import Handed, attach
from assessor.desk.desk import DAY, HOUR, Desk, new_id
from assessor.desk.entering import Entered
from assessor.desk.entering import enter as begin
from assessor.desk.houses import memberships
from assessor.desk.passwords import be_patient
from assessor.domain import canonical
from assessor.forms import load_answers
from assessor.messages import Language, render
from assessor.storage import Account, Membership, Person, people
from assessor.storage import surveys as sql
from connectors.simulator import generate, load_plant
from connectors.simulator.serve import DEMO

SECONDS = 3600
EVERY = 5
"""An hour of the plant, a sample every five seconds."""


def enter(desk: Desk, place: str, language: Language) -> tuple[Entered, str]:
    """A visitor with a factory of their own; gives the session and the survey."""
    be_patient(desk, "demo", place)
    house = houses.found(desk, "factory", render("desk.demonstration", language), demonstration=True)
    now, id_ = desk.clock(), new_id()
    with desk.store.write() as c:
        people.add_account(c, Account(id_, now, language, None, None), Person(id_, "", None, None))
        people.add_membership(c, Membership(id_, house, "owner", "owner", now))
    who = Actor(id_, memberships(desk, id_))
    plant = load_plant(DEMO).scope.plant
    told = {"name": plant.name.zh, "name_en": plant.name.en, "kind": plant.kind, "employees": plant.employees}
    survey = surveys.begin(desk, who, house, told)
    answers = load_answers(DEMO.parent / "answers.yaml", desk.library.questions)
    with desk.store.write() as c:
        sql.change(c, survey, keep_until=now + DAY)
    surveys.change_settings(desk, who, survey, budget=answers.budget)
    take_over(desk, who, surveys.opened(desk, who, survey), answers)
    attach(desk, who, survey, Handed("bundle", "demo-sealed.zip", sampled()))
    return begin(desk, id_), survey


@cache
def sampled() -> bytes:
    """The demo plant's sealed bundle, made at once out of what its machines would have said in an hour."""
    plant = load_plant(DEMO)
    begins = (time_ns() // DAY) * DAY - DAY + 2 * HOUR  # yesterday, ten o'clock in Shanghai
    with tempfile.TemporaryDirectory(prefix="assessor-") as folder:
        sealed = Path(folder) / "sealed.zip"
        scope = canonical(plant.scope)
        with create(Path(folder) / "work", scope, plant.scope, began=begins, clock="synchronised") as work:
            generate(plant, work, begins, SECONDS, EVERY)
            work.end(False)
            seal(work, installation_key(), sealed, made=begins + SECONDS * 10**9)
        return sealed.read_bytes()
