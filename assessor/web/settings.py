"""How this installation runs, from the environment alone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from assessor.desk.desk import Sender
from assessor.desk.sending import Console, Mail, plugged
from assessor.home import home
from assessor.visit.reach import Reach, read_reach


@dataclass(frozen=True)
class OpenId:
    """Another house that vouches for people."""

    issuer: str
    client: str
    secret: str
    name: str


@dataclass(frozen=True)
class Settings:
    database: str
    sender: Sender
    public: str = ""
    """The address that people use, such as https://assess.example.cn; empty: whatever they came by."""
    demo: bool = False
    """Is there a plant to try, open to everybody who comes?"""
    open: bool = True
    """May whoever has a phone or a mailbox begin for a factory of their own?"""
    openid: OpenId | None = None
    reach: Reach | None = None
    """Where this machine may go looking for the machines of a plant; None: it samples nothing."""
    others: tuple[str, ...] = ()
    """Addresses by which other devices in its networks reach it, where it listens to them."""

    @property
    def secure(self) -> bool:
        """Is it reached by https? Cookies then never travel otherwise."""
        return urlsplit(self.public).scheme == "https"

    @property
    def cookie(self) -> str:
        return "__Host-assessor" if self.secure else "assessor"


def settings(of: Mapping[str, str] = os.environ) -> Settings:
    """Read them. Raises InputError for a sender that does not exist, or a network that is none."""
    issuer = of.get("ASSESSOR_OIDC_ISSUER", "")
    return Settings(
        database=of.get("DATABASE_URL") or f"sqlite:///{home() / 'assessor.db'}",
        sender=_sender(of),
        public=of.get("ASSESSOR_PUBLIC_URL", "").rstrip("/"),
        demo=of.get("ASSESSOR_DEMO") == "1",
        open=of.get("ASSESSOR_OPEN", "1") == "1",
        reach=read_reach(of.get("ASSESSOR_SAMPLE", "")),
        openid=OpenId(
            issuer.rstrip("/"),
            of.get("ASSESSOR_OIDC_CLIENT", ""),
            of.get("ASSESSOR_OIDC_SECRET", ""),
            of.get("ASSESSOR_OIDC_NAME", urlsplit(issuer).hostname or issuer),
        )
        if issuer
        else None,
    )


def _sender(of: Mapping[str, str]) -> Sender:
    name = of.get("ASSESSOR_SENDER", "console")
    if name == "console":
        return Console()
    if name == "smtp":
        return Mail(
            host=of.get("SMTP_HOST", "localhost"),
            port=int(of.get("SMTP_PORT", "587")),
            sender=of.get("SMTP_FROM", "assessor@localhost"),
            user=of.get("SMTP_USER", ""),
            password=of.get("SMTP_PASSWORD", ""),
        )
    return plugged(name)
