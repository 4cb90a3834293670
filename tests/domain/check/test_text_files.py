"""`pishkhan check`: no key is in two files of texts, and a service's file bounds the texts of that service alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from domain.blocks.papers_pending import NO_PAPER
from domain.check import check_services
from domain.check.texts.bounds import bound_texts
from domain.check.texts.files import letter_flaws, text_file_flaws
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.language.papers import ServicePapers
from domain.messages.catalogue import Catalogue, UnknownText, load_shipped_texts
from domain.messages.text_tables import flatten_table
from domain.services import SERVICES
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from tests.support.tables import each_row

OWN_FILE = "services/machinery/texts/fa.toml"
NOTICE = "services.machinery.notices.accept"


def flaws(shared: dict[str, Any], own: dict[str, Any]) -> list[str]:
    """Check a shared file and a service's own; return what is wrong with them."""
    files = {"common.toml": dict(flatten_table(shared)), OWN_FILE: dict(flatten_table(own))}
    return [str(flaw) for flaw in text_file_flaws(files)]


@each_row(
    ("table", "leaf"),
    [
        ("sms.offer", "متن"),
        ("longest", "۹"),
        ("limits", 20),
        ("kept", "زمان"),
        ("choices.kind", "نوع"),
        ("units", "متر"),
        ("details.invalid_field", "نادرست"),
        ("services.machinery.longest", "۹"),
        ("services.machinery.limits", 20),
    ],
)
def test_a_key_in_two_files(table: str, leaf: object) -> None:
    both = {f"{table}.name": leaf}
    assert f"texts: text_twice: {table}.name" in flaws(both, both)


def test_a_services_file_words_and_bounds_nothing_but_its_own() -> None:
    own = {"longest.trees": "۹", "limits.note": 9, "services.machinery.longest.trees": "۹", "kept.trees": "درخت"}
    others = {"services.expert.limits.note": 9, "in_chat.services.expert.summary": "متن"}
    assert flaws({"longest.hours": "۹", "services.expert.longest.a": "۹"}, own | others) == [
        "machinery: bound_of_all: longest.trees",
        "machinery: bound_of_all: limits.note",
        "machinery: text_of_another: services.expert.limits.note",
        "machinery: text_of_another: in_chat.services.expert.summary",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ماشين", "foreign_letter"),
        ("ماشیـن", "foreign_letter"),
        ("۳ ماشین ", "untidy_space"),
        ("ماشین  بزرگ", "untidy_space"),
        ("ماشین ، راننده", "untidy_space"),
    ],
)
def test_texts_have_persian_letters_and_tidy_spaces_also_where_a_municipality_words_them(text: str, kind: str) -> None:
    own = {"services": {"machinery": {"notices": {"accept": text}}}, "chat": {"welcome": text}}
    assert {str(flaw) for flaw in check_services(SERVICES, Catalogue.load(own))} == {
        f"machinery: {kind}: {NOTICE}",
        f"texts: {kind}: chat.welcome",
    }
    assert [str(flaw) for flaw in letter_flaws(Catalogue([{"steps": ["راهنما", text]}]))] == [f"texts: {kind}: steps"]


def test_what_persian_writes_is_no_flaw() -> None:
    assert list(letter_flaws(Catalogue([{"sms": {"help": "شمارهٔ درخواست در محلّه، نُه رقم"}}]))) == []
    assert flaws({}, {NOTICE: "{driver_name}: PDF، برگ A4 یا A۳، gomishan.ir. آن را .pdf نگه دارید."}) == []


@pytest.mark.parametrize("table", ["sms", "details.conflict", "registries.driver", "chat", "portal", "web", "payments"])
def test_a_latin_word_is_found_wherever_citizens_read(table: str) -> None:
    key = f"{table}.lead"
    assert flaws({key: {"text": "ماشین ready.", "parts": 2}}, {}) == [f"texts: latin_word: {key}"]
    assert flaws({"admin.lead": "ready"}, {}) == []


def test_the_shipped_files_are_in_order() -> None:
    assert [*text_file_flaws(load_shipped_texts()), *letter_flaws(Catalogue.load())] == []


def test_a_bound_of_one_service_holds_for_its_texts_alone() -> None:
    """Even where the shared one is longer, or shorter: nobody else's proof is weakened or broken by it."""
    texts: dict[str, Any] = {
        "services": {"machinery": {"notices": {"accept": "{code} {word}"}, "longest": {"word": "ن" * 60}}}
    }
    texts |= {"sms": {"unknown": "{word}"}, "longest": {"word": "ن" * 200}}
    catalogue = Catalogue.load(texts)
    found = {str(flaw) for flaw in check_services([MACHINERY_WORK], catalogue) if "needs" in flaw.subject}
    assert found == {"texts: over_budget: sms.unknown needs 3 parts, may have 2"}
    assert len(catalogue.render("sms.unknown", {"word": "ن" * 300})) == 300


