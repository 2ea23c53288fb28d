"""Other houses on this machine, real ones with a socket: one vouches for people (OpenID Connect), one takes mail
(SMTP)."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


@dataclass
class Provider:
    """A house that vouches for people; a test changes what it says next."""

    issuer: str = ""
    client: str = "assessor"
    claims: dict[str, Any] = field(default_factory=dict)
    """Beside those that are right."""
    without: tuple[str, ...] = ()
    key: Any = field(default_factory=lambda: KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    broken: dict[str, bytes] = field(default_factory=dict)
    """Answers by path, in place of the right ones."""
    nonce: str = ""
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    """What came to the token endpoint."""

    def answer(self, path: str) -> bytes:
        if path in self.broken:
            return self.broken[path]
        told: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            },
            "/keys": {"keys": [KEY.as_dict(private=False)]},
            "/token": {"access_token": "a", "token_type": "Bearer", "id_token": self._signed()},
        }  # fmt: skip
        return json.dumps(told[path]).encode()

    def _signed(self) -> str:
        now = int(time())
        right = {"iss": self.issuer, "aud": self.client, "sub": "person-1", "iat": now, "exp": now + 300}
        said = right | {"nonce": self.nonce, "name": "李工"} | self.claims
        return jwt.encode(self.header, {k: v for k, v in said.items() if k not in self.without}, self.key)


@contextmanager
def provider() -> Iterator[Provider]:
    held = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(self.path)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            held.asked.append(parse_qs(body) | {"authorization": [self.headers.get("authorization", "")]})
            self._send(self.path)

        def _send(self, path: str) -> None:
            body = held.answer(path)
            self.send_response(200 if body != b"refused" else 400)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.issuer = f"http://127.0.0.1:{server.server_port}"
        with _running(server):
            yield held


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)


@dataclass
class Mailbox:
    """A server that takes mail, and says no where it is told to."""

    port: int = 0
    refuses: str = ""
    """A command that it answers with 550."""
    got: list[tuple[str, str, str]] = field(default_factory=list)
    """From, to, and the mail itself."""


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    held = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 ready")
            sender = to = ""
            for raw in self.rfile:
                line = raw.decode().strip()
                verb = line[:4].upper()
                if verb == held.refuses:
                    self.say("550 not here")
                elif verb == "MAIL":
                    sender = line[10:]
                    self.say("250 yes")
                elif verb == "RCPT":
                    to = line[8:]
                    self.say("250 yes")
                elif verb == "DATA":
                    self.say("354 go on")
                    text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                    held.got.append((sender, to, text))
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 yes")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        held.port = server.server_address[1]
        with _running(server):
            yield held
