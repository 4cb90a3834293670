"""The parts of papers fill their blocks from facts; `check_services` finds papers that could not be printed."""

from dataclasses import replace
from typing import Any

import pytest

from domain.blocks.receipts import receipt_for_roles
from domain.check import check_services
from domain.language.printouts import (
    BarcodePart,
    FactsPart,
    PaperContext,
    PaperPart,
    Printable,
    QuotedPart,
    SignaturesPart,
    TablePart,
    TextPart,
)
from domain.messages.catalogue import Catalogue
from domain.papers.document import Barcode, Facts, PaperFact, PaperTable, Paragraphs, Signatures
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from domain.values.identifiers import mask_name
from domain.values.money import amount_in_words
from domain.values.text import isolate_left_to_right
from tests.support.tables import each_row

PAGE = PaperContext(
    paper_text=str.upper,
    fact_label=lambda name: f"[{name}]",
    fact_values={"name": "آنه", "text": "یک\n\nدو\n", "digits": "1234"},
    fact_rows={"units": [{"code": "L1"}, {"code": "L2", "hours": "۴"}]},
)
BASE = "services.machinery.printouts.form"


@each_row(
    ("part", "block"),
    [
        (TextPart("intro"), Paragraphs(("WORDS.INTRO",))),
        (QuotedPart("text"), Paragraphs(("یک", "دو"))),
        (QuotedPart("nothing"), Paragraphs(())),
        (FactsPart(("name", "other")), Facts((PaperFact("[name]", "آنه"),))),
        (
            FactsPart(("name", "other"), frozenset({"other"})),
            Facts((PaperFact("[name]", "آنه"), PaperFact("[other]", ""))),
        ),
        (FactsPart(("other",)), None),
        (TablePart("units", ("code", "hours")), PaperTable(("[code]", "[hours]"), (("L1", ""), ("L2", "۴")))),
        (TablePart("none", ("code",)), PaperTable(("[code]",), ())),
        (SignaturesPart(("a", "b")), Signatures(("SIGNATURES.A", "SIGNATURES.B"))),
        (BarcodePart("digits"), Barcode("1234")),
        (BarcodePart("none"), None),
    ],
)
def test_a_part_makes_its_block(part: PaperPart, block: object) -> None:
    assert part.build_block(PAGE) == block


@pytest.mark.parametrize(
    ("name", "shown"),
    [("آنه محمدی", "آ… م…"), ("سیدمحمد‌حسین  حسینی‌گمیشانی", "س… ح…"), ("Ann", "A…"), ("", "")],
)
def test_a_masked_name_tells_its_first_letters(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_a_plate_stands_as_on_the_car() -> None:
    assert isolate_left_to_right("۱۲ت۳۴۵-۵۹") == "\u2066۱۲ت\u200e۳۴۵-\u200e۵۹\u2069"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1_000, "یک هزار"),
        (35_200_000, "سی و پنج میلیون و دویست هزار"),
        (99_999_999_000, "نود و نه میلیارد و نهصد و نود و نه میلیون و نهصد و نود و نه هزار"),
    ],
)
def test_an_amount_in_words(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def flaws(printable: Printable, **texts: Any) -> set[str]:
    """Findings of `check_services` when machinery prints this paper, with these texts."""
    own = Catalogue.load({"services": {"machinery": {"printouts": {"form": {"title": "فرم", **texts}}}}})
    verified = [paper for paper in MACHINERY_WORK.printables if paper.token_field]  # its token is kept in any case
    service = replace(MACHINERY_WORK, printables=(printable, *verified))
    return {
        f"{flaw.kind}: {flaw.subject}" for flaw in check_services([service], own) if flaw.service_key == service.key
    }


def form(*parts: PaperPart, **changes: Any) -> Printable:
    """A paper of the civil unit."""
    return replace(Printable("form", frozenset({Role.CIVIL}), parts), **changes)


def test_a_paper_that_is_in_order() -> None:
    whole = form(
        TextPart("intro"),
        FactsPart(("place", "hours")),
        SignaturesPart(("civil",)),
        valid_states=("paid",),
        date_fact="booked_start",
        verified_facts=("date",),
        holder_fact="full_name",
    )
    assert (
        flaws(
            replace(whole, gathered_facts=("hours",)),
            words={"intro": "{code} {hours} {place} {mobile}"},
            labels={"hours": "ساعت"},
            signatures={"civil": "عمران"},
        )
        == set()
    )


@each_row(
    ("printable", "texts", "found"),
    [
        (form(TextPart("intro")), {}, {f"no_text: {BASE}.words.intro"}),
        (form(SignaturesPart(("civil",))), {}, {f"no_text: {BASE}.signatures.civil"}),
        (form(FactsPart(("hours",)), gathered_facts=("hours",)), {}, {f"no_text: {BASE}.labels.hours"}),
        (form(TablePart("units", ("code",))), {}, {f"no_text: {BASE}.labels.code"}),
        (form(FactsPart(("hours",))), {"labels": {"hours": "ساعت"}}, {"unknown_fact: form: hours"}),
        (form(QuotedPart("words")), {}, {"unknown_fact: form: words"}),
        (form(BarcodePart("digits")), {}, {"unknown_fact: form: digits"}),
        (form(TextPart("intro")), {"words": {"intro": "{hours}"}}, {"unknown_fact: form: hours"}),
        (form(date_fact="day"), {}, {"unknown_fact: form: day"}),
        (form(verified_facts=("hours",)), {"labels": {"hours": "ساعت"}}, {"unknown_fact: form: hours"}),
        (form(valid_states=("nowhere",)), {}, {"unknown_state: nowhere"}),
        (form(expired_states=("nowhere",)), {}, {"unknown_state: nowhere"}),
        (form(roles=frozenset({Role.CITIZEN})), {}, {"no_role: form"}),
    ],
)
def test_each_flaw_of_a_paper_is_found(printable: Printable, texts: dict[str, Any], found: set[str]) -> None:
    assert flaws(printable, **texts) == found


def test_two_papers_of_one_kind() -> None:
    twice = replace(MACHINERY_WORK, printables=(receipt_for_roles(frozenset()), receipt_for_roles(frozenset())))
    assert "machinery: double_printout: receipt" in [str(flaw) for flaw in check_services([twice], Catalogue.load())]
