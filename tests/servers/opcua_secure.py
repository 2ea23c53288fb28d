"""A secured OPC UA server in a process of its own: `opcua_secure.py FOLDER [what ...]`. Simulated.

FOLDER holds `server.der` and `server.pem`, and `user.der`, the certificate of a user. It writes FOLDER/log: every
request's type, and every activation as 'user NAME ok' or 'user NAME no'. It knows the user 'reader' with the
password of the environment variable TEST_PASSWORD. `what` asks for special behaviour: 'none-only' offers no
security; 'named' refuses anonymous sessions; 'distrust' trusts no client; 'elsewhere' advertises an address
that is not its own; 'hang-up' closes the line on a log-in; 'chain' adds FOLDER/issuer.der to its own certificate;
'silent' never answers FindServers, 'refuse' refuses it; a number is the port to take.
"""

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.uaprocessor import UaProcessor

sys.path.insert(0, str(Path(__file__).parent))
from opcua_small import free_port

SECURED = sorted(
    (t for t in ua.SecurityPolicyType if t.name.endswith(("_Sign", "_SignAndEncrypt"))),
    key=lambda t: not t.name.startswith("Basic256Sha256"),  # the first is what its user tokens are encrypted by
)


class Users:
    """Who may come in."""

    def __init__(self, folder: Path, log: Any, named: bool) -> None:
        self.certificate, self.log, self.named = (folder / "user.der").read_bytes(), log, named

    def get_user(self, _: Any, username: Any = None, password: Any = None, certificate: Any = None) -> Any:
        if username is not None:
            fits = (username, password) == ("reader", os.environ["TEST_PASSWORD"])
        else:
            fits = certificate == self.certificate or not self.named
        who = username or ("certificate" if certificate == self.certificate else "nobody")
        self.log(f"user {who} {'ok' if fits else 'no'}")
        return User(role=UserRole.User, name=who) if fits else None


def record(log: Any, what: list[str]) -> None:
    inner = UaProcessor._process_message

    async def process(self: Any, typeid: Any, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        name = ua.ObjectIdNames.get(typeid.Identifier, str(typeid.Identifier)).partition("Request")[0]
        log(name)
        if name == "FindServers" and "silent" in what:
            return True
        if name == "FindServers" and "refuse" in what:
            raise ua.uaerrors.BadServiceUnsupported
        if name == "ActivateSession" and "hang-up" in what:
            self._transport.close()
            return False
        return await inner(self, typeid, requesthdr, seqhdr, body)

    UaProcessor._process_message = process  # type: ignore[method-assign]


async def main(folder: Path, what: list[str]) -> None:
    def log(line: str) -> None:
        with (folder / "log").open("a") as file:
            file.write(line + "\n")

    record(log, what)
    port = next((int(w) for w in what if w.isdigit()), None) or free_port()
    server = Server(user_manager=Users(folder, log, "named" in what))
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    server.set_server_name("secured test server (simulated)")
    await server.set_application_uri("urn:test:secured")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity, *([] if "none-only" in what else SECURED)])
    tokens = [ua.AnonymousIdentityToken, ua.X509IdentityToken, ua.UserNameIdentityToken]
    server.set_identity_tokens(tokens[1:] if "named" in what else tokens)
    if "none-only" not in what:
        await server.load_certificate(folder / "server.der")
        await server.load_private_key(folder / "server.pem")
    if "distrust" in what:

        async def refuse(*_: Any) -> None:
            raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)

        server.set_certificate_validator(refuse)
    own = await server.register_namespace("urn:test:nodes")
    press = await server.nodes.objects.add_object(ua.NodeId("Press", own), ua.QualifiedName("Press", own))
    for name in ("Force", "Speed"):
        await press.add_variable(ua.NodeId(name, own), ua.QualifiedName(name, own), 1.5)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    if "elsewhere" in what:
        server.iserver._mangle_endpoint_url = lambda *_, **__: "opc.tcp://192.0.2.7:4840/far"
    async with server:
        if "chain" in what:
            for endpoint in server.iserver.endpoints:
                endpoint.ServerCertificate += (folder / "issuer.der").read_bytes()
        sys.stdout.write(json.dumps({"address": f"opc.tcp://127.0.0.1:{port}/"}) + "\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