def test_a_limit_of_one_service_cuts_its_texts_alone() -> None:
    limits = {"services": {"machinery": {"limits": {"place": 20}, "notices": {"accept": "{place}"}}}}
    catalogue = Catalogue.load(limits | {"in_chat": {"services": {"machinery": {"notices": {"accept": "«{place}»"}}}}})
    facts = {"place": "ن" * 300}
    assert len(catalogue.render(NOTICE, facts)) == 20
    assert len(catalogue.render(f"in_chat.{NOTICE}", facts)) == 22
    assert catalogue.length_limit("place", "expert") == catalogue.length_limit("place", "") == 200
    cut = [flaw for flaw in check_services(SERVICES, catalogue) if flaw.kind == "cuts_words"]
    assert {flaw.service_key for flaw in cut} == {"machinery"}


def test_what_names_and_choices_need_is_reckoned() -> None:
    long_name = "ن" * 90
    longer = {"services": {"expert": {"title": long_name, "states": {"submitted": long_name}}}}
    texts = bound_texts(SERVICES, Catalogue.load(longer | {"choices": {"kind": {"other": long_name}}}))
    assert long_name in texts.render_longest("sms.status")
    assert long_name in texts.render_longest("services.expert.notices.submit")
    assert long_name not in texts.render_longest("services.machinery.notices.submit")
    assert "۸ شکایت از راننده" in texts.render_longest("sms.help")
    assert f"۷ {long_name}" in texts.render_longest("services.expert.fields.kind.prompt")


def test_the_longer_of_what_is_reckoned_and_written_bounds_a_text() -> None:
    written = {"services": {"expert": {"longest": {"kind": "ن" * 90, "state": "ن"}}}}
    texts = bound_texts(SERVICES, Catalogue.load(written))
    assert "ن" * 90 in texts.render_longest("services.expert.notices.submit")
    own_text = texts.with_text("services.expert.notices.submit", "{state}")
    assert len(bound_texts(SERVICES, own_text).render_longest("services.expert.notices.submit")) > 20


def test_names_of_services_are_bounded_by_all_tables_that_name_them_and_by_no_paper() -> None:
    long_name = "ن" * 90
    named = Catalogue.load({"choices": {"service": {"taxi": long_name}, "document": {NO_PAPER: "ن" * 99}}})
    assert bound_texts(SERVICES, named.with_text("sms.status", "{service}")).render_longest("sms.status") == long_name
    assert bound_texts((), named.with_text("sms.status", "{service}")).render_longest("sms.status") == long_name
    with pytest.raises(UnknownText):
        bound_texts((), named.with_text("sms.status", "{state}")).render_longest("sms.status")


def test_the_readings_of_a_day_are_no_menu_of_services() -> None:
    texts = bound_texts(SERVICES, Catalogue.load({"intents": {"machinery": "ن" * 40}}))
    asked = texts.render_longest("sms.which_value")
    assert "ن" * 40 not in asked
    assert "۴ چهارشنبه ۳۱ اردیبهشت ۱۴۰۵" in asked


@pytest.mark.parametrize("more_fields", [0, 10])
def test_papers_that_depend_on_two_fields_are_bounded(more_fields: int) -> None:
    """Also where a form chooses in too many ways to ask about each."""

    def list_required(form_values: Mapping[str, Any]) -> tuple[str, ...]:
        both = form_values.get("first") == form_values.get("second") == "b"
        return ("deed", "photo") if both else ("photo",)

    names = ("first", "second", *(f"more_{number}" for number in range(more_fields)))
    fields = (Field(name, Choice(), choices=("a", "b")) for name in names)
    service = replace(
        EXPERT_OPINION,
        form=(*EXPERT_OPINION.form, *fields),
        papers=ServicePapers(("deed", "photo"), list_required),
    )
    texts = bound_texts([service], Catalogue.load().with_text("services.expert.notices.submit", "{documents}"))
    both = "، ".join(texts.text(f"choices.document.{name}") for name in ("deed", "photo"))
    assert texts.render_longest("services.expert.notices.submit") == both


def test_a_choice_too_long_for_a_button_is_found() -> None:
    longer = Catalogue.load({"choices": {"kind": {"other": "ن" * 41}}})
    assert {str(flaw) for flaw in check_services([EXPERT_OPINION], longer) if flaw.kind == "too_long"} == {
        "texts: too_long: choices.kind.other needs 41 characters, may have 40"
    }
