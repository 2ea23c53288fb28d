"""What a server tells at its door (GetEndpoints, FindServers), as facts, and the one way in that was agreed."""

import ipaddress
from collections.abc import Iterable, Sequence

from asyncua import ua
from asyncua.crypto import security_policies as sp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from assessor.domain import Certificate, KnownServer, Offer, OpcUaSecurity, TokenOffer

POLICIES: dict[str, type[sp.SecurityPolicy]] = {
    "None": sp.SecurityPolicyNone,
    "Basic128Rsa15": sp.SecurityPolicyBasic128Rsa15,
    "Basic256": sp.SecurityPolicyBasic256,
    "Basic256Sha256": sp.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": sp.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": sp.SecurityPolicyAes256Sha256RsaPss,
}
"""By the name that a scope writes, from the weakest to the strongest."""
WITHDRAWN = frozenset({"Basic128Rsa15", "Basic256"})
"""They rest on SHA-1 (OPC 10000-7)."""
_NAMES = {policy.URI: name for name, policy in POLICIES.items()}
_RANK = {name: rank for rank, name in enumerate(POLICIES)}
LONGEST = 500
"""Characters kept of a text, and entries of a list, that a server says of itself."""


def policy_name(uri: str | None) -> str:
    """'Aes128Sha256RsaOaep' of a policy's URI; of one that we do not know, what follows the '#'."""
    return _NAMES.get(uri or "") or _text((uri or "").rpartition("#")[2]) or ""


def offer(described: ua.EndpointDescription) -> Offer:
    """One endpoint that a server offers."""
    policy = policy_name(described.SecurityPolicyUri)
    tokens = tuple(
        TokenOffer(
            kind=t.TokenType.name, policy=policy_name(t.SecurityPolicyUri) if t.SecurityPolicyUri else policy
        )
        for t in tokens_of(described)
    )
    first = first_of_chain(described.ServerCertificate)
    return Offer(
        mode={"None_": "None"}.get(described.SecurityMode.name, described.SecurityMode.name),
        policy=policy,
        tokens=tuple(sorted({t.kind for t in tokens})),
        token_policies=tuple(dict.fromkeys(tokens)),
        level=described.SecurityLevel,
        transport=_text(described.TransportProfileUri),
        url=_text(described.EndpointUrl),
        application_uri=_text(described.Server.ApplicationUri) if described.Server else None,
        certificate=_digest(first) if first else None,
    )


def known_server(described: ua.ApplicationDescription) -> KnownServer:
    """One server that FindServers names."""
    name = described.ApplicationName.Text if described.ApplicationName else None
    return KnownServer(
        uri=_text(described.ApplicationUri) or "",
        name=_text(name) or "",
        kind=described.ApplicationType.name,
        product=_text(described.ProductUri),
        gateway=_text(described.GatewayServerUri),
        urls=tuple(filter(None, map(_text, (described.DiscoveryUrls or ())[:LONGEST]))),
    )


def _text(value: str | None) -> str | None:
    """A text of a server, cut; what was no UTF-8 (a name in GBK) shows as question marks."""
    return value[:LONGEST].encode("utf-8", "replace").decode() if value else None


def tokens_of(described: ua.EndpointDescription) -> Sequence[ua.UserTokenPolicy]:
    """The user token policies of an endpoint; none where the server sends null."""
    return described.UserIdentityTokens or ()


def first_of_chain(raw: bytes | None) -> bytes | None:
    """The server's own certificate of what may be a chain in DER."""
    if not raw:
        return None
    return raw[: int.from_bytes(raw[2:4], "big") + 4] if raw[:2] == b"\x30\x82" else raw


def _digest(raw: bytes) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(raw)
    return digest.finalize().hex()


def certificates(described: Iterable[ua.EndpointDescription], host: str) -> tuple[Certificate, ...]:
    """Every certificate that the endpoints show, each once; those that cannot be read are left out."""
    raw = dict.fromkeys(first_of_chain(d.ServerCertificate) for d in described)
    found = (certificate(r, host) for r in raw if r)
    return tuple({c.fingerprint: c for c in found if c}.values())


