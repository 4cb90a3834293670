"""Findings of `pishkhan check` about another language: what is wrong fails, what is missing is counted and listed."""

import re
from pathlib import Path
from typing import Any

import pytest

from domain.check.texts.translations import check_translation, list_dropped_facts, list_missing_texts
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.translations import Translation, read_translation
from domain.services import SERVICES
from domain.values.languages import in_language
from tests.support.scenarios.pseudo_language import PSEUDO, translate_all

PAGE = Path(__file__).parents[3] / "docs" / "add-a-language.md"
_BLOCK = re.compile(r'^```toml title="domain/texts/tk/([a-z]+\.toml)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def find_flaws(**leaves: Any) -> list[str]:
    translation = Translation(PSEUDO, {key.replace("__", "."): leaf for key, leaf in leaves.items()})
    catalogue = Catalogue(load_shipped_texts().values(), translations=[translation])
    return [f"{flaw.kind} {flaw.subject}" for flaw in check_translation(SERVICES, catalogue, translation)]


def read_page(folder: Path) -> Translation:
    """Return the language of the documentation, out of files as its page says."""
    for name, text in _BLOCK.findall(PAGE.read_text("utf-8")):
        (folder / name).write_text(text, "utf-8")
    return read_translation("tk", folder)


def test_the_language_of_the_page_is_right_as_far_as_it_goes(tmp_path: Path) -> None:
    turkmen = read_page(tmp_path)
    catalogue = Catalogue(load_shipped_texts().values(), translations=[turkmen])
    assert check_translation(SERVICES, catalogue, turkmen) == []
    with in_language(turkmen.language):
        assert catalogue.text("web.home.title").startswith("Gümişan")
        assert catalogue.render("services.machinery.notices.pay", {"code": "1"}).startswith("1 belgili")
    assert "web.home.lead" in list_missing_texts(turkmen)


def test_a_language_that_has_every_text_lacks_none() -> None:
    assert list_missing_texts(translate_all()) == []


def test_what_the_staff_read_is_not_missed() -> None:
    missing = list_missing_texts(Translation(PSEUDO, {}))
    assert [key for key in missing if key.startswith(("admin.", "reports.", "limits.", "staff."))] == []
    assert {"web.home.title", "sms.unknown", "errors.not_found", "print.verify"} <= set(missing)


@pytest.mark.parametrize(
    ("leaves", "flaw"),
    [
        ({"sms__nothing_of_ours": "x"}, "no_such_text sms.nothing_of_ours"),
        ({"sms__unknown": "{weather}"}, "unknown_facts sms.unknown: weather"),
        ({"sms__unknown": ["x"]}, "other_kind_of_text sms.unknown"),
        ({"sms__unknown": "{"}, "unreadable_text sms.unknown"),
        ({"sms__unknown": "x" * 307}, "over_budget sms.unknown needs 3 parts, may have 2"),
        ({"sms__unknown": "ş" * 135}, "over_budget sms.unknown needs 3 parts, may have 2"),
    ],
)
def test_what_is_wrong_is_found(leaves: dict[str, Any], flaw: str) -> None:
    assert [found for found in find_flaws(**leaves) if found.startswith(flaw)], find_flaws(**leaves)


def test_a_latin_text_has_more_room_in_a_part_than_a_persian_one() -> None:
    assert find_flaws(sms__unknown="x" * 306) == []
    assert find_flaws(sms__unknown="ş" * 134) == []


def test_a_fact_that_is_left_out_is_named() -> None:
    dropping = Translation(PSEUDO, {"services.machinery.notices.pay": "Paid."})
    catalogue = Catalogue(load_shipped_texts().values(), translations=[dropping])
    assert list_dropped_facts(catalogue, dropping) == ["services.machinery.notices.pay: amount, code"]
