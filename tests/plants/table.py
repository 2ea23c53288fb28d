"""The table of plants: each row says what differs from a plain plant, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["behind", "own", "modbus", "unspoken", "alone", "manual"]
"""How a machine can be reached: behind a server of the plant, by an OPC UA server of its own, as a Modbus unit of
a gateway that passes requests on, by a protocol that is not spoken here, not at all although it has a controller,
or not at all because it has none."""
Style = Literal["honest", "boastful", "modest"]


@dataclass(frozen=True)
class Picked:
    """A stratum: machines of these ways, chosen by this rule; `take` of them where not all."""

    id: str
    ways: tuple[Way, ...]
    selection: Literal["all", "drawn", "hand-picked"] = "all"
    take: int = 0


@dataclass(frozen=True, eq=False)
class Row:
    """One plant. Counts are machines unless said; conditions befall the last ones of their way."""

    id: str
    about: str
    behind: int = 7
    own: int = 3
    modbus: int = 2
    unspoken: int = 2
    alone: int = 1
    manual: int = 1
    bare: int = 2
    """Of those behind: the first ones have neither counter nor energy value."""
    servers: int = 1
    """Servers that the ones behind are spread over."""
    aggregator: Literal["scada", "gateway", "record"] = "scada"
    """What they stand behind: a system, a gateway that answers for them, or a file that the system wrote."""
    kind: Literal["discrete", "process"] = "discrete"
    vantage: Literal["control", "office"] = "control"
    broken: int = 0
    """Of those behind: nothing has come for half a year; what is shown says Good."""
    restamped: bool = False
    """Does the aggregator put its own time on what it shows of the broken ones?"""
    elsewhere: bool = False
    """Do the broken ones reach another system, whose record is at hand?"""
    idle: int = 0
    """Of those behind: stands still since two hours ago, and the server stamps only what changes."""
    typed: int = 0
    """Of those behind: a person types their values in, and the status says so."""
    thin: int = 0
    """Of those behind: the aggregator passes on neither their count nor their energy."""
    flat: int = 0
    """Of those with a server of their own: process values stand still for months, state and count go on."""
    silent: int = 0
    """Of those with a server of their own: does not answer on the day."""
    secured: int = 0
    """Of those with a server of their own: demands a name and encryption, and lets us not in."""
    walled: int = 0
    """Of those with a server of their own: a boundary keeps the office out."""
    unlisted: int = 0
    """Of those behind: the register does not hold them."""
    disowned: int = 0
    """Of those unspoken: the register says that they have no interface."""
    ghosts: int = 0
    """Lines of the register that no machine stands behind."""
    strata: tuple[Picked, ...] = ()
    witnessed: bool = False
    """Was every machine looked at by a person, and nothing contacted?"""
    explained: bool = True
    """Did anyone say what the tags mean?"""
    bad: bool = False
    """Is every value of every OPC UA server Bad?"""
    restarts: int | None = None
    """Counters begin again after so many pieces."""
    clock_ahead: float = 0.0
    """Seconds that the clocks of machines with a server of their own are ahead."""
    laptop_ahead: float = 0.0
    """Seconds that the laptop's clock is ahead."""
    equipped: bool = False
    """Has it meters of the mains, compressors, robots, a MES, machines with modes, alarms, orders and loops?"""
    renews: int = 1
    """Seconds between two looks of the aggregator at its machines."""
    drops: int | None = None
    """Machines' own servers drop the connection whenever so many seconds have passed."""
    seconds: int = 331
    every: int = 5
    """Seconds sampled, and between two polls."""
    truncated: bool = False
    level: int = 2
    """Level that the answers without a machine to ask are true at."""
    style: Style = "honest"
    roles: bool = False
    """Does a second role answer one step higher throughout?"""
    states: Mapping[str, str] = field(default_factory=dict)
    """Indicators that must come out otherwise than measured, by state."""
    misses: Mapping[str, str] = field(default_factory=dict)
    """Indicators whose interval does not hold the truth, each with its reason; they must miss indeed."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Questions of which a difference is claimed wrongly in some style, each with its reason; so they must be."""


