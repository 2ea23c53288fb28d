"""From a row to what it is kept as."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Table

T = TypeVar("T")


def one(kind: type[T], connection: Connection, statement: Executable) -> T | None:
    """The first row, or None."""
    row = connection.execute(statement).first()
    return None if row is None else made(kind, row)


def many(kind: type[T], connection: Connection, statement: Executable) -> list[T]:
    """All rows, in the order of the statement."""
    return [made(kind, row) for row in connection.execute(statement)]


def columns(kind: type[Any], table: Table) -> list[Any]:
    """The columns of a table that a value is made of."""
    return [table.c[field.name] for field in fields(kind)]


def made(kind: type[T], row: Row[Any]) -> T:
    values = {name: tuple(v) if name == "scopes" else v for name, v in row._mapping.items()}
    return kind(**values)


def insert_all(connection: Connection, table: Table, values: Iterable[dict[str, Any]]) -> None:
    """Several rows; none is fine."""
    if rows := list(values):
        connection.execute(table.insert(), rows)
