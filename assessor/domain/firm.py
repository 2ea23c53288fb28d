"""Where a firm lies and how large it is, as rules of payment and providers ask: by lists that are data."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Noun, Slug, Status, Text

Size = Literal["micro", "small", "medium", "large"]
CITY = re.compile(r"[\u4e00-\u9fff]{2,8}?[市省]")


class District(Noun):
    """A district or county of a city, by its full name: 松江区."""

    id: Slug
    name: Text
    elsewhere: bool = False
    """The same name stands in another city too: alone it does not tell which."""


class Located(Noun):
    """What an address tells of one city."""

    inside: bool | None
    """None: it does not tell."""
    district: Slug | None = None
    """None: none of those listed is named."""


class Region(Noun):
    """A city, and how an address shows that it lies there."""

    format: Literal["assessor-region/1"]
    id: Slug
    name: Text
    """Without 市, as addresses have it: 上海."""
    source: Text
    status: Status
    option: Slug | None = None
    """The answer of the bank that says so too, where the address does not tell."""
    districts: tuple[District, ...] = ()

    def located(self, address: Text | None, answers: Mapping[str, Fraction] | None = None) -> Located:
        """Does an address lie here, and in which district? An answer counts where the address is silent."""
        inside = None if address is None else self._inside(address)
        district = None if address is None or inside is False else self._district(address)
        if inside is None and any(d.id == district and not d.elsewhere for d in self.districts):
            inside = True
        if inside is None and self.option is not None and self.option in (answers or {}):
            inside = (answers or {})[self.option] == 1
        return Located(inside=inside, district=district if inside else None)

    def _inside(self, address: Text) -> bool | None:
        """Another city or province that is named excludes; a street of this name does not include."""
        zh, city = address.zh, self.name.zh
        if f"{city}市" in zh:
            return True
        if CITY.search(zh):
            return False
        if re.search(rf"{city}(?![东南西北中]?[路街道])", zh):
            return True
        return True if re.search(rf"\b{self.name.en}\b", address.en, re.IGNORECASE) else None

    def _district(self, address: Text) -> Slug | None:
        """The full name that stands first; else a short one at the beginning, 松江 of 松江经济技术开发区."""
        zh = address.zh
        found = [(zh.index(d.name.zh), d.id) for d in self.districts if d.name.zh in zh]
        if found:
            return min(found)[1]
        rest = re.sub(rf"^.*?{self.name.zh}市?", "", zh).lstrip()
        short = ((re.sub("(新区|区|县)$", "", d.name.zh), d.id) for d in self.districts)
        by_start = next((id_ for name, id_ in short if rest.startswith(name)), None)
        named = (d for d in self.districts if re.search(rf"\b{d.name.en}\b", address.en, re.IGNORECASE))
        return by_start or next((d.id for d in named), None)


class SizeBand(Noun):
    """A class of firms: it begins where both bounds are reached."""

    size: Size
    employees: Annotated[int, Field(ge=0)]
    revenue: Annotated[int, Field(ge=0)]
    """Yuan a year."""


class SizeRule(Noun):
    """How firms are classed (中小企业划型): a firm is of the highest class both bounds of which it reaches."""

    format: Literal["assessor-sizes/1"]
    id: Slug
    title: Text
    source: Text
    status: Status
    revenue: Slug | None = None
    """The question that asks for yearly revenue; None: the bank has none, so people alone decide."""
    revenue_unit: Annotated[int, Field(ge=1)] = 1
    """Yuan that its unit stands for."""
    bands: Annotated[tuple[SizeBand, ...], Field(min_length=1)]
    """From the smallest up."""

    def may_be(self, employees: int | None, revenue: Fraction | None = None) -> tuple[Size, ...]:
        """Every class that a firm may belong to, by what is known. Revenue in yuan a year."""
        reached = [(_reaches(employees, b.employees), _reaches(revenue, b.revenue)) for b in self.bands]
        highest = max((i for i, pair in enumerate(reached) if False not in pair), default=0)
        lowest = max((i for i, pair in enumerate(reached) if pair == (True, True)), default=0)
        return tuple(band.size for band in self.bands[lowest : highest + 1])


def _reaches(value: int | Fraction | None, bound: int) -> bool | None:
    """What a bound of nothing asks for is reached by whatever is not known."""
    return bound <= 0 or (None if value is None else value >= bound)
