"""Assessments for tests of the report: the demo plant as it is assessed, and what could be otherwise."""

import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from assessor.contacts import contacts
from assessor.domain import (
    Assessment,
    Browse,
    Certificate,
    Cut,
    Device,
    Endpoint,
    Gap,
    KnownServer,
    Measurement,
    Member,
    Message,
    Observation,
    Offer,
    Proof,
    Sampling,
    Scope,
    ServerFacts,
    Settlement,
    State,
    Tag,
    Text,
    Traffic,
    Unread,
    Unwalked,
    Verdict,
)
from assessor.run import DEMO
from connectors.simulator import load_plant
from tests.golden import BEGIN, assessed

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "\u202eتقرير\u202c {braces} {0.__class__}",
    "W" * 300,
    "车" * 200,
    "]]></svg><style>*{display:none}</style>\x00\x07",
)


@cache
def example() -> Assessment:
    """Ten generated minutes of the demo plant, through every real stage."""
    with tempfile.TemporaryDirectory() as folder:
        return assessed(Path(folder))


def altered(change: Callable[[dict[str, Any]], None]) -> Assessment:
    """The example with some of its document changed, and validated again."""
    document = example().model_dump(mode="json")
    change(document)
    return Assessment.model_validate(document)


def six_verdicts() -> Assessment:
    """One unusable figure more, a settled difference, a cut, a truncated run, and a member that leaves."""
    a = example()
    settled = a.findings[0]
    settlement = Settlement(
        question=settled.question,
        value=Fraction(1, 2),
        reply="Line 2 was down that day",
        reason="seen again on site",
        proof=Proof(kind="photograph", title="Panel of line 2"),
        by="assessor",
        at="2026-01-02T09:00:00+08:00",
    )
    evidence = [
        e.model_copy(update={"verdict": Verdict.UNUSABLE, "low": None, "high": None})
        if e.question == "m5-l3-2"
        else e.model_copy(update={"settlement": settlement})
        if e.question == settled.question
        else e.model_copy(update={"verdict": Verdict.UNTESTED})
        if e.question == "r2-l2-1"
        else e
        for e in a.evidence
    ]
    measurements = [_unusable(m) if m.indicator == "frozen_tags" else m for m in a.measurements]
    return a.model_copy(
        update={
            "evidence": tuple(evidence),
            "findings": (settled.model_copy(update={"settled": True}), *a.findings[1:]),
            "measurements": tuple(measurements),
            "source": a.source.model_copy(update={"truncated": True}),
            "answers": a.answers.model_copy(update={"cuts": (Cut(dimension="m10", reason="no fleet"),)}),
            "contacts": contacts(*troubled()),
            "members": (*a.members, Member(name="filing.json", sha256="0" * 64, bytes=1234567, leaves=True)),
        }
    )


def _unusable(m: Measurement) -> Measurement:
    return m.model_copy(update={"state": State.UNUSABLE, "value": None, "low": None, "high": None})


SECRETS = ("10.20.30.40", "scada-pc-7", "secret-path", "cn-of-the-server", "node-id-77")
"""What the observations below hold and no filing may: where a server stands, and what its names are."""


