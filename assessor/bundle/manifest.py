"""The manifest: what a bundle holds, member by member, and who vouches for it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from assessor.domain import Digest, Message, Noun, Time


class ManifestMember(Noun):
    """One file of the bundle; a withheld one is named with its digest and the reason, and is not inside."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._/-]*$", max_length=200)]
    sha256: Digest
    bytes: Annotated[int, Field(ge=0)]
    withheld: Message | None = None


class Manifest(Noun):
    """Signed as a whole: its bytes in the bundle are what the signature covers."""

    format: Literal["assessor-bundle/1"]
    kind: Literal["sample", "assessment"]
    product: str
    """Version of the product that wrote it."""
    made: Time
    truncated: bool
    """Sampling was cut short: by a person, a fault or a killed process."""
    source: Digest | None = None
    """Of an assessment bundle: digest of the manifest of the bundle it was made from; None where it was made from
    answers alone."""
    algorithm: Literal["ed25519"]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    fingerprint: str
    members: tuple[ManifestMember, ...]

    @model_validator(mode="after")
    def _once(self) -> "Manifest":
        if len({m.name for m in self.members}) != len(self.members):
            raise ValueError("a member is listed twice")
        return self

    @property
    def inside(self) -> tuple[ManifestMember, ...]:
        """Members that the bundle itself holds."""
        return tuple(m for m in self.members if m.withheld is None)
