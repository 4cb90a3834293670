"""Words of consent are an answer where exactly one such question waits, and refuse in a denial whatever was asked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.conversation.dialogue.yes_no import read_consent
from tests.support.municipality import CITIZEN
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_LEAVE,
    AUXILIARY_MOBILE,
    TaxiOrganisation,
    open_taxi_organisation,
)
from tests.support.scenarios.taxi_registries import OWNER_MOBILE

AGREEING = [f"{noun} {verb}" for noun in ("رضایت", "اجازه", "موافقت") for verb in ("دارم", "می‌دم", "می‌دهم", "می‌کنم")]
AGREEING += ["قبوله", "قبول می‌کنم", "راضیم", "موافقم", "rezayat daram", "razi am", "razy", "rugsat berýärin"]
REFUSING = [f"{noun} {verb}" for noun in ("رضایت", "اجازه", "موافقت") for verb in ("ندارم", "نمی‌دم", "نمی‌کنم")]
REFUSING += ["قبول نیست", "قبول نمی‌کنم", "راضی نیستم", "مخالفم", "rezayat nadaram", "razy däl", "rugsat bermeýärin"]
COURTEOUS = ("{}", "سلام من {}", "{} ممنون", "بله {}")


@pytest.fixture
async def taxis(database: Path) -> AsyncIterator[TaxiOrganisation]:
    """A taxi organisation."""
    async with open_taxi_organisation(database) as opened:
        yield opened


def test_every_phrase_is_read_in_any_courtesy() -> None:
    for courtesy in COURTEOUS[:3]:
        for is_agreed, phrases in ((True, AGREEING), (False, REFUSING)):
            for phrase in phrases:
                answer = read_consent(courtesy.format(phrase))
                assert answer is not None, courtesy.format(phrase)
                assert answer.is_agreed is is_agreed, courtesy.format(phrase)
    assert read_consent("رضایت دارم؟") is None
    assert read_consent("لودر می‌خوام") is None


@pytest.mark.parametrize("phrase", AGREEING)
async def test_an_owner_consents_in_words(taxis: TaxiOrganisation, phrase: str) -> None:
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await taxis.town.say(OWNER_MOBILE, phrase)).key == "services.taxi_leave.notices.owner_consented"
    assert await taxis.state(code) == "under_review"


@pytest.mark.parametrize("phrase", REFUSING)
async def test_an_owner_refuses_in_words_and_is_asked_once(taxis: TaxiOrganisation, phrase: str) -> None:
    """The same words to «مخالفت شما ثبت شود؟» refuse as well, and words of consent do not."""
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await taxis.town.say(OWNER_MOBILE, phrase)).key == "sms.offer.deny"
    assert (await taxis.town.say(OWNER_MOBILE, "رضایت دارم")).key == "sms.kept.deny"
    assert await taxis.state(code) == "awaiting_owner"
    await taxis.town.say(OWNER_MOBILE, phrase)
    assert (await taxis.town.say(OWNER_MOBILE, phrase)).key == "services.taxi_leave.notices.owner_refused"
    assert await taxis.state(code) == "rejected"


@pytest.mark.parametrize("phrase", [*AGREEING[::4], *REFUSING[::4]])
async def test_where_nothing_waits_it_is_no_answer(taxis: TaxiOrganisation, phrase: str) -> None:
    heard = await taxis.town.say(CITIZEN, phrase)
    assert heard.key not in {"sms.offer.deny", "sms.offer.confirm"}


async def test_a_late_yes_is_told_that_nothing_is_asked(taxis: TaxiOrganisation) -> None:
    assert (await taxis.town.say(CITIZEN, "بله")).text.startswith("پرسشی از شما باز نیست")
