"""Values for every type of the contract, drawn from its facets: what is allowed, and what is nearly so."""

import re
from random import Random
from typing import Any

from hypothesis import strategies as st

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.schema import SchemaElement, SchemaRecord, SchemaType, SimpleType

HEAD = {member.name for member in shapes.REQUEST_HEAD}

WORDS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(0x20))) + "\ufffe\uffff"
    )
)
"""Text that XML can hold: any letter, sign, joiner, mark or blank."""

EDGES = {
    "xs:date": [
        "2026-11-25",
        "0001-01-01",
        "9999-12-31",
        "12026-11-25",
        "-0044-03-15",
        "2026-02-29",
        "2024-02-29",
        "2026-11-25+14:00",
        "2026-11-25-14:00",
        "2026-11-25Z",
        "1405-09-04",
        "9999-12-31-14:00",
    ],
    "xs:long": ["0", "1", "-0", "+7", "00012", "9223372036854775807", "9223372036854775808", "32000000"],
    "xs:int": ["0", "1", "+1", "2147483647", "1400", "1405", "1500", "12", "200"],
    "xs:decimal": ["0.5", "24", "+4", "4.", ".75", "04.500000000000000000000000000001", "23.999999999999999999", "-1"],
    "xs:base64Binary": ["JVBERi0xLjc=", " JVBE Ri0x\nLjc= ", "AA==", "/9j/", "iVBORw0KGgo=", "UklGRgAAAABXRUJQ"],
    "xs:boolean": ["true", "false", "1", "0"],
}
"""Values at the borders of the bases."""

USUAL = {"xs:date": "2026-11-25", "xs:long": "32000000", "xs:decimal": "4"}
"""Values of most calls, so that many examples go all the way."""

FAMILIAR = [
    "0499370899",
    "09121234567",
    "123456789",
    "12ت345-59",
    "08:00",
    "8:30",
    "23:59:00",
    "07:15:59.25",
    "114",
    "machinery",
    "expert_opinion",
    "submitted",
    "photo",
    "9999999999999999999",
    "9223372036854775808",
    "IR820540102680020817909002",
    "۱۲۳",
    "2-14-15-20",
]
"""Values that some reader takes for its own."""


_NO_NUMBERS = ("NaN", "sNaN", "nan123", "INF", "-Infinity", "1e400", "1E+999999999", "0x10", "1_0", "٤٫٥", "9" * 5000)
_NO_MOMENTS = ("24:00", "25:61:99", "2026-02-30", "1405-13-01", "99999999999999-01-01", "2026-11-25T10:00:00+99:99")
HOSTILE = st.sampled_from([*_NO_NUMBERS, *_NO_MOMENTS, "===", "%s"])
"""Texts on which readers of numbers, days, moments and files are known to stumble."""


def hostile(said: Any, chance: Random, text: str) -> Any:
    """Return values of a request in which one text is another."""
    if isinstance(said, dict) and said:
        name = chance.choice(sorted(said))
        return said | {name: hostile(said[name], chance, text)}
    if isinstance(said, list) and said:
        return [hostile(said[0], chance, text), *said[1:]]
    return said if isinstance(said, dict | list) else text


def of(record: SchemaRecord, code: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return values of a request besides its head; `code` is a tracking code that exists."""
    return _record(record, code)


def _record(record: SchemaRecord, code: str) -> st.SearchStrategy[dict[str, Any]]:
    members = [member for member in record.members if member.name not in HEAD]
    return st.tuples(*(_member(member, code) for member in members)).map(
        lambda said: {member.name: one for member, one in zip(members, said, strict=True) if one is not _LEFT_OUT}
    )


_LEFT_OUT = object()


def _member(member: SchemaElement, code: str) -> st.SearchStrategy[Any]:
    one = _type(member.value_type, code)
    if member.repeated:
        return st.lists(one, min_size=1, max_size=3)
    return one if member.required else st.just(_LEFT_OUT) | one


def _type(kind: SchemaType, code: str) -> st.SearchStrategy[Any]:
    if isinstance(kind, SchemaRecord):
        return _record(kind, code)
    if kind.name == "TrackingCode":
        return st.sampled_from([code, code, f"{code[:3]} {code[3:6]}-{code[6:]}"]) | _simple(kind)
    return _simple(kind)


def familiar(kind: SimpleType, pattern: str) -> list[str]:
    """Return the known values of a type's base that its pattern allows: a number is none of the longer codes."""
    return [one for one in EDGES.get(kind.xsd_base, FAMILIAR) if re.fullmatch(pattern, one)]


def _simple(kind: SimpleType) -> st.SearchStrategy[str]:
    facets = dict(kind.facets)
    if "enumeration" in facets:
        return st.sampled_from([value for name, value in kind.facets if name == "enumeration"])
    if pattern := facets.get("pattern"):
        known = familiar(kind, pattern)
        drawn = st.from_regex(rf"\A(?:{pattern})\Z")
        return st.sampled_from(known) | st.sampled_from(known) | st.sampled_from(known) | drawn if known else drawn
    found: list[st.SearchStrategy[str]] = [st.sampled_from(EDGES.get(kind.xsd_base, FAMILIAR))]
    if kind.xsd_base in {"xs:token", "xs:string"}:
        most = min(int(facets.get("maxLength", "100")), 300)
        found.append(WORDS.map(lambda text: text[:most] or " "))
    if kind.xsd_base in USUAL:
        found.append(st.just(USUAL[kind.xsd_base]))
    if "minInclusive" in facets and "maxInclusive" in facets:
        found.append(st.sampled_from([facets["minInclusive"], facets["maxInclusive"]]))
    return st.one_of(found)
