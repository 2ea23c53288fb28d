"""The read-only rule as a reading of the source: no connector even names a call that writes."""

import ast
from pathlib import Path

import pytest

CONNECTORS = Path(__file__).parent.parent / "connectors"
FILES = [f for f in sorted(CONNECTORS.rglob("*.py")) if "simulator" not in f.relative_to(CONNECTORS).parts]
WRITES = (
    "write_",
    "set_value",
    "set_writable",
    "set_attribute",
    "call_method",
    "add_nodes",
    "add_references",
    "delete_nodes",
    "delete_references",
    "history_update",
    "register_server",
    "mask_write",
    "readwrite_",
    "diag_",
    "restart_",
    "clear_",
)
EXACT = {"call", "write_coil", "write_coils", "WriteRequest", "CallRequest", "HistoryUpdateRequest"}
SENDERS = {"send_raw", "execute"}


def named(tree: ast.AST) -> list[tuple[int, str]]:
    """Every attribute that is read or called, and every name imported, with its line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.append((node.lineno, node.attr))
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "eval", "exec"}:
            found += [(node.lineno, a.value) for a in node.args if isinstance(a, ast.Constant)]
    return [(line, str(name)) for line, name in found]


def offences(source: str) -> list[tuple[int, str]]:
    return [
        (line, name)
        for line, name in named(ast.parse(source))
        if name.startswith(WRITES) or name in EXACT | SENDERS
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(CONNECTORS)))
def test_a_connector_names_nothing_that_writes(file: Path) -> None:
    assert offences(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "await node.write_value(1)",
        "client.write_register(1, 2)",
        "getattr(client, 'write_coil')(1)",
        "await objects.call_method('x')",
        "await session.call([])",
        "from asyncua.ua import WriteRequest",
        "f = client.uaclient.history_update",
    ],
)
def test_the_reading_finds_what_it_looks_for(source: str) -> None:
    assert offences(source)


def test_only_the_guarded_modules_open_connections() -> None:
    """A client library, or a socket, is touched where the guard is; nowhere else."""
    for file in FILES:
        tree = ast.parse(file.read_text("utf-8"))
        modules = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
        opens = {"socket", "http", "urllib.request", "pysunspec2", "sunspec2.modbus.client"} & modules
        assert not opens, f"{file}: {opens}"
        if "Client" in names or any("Client" in name and name.startswith("Async") for name in names):
            source = file.read_text("utf-8")
            assert "Guard" in source, f"{file} makes a client without the guard"
