"""What an OPC UA server shows before a value is sampled: its own word, its nodes, how far they were walked."""

from assessor.domain.noun import Noun, Time


class Unwalked(Noun):
    """A node whose children were not looked at."""

    path: str
    why: str
    """'nodes', 'depth' or 'seconds' (a budget was spent), or the status the server gave."""


class Browse(Noun):
    """How much of the address space was walked."""

    nodes: int
    complete: bool
    stopped_by: str | None = None
    unwalked: tuple[Unwalked, ...] = ()
    """Where the walk ended; the first of them where there are many."""
    left: int = 0
    """Nodes that were known and not walked or not kept: a lower bound of what is missing."""


class Companion(Noun):
    """A companion specification in a server's namespace array, and whether anything is made of it."""

    uri: str
    instances: int
    """Objects and variables typed by it, or by a type derived from it; 0: loaded and not used."""


class ServerFacts(Noun):
    """What an OPC UA server says of itself: a fact about the server, not about the machines behind it."""

    product: str | None = None
    product_uri: str | None = None
    manufacturer: str | None = None
    version: str | None = None
    build: str | None = None
    built: Time | None = None
    state: str | None = None
    started: Time | None = None
    min_sample_rate_ms: float | None = None
    profiles: tuple[str, ...] = ()
    events: bool | None = None
    """Can events be subscribed to at the Server object?"""


class AddressSpace(Noun):
    """What an OPC UA address space holds of one asset, or as a whole: counted, not judged.

    Variables are those that hold values; properties are not counted.
    """

    objects: int = 0
    typed_objects: int = 0
    """Of a type other than BaseObjectType and FolderType."""
    companion_objects: int = 0
    """Of a type that a companion specification defines, or of one derived from it."""
    variables: int = 0
    typed_variables: int = 0
    """That stand in a typed object, plain objects between looked through."""
    flat_variables: int = 0
    """That stand in a folder, or in plain objects alone."""
    described: int = 0
    with_unit: int = 0
    """EngineeringUnits."""
    with_range: int = 0
    """EURange."""
    with_instrument_range: int = 0
    historizing: int = 0
    writable: int = 0
    """Whose value our user could write, by the access level; never tried."""
    alterable: int = 0
    """Of which our user could write attributes other than the value, by the write mask; never tried."""
    notifiers: int = 0
    """Objects that say events can be subscribed to at them."""
    event_sources: int = 0
    """Nodes that HasEventSource or HasNotifier leads to."""
    conditions: int = 0
    """Instances of condition and alarm types."""
    condition_types: tuple[str, ...] = ()
    """Names of the types of those, and of types that HasCondition leads to, as 'uri#Name'."""
