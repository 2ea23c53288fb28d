"""PLAN reads: as few requests as the device's limits and its map allow. Pure."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from assessor.domain import Point


class Block(NamedTuple):
    """One request: a run of registers and the points inside it."""

    fc: int
    start: int
    length: int
    points: tuple[Point, ...]

    def halves(self) -> tuple["Block", ...]:
        """Two smaller requests for the same points, to find the register that a device refuses."""
        middle = len(self.points) // 2
        return tuple(_block(part) for part in (self.points[:middle], self.points[middle:]) if part)


def plan(points: Iterable[Point], most: int, gaps: bool) -> tuple[Block, ...]:
    """Group points into requests of at most `most` registers; over gaps only where the map allows it.

    A value is never split over two requests, so that it is never put together from two moments. One that is
    wider than a request may be is not read.
    """
    blocks: list[Block] = []
    by_place = sorted((p for p in points if p.size <= most), key=lambda p: (p.fc, p.at))
    for _, of_table in groupby(by_place, key=lambda p: p.fc):
        run: list[Point] = []
        for point in of_table:
            if run and not _fits(run, point, most, gaps):
                blocks.append(_block(run))
                run = []
            run.append(point)
        blocks.append(_block(run))
    return tuple(blocks)


def _fits(run: list[Point], point: Point, most: int, gaps: bool) -> bool:
    adjacent = point.at <= max(p.at + p.size for p in run)  # bits of one register stand at one address
    return (gaps or adjacent) and point.at + point.size - run[0].at <= most


def _block(points: Iterable[Point]) -> Block:
    held = tuple(points)
    end = max(point.at + point.size for point in held)
    return Block(held[0].fc, held[0].at, end - held[0].at, held)