def certificate(raw: bytes, host: str = "") -> Certificate | None:
    """What a server certificate says, and whether it names the host; None where it cannot be read."""
    try:
        found = x509.load_der_x509_certificate(first_of_chain(raw) or b"")
        key = found.public_key()
        whole_key = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        uris, hosts = _names_of(found)
        return Certificate(
            fingerprint=found.fingerprint(hashes.SHA256()).hex(),
            thumbprint=thumbprint(found),
            subject=found.subject.rfc4514_string(),
            issuer=found.issuer.rfc4514_string(),
            not_before=int(found.not_valid_before_utc.timestamp()) * 10**9,
            not_after=int(found.not_valid_after_utc.timestamp()) * 10**9,
            key_bits=getattr(key, "key_size", 0),
            key_type=_kind(key),
            signature_hash=_hash_of(found),
            self_signed=_self_signed(found),
            public_key=_digest(whole_key),
            application_uri=uris[0] if uris else None,
            hosts=hosts,
            names_host=names_host(host, hosts) if host else None,
        )
    except Exception:  # a malformed certificate must not cost the observation
        return None


def thumbprint(found: x509.Certificate) -> str:
    """SHA-1 of a certificate, by which OPC UA tools and Windows show it to people."""
    return found.fingerprint(hashes.SHA1()).hex()


def _kind(key: object) -> str:
    if isinstance(key, RSAPublicKey):
        return "RSA"
    return "EC" if isinstance(key, EllipticCurvePublicKey) else type(key).__name__


def _hash_of(found: x509.Certificate) -> str | None:
    try:
        return found.signature_hash_algorithm.name if found.signature_hash_algorithm else None
    except UnsupportedAlgorithm:
        return None


def _self_signed(found: x509.Certificate) -> bool:
    """Signed by its own key; where the algorithm is too old to be checked, the names decide."""
    if found.subject != found.issuer:
        return False
    try:
        found.verify_directly_issued_by(found)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return True
    return True


def _names_of(found: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Application URIs, and host names and IP addresses, of the alternative names."""
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return (), ()
    names = extension.value
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    hosts = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return tuple(u[:LONGEST] for u in uris), tuple(h[:LONGEST] for h in hosts[:LONGEST])


def names_host(host: str, hosts: Sequence[str]) -> bool | None:
    """Is a host among those of a certificate? None where it names none.

    >>> names_host("PLC-3", ["plc-3", "10.0.0.3"]), names_host("10.0.0.4", ["10.0.0.3"]), names_host("x", [])
    (True, False, None)
    """
    if not hosts:
        return None
    return _comparable(host) in {_comparable(h) for h in hosts}


def _comparable(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower().rstrip(".")


def choose(described: Iterable[ua.EndpointDescription], wanted: OpcUaSecurity) -> ua.EndpointDescription | None:
    """The endpoint that was agreed, by mode and policy; None where it is not offered. Nothing else will do."""
    mode = ua.MessageSecurityMode.None_ if wanted.mode == "None" else ua.MessageSecurityMode[wanted.mode]
    for d in described:
        binary = (d.EndpointUrl or ua.OPC_TCP_SCHEME).startswith(ua.OPC_TCP_SCHEME)
        if binary and (d.SecurityMode, policy_name(d.SecurityPolicyUri)) == (mode, wanted.policy):
            return d
    return None


def protection(token: ua.UserTokenPolicy, wanted: OpcUaSecurity) -> str:
    """The policy that protects a user token: its own, or the endpoint's where it names none."""
    return policy_name(token.SecurityPolicyUri) if token.SecurityPolicyUri else wanted.policy


def encrypts(token: ua.UserTokenPolicy, wanted: OpcUaSecurity) -> bool:
    """Is a secret encrypted with the server's certificate (OPC 10000-4, 7.40.2)?

    A withdrawn policy counts only where the scope names it.
    """
    name = protection(token, wanted)
    return name in POLICIES and name != "None" and (name not in WITHDRAWN or name == wanted.policy)


def choose_token(
    tokens: Iterable[ua.UserTokenPolicy], kind: str, wanted: OpcUaSecurity
) -> ua.UserTokenPolicy | None:
    """The best protected token policy of a kind that we can serve; None where there is none."""

    def strength(token: ua.UserTokenPolicy) -> tuple[bool, int]:
        return encrypts(token, wanted), _RANK[protection(token, wanted)]

    fitting = [t for t in tokens if t.TokenType.name == kind]
    if kind == "Anonymous":
        return fitting[0] if fitting else None
    return max((t for t in fitting if protection(t, wanted) in POLICIES), key=strength, default=None)
