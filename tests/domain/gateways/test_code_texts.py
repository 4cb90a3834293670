"""Words for the staff: every code that a gateway knows has some, and they are Persian sentences."""

import re
from collections.abc import Iterable

import pytest

from domain.gateways.code_texts import describe_code
from domain.gateways.gateway import UNANSWERED_CODES
from domain.messages.catalogue import Catalogue
from payments import sadad, saman, zarinpal
from payments.rest_gateway import NO_SALE_NUMBER, NOT_OFFERED, OTHER_ORDER

CATALOGUE = Catalogue.load()
CODES: dict[str, Iterable[str]] = {
    "zarinpal": {*zarinpal.MEANINGS, *zarinpal.STATES, "100", "101", "OK", "NOK"},
    "saman": {*saman.START_MEANINGS, *saman.RESULT_MEANINGS, *saman.STATUS_REASONS, "0", "2", "-6"},
    "sadad": {*sadad.START_MEANINGS, *sadad.SWITCH_REASONS, "0", "-1", "101"},
    "any": {*UNANSWERED_CODES, NOT_OFFERED, NO_SALE_NUMBER, OTHER_ORDER},
}


@pytest.mark.parametrize("gateway", sorted(CODES))
def test_every_code_that_a_gateway_knows_has_words(gateway: str) -> None:
    assert [code for code in CODES[gateway] if not describe_code(CATALOGUE, gateway, code)] == []


def test_words_are_short_and_persian() -> None:
    texts = [CATALOGUE.text(key) for key in CATALOGUE.list_keys("gateways.codes.")]
    assert [text for text in texts if not re.search("[آ-ی]", text) or len(text) > 120] == []


def test_a_code_of_two_parts_has_the_words_of_both() -> None:
    words = describe_code(CATALOGUE, "sadad", "-1/51")
    assert words.endswith(CATALOGUE.text("gateways.codes.sadad.51"))
    assert words.startswith(CATALOGUE.text("gateways.codes.sadad.-1"))


def test_no_answer_has_the_same_words_at_every_bank() -> None:
    assert describe_code(CATALOGUE, "saman", "timed_out") == describe_code(CATALOGUE, "zarinpal", "timed_out") != ""


@pytest.mark.parametrize("code", [None, "", "4711", "a.b/c"])
def test_a_code_that_nobody_knows_has_none(code: str | None) -> None:
    assert describe_code(CATALOGUE, "saman", code) == ""
