"""The example plant grown to 300 machines and 5,000 tags: for what a report may take in time and memory."""

from typing import Any

from assessor.domain import Assessment
from tests.report_example import altered

MACHINES, TAGS = 300, 5_000


def large() -> Assessment:
    """Each machine of the example again and again under another name, and with it all that is said of it."""

    def grow(document: dict[str, Any]) -> None:
        first = [asset for asset in document["assets"] if asset["production"] and asset["in_use"]]
        sights = {sight["asset"]: sight for sight in document["sights"]}
        for i in range(MACHINES - len(first)):
            source = first[i % len(first)]
            id_, name = f"{source['id']}-x{i}", {k: f"{v} {i}" for k, v in source["name"].items()}
            document["assets"].append(source | {"id": id_, "name": name})
            if source["id"] in sights:
                document["sights"].append(
                    sights[source["id"]] | {"asset": id_, "tags": TAGS // (MACHINES - len(first)) + 1}
                )
            for measurement in document["measurements"]:
                measurement["lines"] += [
                    line | {"subject": id_} for line in measurement["lines"] if line["subject"] == source["id"]
                ]

    return altered(grow)
