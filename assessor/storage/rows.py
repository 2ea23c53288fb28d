"""From a row to what it is kept as."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Table

T = TypeVar("T")


def one(kind: type[T], connection: Connection, statement: Executable) -> T | None:
    """The first row, or None."""
    found = connection.execute(statement)
    names, row = tuple(found.keys()), found.first()
    return None if row is None else made(kind, names, row)


def many(kind: type[T], connection: Connection, statement: Executable) -> list[T]:
    """All rows, in the order of the statement."""
    found = connection.execute(statement)
    names = tuple(found.keys())
    return [made(kind, names, row) for row in found]


def columns(kind: type[Any], table: Table) -> list[Any]:
    """The columns of a table that a value is made of."""
    return [table.c[field.name] for field in fields(kind)]


def made(kind: type[T], names: tuple[str, ...], row: Row[Any]) -> T:
    return kind(**dict(zip(names, row, strict=True)))


def insert_all(connection: Connection, table: Table, values: Iterable[dict[str, Any]]) -> None:
    """Several rows; none is fine."""
    if rows := list(values):
        connection.execute(table.insert(), rows)
