"""The kinds of expert opinion as data: how each is priced, and which papers it requires.

A kind is priced by one tariff row of the service `expert` with the dimensions {"kind": kind}, a price a visit; where
`by_area` says so, a second row {"kind": kind, "per": "square_metre"} adds a price a square metre as soon as the revenue
unit has set one. Source: services.md, "3. Expert opinion fee".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.fields.types import Choice, ReadingContext
from domain.language.service import Papers
from domain.parsing.answers import read_choice
from domain.parsing.names import EXPERT_KINDS, EXPERT_KINDS_IN_SHORT
from domain.values.errors import InvalidField, UnknownKind
from domain.values.text import fold, shown


@dataclass(frozen=True, slots=True)
class OpinionKind:
    """One kind: `papers` must be there before it is priced, `by_area` lets the tariff count square metres too."""

    key: str
    papers: tuple[str, ...]
    by_area: bool = True


KINDS: Mapping[str, OpinionKind] = {
    one.key: one
    for one in (
        OpinionKind("valuation", ("deed", "national_card")),
        OpinionKind("subdivision", ("deed", "national_card", "plan")),
        OpinionKind("building_permit", ("deed", "national_card", "plan")),
        OpinionKind("completion", ("deed", "national_card", "permit")),
        OpinionKind("boundary", ("deed", "national_card")),
        OpinionKind("tree_felling", ("national_card", "photo"), by_area=False),
        OpinionKind("other", ("national_card",), by_area=False),
    )
}
"""Every kind by its id (channels.md), in the order of menus; their names are under `choices.kind`."""

PAPER_NAMES = ("deed", "national_card", "plan", "permit", "photo", "visit_photo", "other_paper")
"""All papers that can be added; their names are under `choices.document`."""

_WORDS = {key: (*EXPERT_KINDS.get(key, ()), *EXPERT_KINDS_IN_SHORT.get(key, ())) for key in KINDS}


def required_papers(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the papers that a form's kind requires."""
    kind = KINDS.get(str(fields.get("kind")))
    return kind.papers if kind else ()


PAPERS = Papers(PAPER_NAMES, required_papers, by_staff=frozenset({"visit_photo"}))


@dataclass(frozen=True, slots=True)
class KindName(Choice):
    """A kind by its id or by any name that people give it."""

    words: str | None = "kind"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Return the kind; `UnknownKind`."""
        text = str(raw)
        if fold(text) in KINDS:
            return fold(text)
        try:
            return read_choice(text, _WORDS)
        except InvalidField:
            raise UnknownKind(detail="choice", given=shown(text)[:30]) from None
