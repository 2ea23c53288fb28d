"""What a server says at its door: how it lets clients in, and the certificates that it shows."""

from collections.abc import Iterable
from typing import Literal, Protocol

from assessor.domain.noun import Noun, Slug, Time

Trust = Literal["accepted", "unknown", "changed"]
"""A person accepted this very certificate; no certificate of this endpoint; another one of it."""


class TokenOffer(Noun):
    """One way of saying who the user is (OPC 10000-4, 7.40, UserTokenPolicy)."""

    kind: str
    """Anonymous, UserName, Certificate or IssuedToken"""
    policy: str
    """The security policy that protects the token: its own, or the endpoint's where it names none."""


class Offer(Noun):
    """One way a server lets clients in (OPC UA GetEndpoints), or its absence (Modbus has none)."""

    mode: str
    policy: str
    """As a scope writes it: 'Aes128Sha256RsaOaep' also where the wire has underscores."""
    tokens: tuple[str, ...]
    """The kinds of `token_policies`, each once."""
    token_policies: tuple[TokenOffer, ...] = ()
    level: int | None = None
    """The server's own ranking of its endpoints: 0 to 255, higher is better."""
    transport: str | None = None
    """URI of the transport profile"""
    url: str | None = None
    """The address that the server advertises. It is a fact; only the scope's own address is contacted."""
    application_uri: str | None = None
    certificate: str | None = None
    """Fingerprint of the certificate that goes with it"""


class Certificate(Noun):
    """What a server certificate says. Times in ns UTC. A default means that nobody looked."""

    fingerprint: str
    """SHA-256 of the whole certificate, hexadecimal"""
    subject: str
    not_before: Time
    not_after: Time
    key_bits: int
    self_signed: bool
    thumbprint: str = ""
    """SHA-1 of the whole certificate: what OPC UA tools show people. Nothing is decided by it"""
    issuer: str = ""
    key_type: str = ""
    """'RSA', 'EC', or the name of another kind"""
    signature_hash: str | None = None
    """Hash of its signature, such as 'sha256'; None where the algorithm names none"""
    public_key: str = ""
    """SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal"""
    application_uri: str | None = None
    hosts: tuple[str, ...] = ()
    """Host names and IP addresses that it was made for"""
    names_host: bool | None = None
    """Is the host of the scope's address among them? None where it names no host at all"""
    trust: Trust | None = None
    """None where it does not belong to the endpoint that was agreed"""


class KnownServer(Noun):
    """A server that this one knows of, itself included (OPC UA FindServers). None of them is contacted."""

    uri: str
    name: str
    kind: str
    """Server, Client, ClientAndServer or DiscoveryServer"""
    product: str | None = None
    gateway: str | None = None
    urls: tuple[str, ...] = ()


class _Shown(Protocol):
    """The part of an Observation that `reused` looks at."""

    @property
    def endpoint(self) -> Slug: ...
    @property
    def certificates(self) -> tuple[Certificate, ...]: ...


def reused(observations: Iterable[_Shown]) -> dict[str, tuple[Slug, ...]]:
    """Public keys that more than one endpoint shows, each with those endpoints in order.

    A key on several machines was copied: who takes it from one of them can pose as all. Two addresses of one
    server show the same key rightly; its `application_uri` is then the same too. Keys are told apart by
    `public_key`, and by fingerprint where an older bundle does not hold that.
    """
    holders: dict[str, list[Slug]] = {}
    for seen in observations:
        for key in dict.fromkeys(c.public_key or c.fingerprint for c in seen.certificates):
            holders.setdefault(key, []).append(seen.endpoint)
    found = {key: tuple(dict.fromkeys(names)) for key, names in sorted(holders.items())}
    return {key: names for key, names in found.items() if len(names) > 1}
