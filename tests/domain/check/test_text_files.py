"""`pishkhan check`: no key is in two files of texts, and a service's file bounds the texts of that service alone."""

from typing import Any

import pytest

from domain.check import check_services
from domain.check.text_bounds import bound_texts
from domain.check.text_files import text_file_flaws
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.text_tables import flatten_table
from domain.services import SERVICES
from domain.services.machinery.declaration import MACHINERY_WORK

OWN_FILE = "services/machinery/texts/fa.toml"
NOTICE = "services.machinery.notices.accept"


def flaws(shared: dict[str, Any], own: dict[str, Any]) -> list[str]:
    """Check a shared file and a service's own; return what is wrong with them."""
    files = {"common.toml": dict(flatten_table(shared)), OWN_FILE: dict(flatten_table(own))}
    return [str(flaw) for flaw in text_file_flaws(files)]


@pytest.mark.parametrize(
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
        ("ماشین GPS", "latin_word"),
    ],
)
def test_what_citizens_read_is_written_as_persian_keyboards_write_it(text: str, kind: str) -> None:
    key = "services.machinery.notices.accept"
    assert flaws({}, {key: {"text": text, "parts": 2}}) == [f"machinery: {kind}: {key}"]
    assert flaws({"sms.help": ["راهنما", text]}, {}) == [f"texts: {kind}: sms.help"]
    assert flaws({"admin.title": text}, {key: "{driver_name}: PDF"}) == []


def test_the_shipped_files_are_in_order() -> None:
    assert list(text_file_flaws(load_shipped_texts())) == []


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
    assert "۶ شکایت از راننده" in texts.render_longest("sms.help")
    assert f"۷ {long_name}" in texts.render_longest("services.expert.fields.kind.prompt")
