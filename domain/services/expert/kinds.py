"""The kinds of expert opinion as data: how each is priced, and which papers it requires.

A kind is priced by one tariff row of the service `expert` with the dimensions {"kind": kind}, a price a visit; where
`by_area` says so, a second row {"kind": kind, "per": "square_metre"} adds a price a square metre as soon as the revenue
unit has set one. Source: services.md, "3. Expert opinion fee".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.fields.types import Choice, ReadingContext
from domain.language.papers import ServicePapers
from domain.parsing.answers import read_choice
from domain.services.expert.vocabulary import KIND_NAMES, KIND_NAMES_IN_SHORT
from domain.values.errors import InvalidField, UnknownKind
from domain.values.reasons import UnknownKindReason
from domain.values.text import fold_text, tidy_text


@dataclass(frozen=True, slots=True)
class OpinionKind:
    """One kind of expert opinion."""

    key: str
    """Its name in the form, in texts and in tariffs."""
    papers: tuple[str, ...]
    """Papers required before it is priced."""
    by_area: bool = True
    """The tariff may count square metres too."""


OPINION_KINDS: Mapping[str, OpinionKind] = {
    opinion_kind.key: opinion_kind
    for opinion_kind in (
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

_WORDS_BY_KIND = {key: (*KIND_NAMES.get(key, ()), *KIND_NAMES_IN_SHORT.get(key, ())) for key in OPINION_KINDS}


def list_required_papers(form_values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the papers that a form's kind requires."""
    opinion_kind = OPINION_KINDS.get(str(form_values.get("kind")))
    return opinion_kind.papers if opinion_kind else ()


OPINION_PAPERS = ServicePapers(PAPER_NAMES, list_required_papers, staff_papers=frozenset({"visit_photo"}))


@dataclass(frozen=True, slots=True)
class KindName(Choice):
    """A kind by its id or by any name that people give it."""

    choice_table: str | None = "kind"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Return the kind; `UnknownKind`."""
        kind_text = str(raw_value)
        if fold_text(kind_text) in OPINION_KINDS:
            return fold_text(kind_text)
        try:
            return read_choice(kind_text, _WORDS_BY_KIND)
        except InvalidField:
            raise UnknownKind(reason=UnknownKindReason.CHOICE, given=tidy_text(kind_text)[:30]) from None
