"""SEND one-time codes: to the terminal, by mail, or by what an operator plugs in for text messages."""

import smtplib
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from importlib import import_module

from assessor.desk.desk import Sender
from assessor.domain import Message
from assessor.errors import InputError, StorageError
from assessor.messages import render


class Console:
    """Prints the code where the server runs: for one's own laptop, and for trying."""

    name = "console"

    def send(self, contact: str, text: str) -> None:
        print(f"{contact}: {text}", file=sys.stderr, flush=True)  # noqa: T201 - printing is what it is for


@dataclass(frozen=True)
class Mail:
    """Sends by SMTP, with STARTTLS where the server offers it."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    name = "smtp"

    def send(self, contact: str, text: str) -> None:
        if "@" not in contact:
            raise InputError(Message(id="desk.mail_only"))
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, contact
        mail["Subject"] = render("desk.mail_subject", "zh") + " / " + render("desk.mail_subject", "en")
        mail.set_content(text)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=10) as server:
                if server.has_extn("starttls"):
                    server.starttls()
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as problem:
            raise StorageError(Message(id="desk.not_sent")) from problem


def plugged(name: str) -> Sender:
    """A sender by 'module:name', called without arguments: how an operator brings a gateway for text messages."""
    module, _, attribute = name.partition(":")
    try:
        made: Sender = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError, ValueError) as problem:
        raise InputError(Message(id="desk.no_sender", params={"name": name})) from problem
    return made