PAUSED = {"counter_signal": "not_determined", "networked_of_digital": "not_determined"}
UNHEARD = {"state_signal": "not_determined", "process_data": "not_determined", "counter_signal": "not_determined"}
NO_TIME = {"clock_skew": "not_determined"}
SHORT = {
    "completeness": "unusable",
    "link_availability": "unusable",
    "frozen_tags": "unusable",
    "update_interval": "unusable",
}
REGISTER = "the register is the denominator, and its word that there is no interface is taken: both are claims"
ONE_RHYTHM = (
    "two machines of one rhythm that count since one day show the same: it is asked about, nothing rests on it"
)
ROWS = (
    Row("honest", "a plain plant that says what is so"),
    Row("boastful", "says one step more throughout", style="boastful"),
    Row("modest", "says one step less throughout", style="modest"),
    Row("half-seen", "most machines with a server of their own are silent", behind=4, own=8, silent=6),
    Row(
        "hand-picked",
        "the plant chose what we may look at",
        strata=(Picked("all", ("behind", "own", "modbus", "unspoken", "alone", "manual"), "hand-picked", 6),),
    ),
    Row("idle", "most machines stand still on the day; the SCADA stamps what changes", idle=5),
    Row("laptop-clock", "our laptop is two hours ahead", laptop_ahead=7200.0, states={"clock_skew": "unusable"}),
    Row("flat-lined", "sensors of machines that go on are dead", own=5, flat=3,
        misses={"seen_twice": ONE_RHYTHM}),
    Row(
        "one-aggregator",
        "all stand behind one gateway that answers for them",
        behind=14, own=0, modbus=0, unspoken=0, aggregator="gateway", level=3,
        states={"networked_of_digital": "not_determined"},
    ),
    Row("unspoken", "most machines speak what we do not", behind=3, own=1, modbus=0, unspoken=10),
    Row("stale", "three machines behind the SCADA have been off line for months", broken=3),
    Row(
        "no-interface", "hardly anything can be connected",
        behind=2, own=0, modbus=1, unspoken=0, alone=3, manual=10, level=1,
        states={"naming_scheme": "unusable"} | dict.fromkeys(("counter_signal", "seen_twice"), "not_determined"),
    ),
    Row("register-short", "the register misses three machines that the SCADA shows", unlisted=3,
        misses=dict.fromkeys(("companion_spec", "connectable", "digital", "readable"), REGISTER)),
    Row("register-long", "the register holds four machines that are gone", ghosts=4),
    Row("witnessed", "nothing may be contacted; a person looked at all", witnessed=True,
        states=UNHEARD | dict.fromkeys(("collected", "seen_twice"), "not_determined"), level=1),
    Row("record", "a file of the SCADA is all there is of it", aggregator="record"),
    Row("roles", "two roles answer, one of them higher", roles=True),
    Row(
        "drawn",
        "a seeded draw from two strata",
        behind=24, own=8, modbus=4, unspoken=0, alone=2, manual=6,
        strata=(
            Picked("connected", ("behind", "own", "modbus", "unspoken"), "drawn", 15),
            Picked("others", ("alone", "manual"), "drawn", 4),
        ),
    ),
    Row(
        "mixed-strata",
        "all of the connected ones, a draw of the others, a hand-picked few",
        behind=8, own=4, modbus=4, alone=4, manual=8,
        strata=(
            Picked("connected", ("behind", "own")),
            Picked("others", ("alone", "manual"), "drawn", 6),
            Picked("units", ("modbus", "unspoken"), "hand-picked", 2),
        ),
        misses={"seen_twice": ONE_RHYTHM},
    ),
    Row("one-dead", "one server does not answer", silent=1),
    Row("truncated", "stopped after twenty seconds", seconds=20, truncated=True, states=SHORT | NO_TIME),
    Row("unexplained", "nobody but their names says what the tags mean", explained=False),
    Row("resets", "counters begin again all the time", restarts=3),
    Row("all-bad", "every OPC UA value is Bad", bad=True, modbus=0,
        states=UNHEARD | PAUSED | NO_TIME | dict.fromkeys(
            ("collected", "frozen_tags", "setpoint_beside"), "not_determined")),
    Row(
        "huge", "three hundred machines",
        behind=200, own=30, modbus=30, unspoken=20, alone=10, manual=10, bare=60, servers=20, broken=20, every=10,
        level=3,
    ),
    Row("tiny", "three machines", behind=1, own=1, modbus=0, unspoken=0, alone=0, manual=1, bare=0, level=1,
        states={"naming_scheme": "unusable"}),
    Row("process", "a process plant, all in one system", kind="process", behind=12, own=1, modbus=1, level=3),
    Row("contradictory", "the SCADA shows old values, the record of another system shows that they arrive there",
        broken=3, elsewhere=True),
    Row("secured", "servers that let only their own in", own=6, secured=4),
    Row("office", "seen from the office: some are kept behind a boundary, one is switched off",
        own=6, walled=2, silent=1, vantage="office"),
    Row("night", "everything is off or stands still", idle=7, silent=3,
        states=PAUSED | NO_TIME | {"frozen_tags": "not_determined", "setpoint_beside": "not_determined",
                                   "update_interval": "unusable"}),
    Row("slow", "the SCADA looks every fifteen seconds; machines drop us", renews=15, seconds=601, drops=60),
    Row("restamped", "three machines' old values are shown under the SCADA's own time", broken=3, restamped=True),
    Row("typed-in", "a person types in what three machines do", typed=3),
    Row("laptop-month", "our laptop is a month ahead, and most machines stand still", idle=5, laptop_ahead=2.6e6,
        states={"clock_skew": "unusable"}),
    Row("thin", "the SCADA passes on neither count nor energy of four machines", thin=4),
    Row("register-wrong", "the register denies the interface of three machines", unspoken=4, disowned=3,
        misses=dict.fromkeys(("collected", "connectable", "counter_signal", "energy_metered", "process_data",
                              "readable", "state_signal", "networked"), REGISTER),),
    Row("equipped-day", "meters, compressors, robots, a MES; a day and two hours, looked at once a minute",
        own=4, equipped=True, seconds=26 * 3600, every=60),
    Row("equipped-shift", "the same for two hours, looked at every five seconds",
        own=4, equipped=True, seconds=7200, every=5),
    Row("machine-clock", "clocks of machines run ahead", clock_ahead=95.0),
)  # fmt: skip
BY_ID = {row.id: row for row in ROWS}
