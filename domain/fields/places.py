"""A place: an address in words, a point on the map, or both.

It is kept as one text, the point behind the words as a `geo:` address (RFC 5870), so that whoever writes an address
needs to know nothing of points. Shown, the point is a link to a map that opens without an account or an application.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from domain.fields.types import ReadingContext, Text, TextLookup
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

MAP_ADDRESS = "https://osm.org/?mlat={latitude}&mlon={longitude}"
"""Address of a map with the point marked."""

_SEARCH_ADDRESS = "https://osm.org/search?{query}"

_POINT = re.compile(r"(?:^|\s)geo:(?P<latitude>-?[0-9]{1,2}\.[0-9]{5}),(?P<longitude>-?[0-9]{1,3}\.[0-9]{5})$")

_LINK_UNITS = len(MAP_ADDRESS.format(latitude="37.07123", longitude="54.07123"))

_LATITUDES, _LONGITUDES = (24.0, 40.5), (43.5, 64.0)
"""Between which all of Iran lies, in degrees north and east."""


def write_place(address: str, latitude: float, longitude: float) -> str:
    """Return a place as it is kept: an address, which may be empty, and a point to about a metre."""
    return f"{address} geo:{latitude:.5f},{longitude:.5f}".strip()


def has_point(place: str) -> bool:
    """Return whether a place is, or has, a point on the map."""
    return _POINT.search(place) is not None


def find_map_link(place: str) -> str:
    """Return where the point of a place is shown; empty where it has none."""
    point = _POINT.search(place)
    return MAP_ADDRESS.format_map(point.groupdict()) if point else ""


def find_map_search(address: str) -> str:
    """Return where the map shows what it finds by an address in words."""
    return _SEARCH_ADDRESS.format(query=urlencode({"query": address}))


def read_place(point_text: str, reading_context: ReadingContext) -> str:
    """Return the place that a point in degrees is (`37.07123,54.07123`); `InvalidField`."""
    return Place().parse(f"geo:{point_text}", reading_context)


@dataclass(frozen=True, slots=True)
class Place(Text):
    """An address in the writer's own words, or with a point on the map."""

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Read as a text; a point has to be in Iran, and the words beside it leave room for the link."""
        place = Text.parse(self, raw_value, reading_context)
        if (point := _POINT.search(place)) is None:
            return place
        if not (_LATITUDES[0] <= float(point["latitude"]) <= _LATITUDES[1]) or not (
            _LONGITUDES[0] <= float(point["longitude"]) <= _LONGITUDES[1]
        ):
            raise InvalidField(reason=InvalidReason.FAR_POINT)
        address = place[: point.start()].strip()
        return f"{address[: self.max_length - _LINK_UNITS - 1].rstrip()}{place[point.start() :]}".strip()

    def find_address(self, value: Any) -> str:
        """Return the words without the point."""
        return _POINT.sub("", str(value))

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the words; a point as a link before them, which no text cuts off."""
        link = find_map_link(str(value))
        if not link:
            return str(value)
        address = _POINT.sub("", str(value)).strip()
        return f"{link} {address}" if address else f"{catalogue_text('units.map_point')} {link}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that stand for a point without an address."""
        return ("units.map_point",)