def troubled() -> tuple[Scope, tuple[Observation, ...]]:
    """The endpoints of the demo plant as connectors may find them on a bad day: what each has to tell."""
    scope = load_plant(DEMO / "plant.yaml").scope
    moved = scope.endpoints[0].model_copy(update={"address": f"opc.tcp://{SECRETS[0]}:4840"})
    scope = scope.model_copy(update={"endpoints": (moved, *scope.endpoints[1:])})
    first, second, third, *rest = scope.endpoints
    modbus = next(e for e in rest if e.units)
    silent = next(e for e in rest if e is not modbus)
    day, began = 86_400 * 10**9, BEGIN

    def seen(endpoint: Endpoint, **more: Any) -> Observation:
        told = {"endpoint": endpoint.id, "protocol": endpoint.protocol, "connector": "test", "reached": True}
        return Observation(**told | {"started": began, "ended": began + 600 * 10**9} | more)

    paper = Certificate(
        fingerprint="ab" * 32, subject=f"CN={SECRETS[3]}", not_before=began - 1500 * day, not_after=began - day,
        key_bits=1024, key_type="RSA", signature_hash="sha1", self_signed=True, public_key="cd" * 32,
        application_uri=f"urn:{SECRETS[1]}:server", hosts=(SECRETS[1],), names_host=False, trust="changed",
    )  # fmt: skip
    offers = [
        Offer(mode=mode, policy=policy, tokens=("Anonymous", "UserName"), url=f"opc.tcp://{SECRETS[0]}:4840")
        for mode in ("Sign", "SignAndEncrypt")
        for policy in ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
    ]
    tags = tuple(
        Tag(id=i, endpoint=first.id, asset=branch.asset, address=SECRETS[4], path=f"{SECRETS[2]}/{i}")
        for i, branch in enumerate(first.branches)
    )
    lost = [
        Gap(begins=began, ends=began + 9**11, why=Message(id="sampling.overflow"), tag=i, lost=7, times=3)
        for i in range(3)
    ]
    told = {"address": f"opc.tcp://{SECRETS[0]}:4840"}
    lost.append(Gap(begins=began, ends=began + 10**11, why=Message(id="contact.silent", params=dict(told))))
    changed = {"by": "IT", "at": "2025-12-01T09:00:00+08:00", "old": "ab" * 32, "new": "cd" * 32}
    return scope, (
        seen(
            first, tags=tags, gaps=tuple(lost), certificate=paper, certificates=(paper,),
            warnings=(Message(id="doors.certificate_changed_unused", params=dict(changed)),),
            offers=(Offer(mode="None", policy="None", tokens=("Anonymous",)), *offers),
            server=ServerFacts(product="SCADA 7", manufacturer=f"Maker at {SECRETS[0]}", version="7.5"),
            operation_limits={"MaxNodesPerRead": 50, "MaxNodesPerBrowse": 20},
            browse=Browse(nodes=5000, complete=False, stopped_by="nodes", left=812,
                          unwalked=(Unwalked(path=SECRETS[2], why="nodes"),)),
            barred={"BadUserAccessDenied": 12}, undecoded=2, servers=(KnownServer(uri=SECRETS[1], name="x",
                          kind="Server", urls=(SECRETS[0],)),),
            sampling=Sampling(mode="subscribe", subscribed=80, polled=11, refused={"BadNotSupported": 11}),
            traffic=Traffic(requests=4210, failures=3, bytes_sent=90_000, bytes_received=1_200_000, seconds=600.0,
                            slowest_ms=834.4),
        ),
        seen(second, offers=(Offer(mode="None", policy="None", tokens=("Anonymous",)),), certificate=paper,
             certificates=(paper,), browse=Browse(nodes=90, complete=True), tags=tags[:1]),
        seen(third, reached=False, problem=Message(id="doors.ours_not_trusted", params={
            "status": "BadSecurityChecksFailed", "file": f"/home/x/{SECRETS[2]}.der", "fingerprint": "ef" * 32})),
        seen(modbus, devices=tuple(
            Device(asset=unit.asset, where=f"unit {unit.unit}", answered=True, unread=(
                Unread(registers="holding 12+2", why=Message(id="modbus.registers_refused", params={"code": 2})),
                Unread(registers="holding 90+30", why=Message(id="modbus.registers_refused", params={"code": 2})),
                Unread(registers="input 4+1", why=Message(id="modbus.registers_zero")),
            ))
            for unit in modbus.units[:1]
        ), gaps=tuple(
            Gap(begins=began + i * 10**10, ends=began + (i + 1) * 10**10, why=Message(id="modbus.resting"),
                where=f"unit {modbus.units[0].unit}")
            for i in range(4)
        )),
        seen(silent, reached=False, problem=Message(id="contact.refused", params=dict(told))),
    )  # fmt: skip


def _hostile_contacts(held: list[dict[str, Any]], bad: Iterator[str]) -> None:
    for contact in held:
        contact |= {"maker": next(bad), "product": next(bad), "stopped_by": next(bad), "nodes": 1}
        contact["limits"] = contact["refused"] = contact["barred"] = {next(bad): 1}
        contact["doors"] = [{"mode": next(bad), "policy": next(bad), "tokens": [next(bad)], "agreed": False}]


def hostile() -> Assessment:
    """Every name that comes from a plant's files made by somebody who means harm."""

    def change(document: dict[str, Any]) -> None:
        bad = iter(HOSTILE * 1000)
        for asset in document["assets"]:
            name = next(bad)
            asset["name"] = Text(zh=name, en=name).model_dump()
        for process in document["key_processes"]:
            process["name"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for dimension in document["framework"]["dimensions"]:
            dimension["name"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for question in document["questions"]:
            question["text"] = Text(zh=next(bad), en=next(bad)).model_dump()
        for key in ("name", "district"):
            document["plant"][key] = Text(zh="".join(HOSTILE), en="".join(HOSTILE)).model_dump()
        for finding in document["findings"]:
            finding["where"] = list(HOSTILE)
        for member in document["members"]:
            member["name"] = next(bad)
        for sight in document["sights"]:
            why = Message(id="unit.seconds", params={"x": "1"})
            sight["why"] = why.model_dump(mode="json")
        _hostile_contacts(document["contacts"], bad)
        document["source"]["fingerprint"] = next(bad)

    return altered(change)
