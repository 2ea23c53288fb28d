"""A sink in memory: what a connector or the generator hands over, kept for a test to look at."""

from collections.abc import Sequence

from assessor.domain import Observation, RequestRecord, Sample


class Kept:
    """A domain Sink that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Sample] = []
        self.requests: list[RequestRecord] = []
        self.observed: list[Observation] = []
        self.flushes = 0

    def samples(self, rows: Sequence[Sample]) -> None:
        self.rows += rows

    def request(self, record: RequestRecord) -> None:
        self.requests.append(record)

    def observe(self, observation: Observation) -> None:
        self.observed.append(observation)

    def flush(self) -> None:
        self.flushes += 1

    @property
    def observations(self) -> dict[str, Observation]:
        """The last Observation of each endpoint."""
        return {seen.endpoint: seen for seen in self.observed}
