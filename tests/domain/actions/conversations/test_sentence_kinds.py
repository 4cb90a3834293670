"""Sentences that refuse, ask or quote never act; what ends something is asked once when it is not said plainly, or when
it is paid, booked or somebody else's wish. Through the real receive action, by SMS and in a chat."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from domain.chats.chat import TextWritten
from domain.settings.policy import Policy
from domain.values.actors import Role
from tests.support.chat_person import Person, labels
from tests.support.effort import EFFORT
from tests.support.municipality import CITIZEN, ORDER, Municipality
from tests.support.refusing_sentences import INTENTS, courteous_sentences, refusing_sentences
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_LEAVE,
    AUXILIARY_MOBILE,
    TaxiOrganisation,
    open_taxi_organisation,
)
from tests.support.scenarios.taxi_registries import OWNER_MOBILE

STRIDE = 7 if EFFORT == 1 else 1
"""Stride through the sentences that are sent: every so manieth, all of them with `EFFORT` (`make chaos`)."""

_TALK = frozenset({"inbox", "misread_texts", "outbox", "dialogues", "hits", "chats", "mobile_proofs", "receipts"})
"""Tables of what is only talk; whatever else changes is an act."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A town in which everything is there that a text could act on, and nobody is limited."""

    taxis: TaxiOrganisation
    database: Path
    codes: dict[str, str]

    @property
    def town(self) -> Municipality:
        """The town."""
        return self.taxis.town

    def speaker(self, intent: str) -> str:
        """Return the mobile of whom the intent concerns."""
        return OWNER_MOBILE if intent in {"confirm", "deny"} else CITIZEN

    def code(self, intent: str) -> str:
        """Return the code of the request that the intent could act on."""
        return self.codes.get(intent, self.codes["cancel"])

    def acts(self) -> dict[str, list[tuple[object, ...]]]:
        """Return everything that is stored, but the talk."""
        with closing(sqlite3.connect(self.database)) as file:
            names = [str(row[0]) for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept = [name for name in names if name not in _TALK and not name.startswith("sqlite_")]
            return {name: file.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}  # noqa: S608 - our tables


async def everything(taxis: TaxiOrganisation, database: Path) -> Waiting:
    """Bring requests where every command could act on one."""
    town = taxis.town
    await Municipality.furnish(town)
    done = await town.reach("completed")
    asked = await town.order()
    await town.do(asked, "ask", Role.CIVIL, question="کدام پارک؟")
    consent = (await town.say(AUXILIARY_MOBILE, AUXILIARY_LEAVE)).code
    codes = {"cancel": await town.order(), "rate": done, "reply": asked, "confirm": consent, "deny": consent}
    return Waiting(taxis, database, codes)


@pytest.fixture
async def waiting(database: Path) -> AsyncIterator[Waiting]:
    """A town in which everything waits for a text."""
    policy = Policy(inbound_limit=10**6, loop_guard=10**6)
    async with open_taxi_organisation(database, policy) as taxis:
        yield await everything(taxis, database)


async def test_a_negation_never_acts(waiting: Waiting) -> None:
    """Every command, negations and courtesies in turn (`test_sentences` reads more of them, without a store)."""
    before = waiting.acts()
    for number, intent in enumerate(INTENTS):
        sentences = refusing_sentences(intent, intent.certain_words[0], waiting.code(intent.name))
        for at, sentence in islice(enumerate(sentences), number % STRIDE, None, STRIDE):
            courtesies = list(courteous_sentences(sentence))
            await waiting.town.receive(
                waiting.speaker(intent.name), courtesies[at % len(courtesies)], f"{intent.name}-{at}"
            )
        assert waiting.acts() == before, intent.name


async def test_a_negation_never_acts_in_a_chat(waiting: Waiting) -> None:
    citizen = await Person(waiting.town).linked()
    owner = await Person(waiting.town, chat_id="78", mobile=OWNER_MOBILE).linked()
    before = waiting.acts()
    for intent in INTENTS:
        person = owner if waiting.speaker(intent.name) == OWNER_MOBILE else citizen
        for sentence in list(refusing_sentences(intent, intent.certain_words[0], waiting.code(intent.name)))[::9]:
            await person.does(TextWritten(f"سلام {sentence} ممنون"))
    assert waiting.acts() == before


@pytest.mark.parametrize(
    "text", ["ماشین نمی‌خواهم", "لودر ماشین نمی‌خوام", "مرخصی نمیخوام", "کارشناسی نمی‌خوام", "شکایت ندارم"]
)
async def test_a_refusal_starts_no_request(waiting: Waiting, text: str) -> None:
    assert (await waiting.town.say(CITIZEN, f"{ORDER} نمی‌خواهم")).key == "sms.refused"
    assert (await waiting.town.say(CITIZEN, text)).key in {"sms.refused", "sms.did_you_mean_one", "sms.offer.reply"}


@pytest.mark.parametrize(
    "mood", ["لغو {code} شود؟", "«لغو {code}»", "لفو {code}", "پشیمان شدم {code}", "لغو {code} یا نه"]
)
async def test_what_is_not_said_plainly_is_asked_once(waiting: Waiting, mood: str) -> None:
    code = waiting.codes["cancel"]
    asked = await waiting.town.say(CITIZEN, mood.format(code=code))
    assert (asked.key, asked.code) == ("sms.offer.cancel", code)
    assert (await waiting.town.request(code)).state == "submitted"
    kept = await waiting.town.say(CITIZEN, "نه")
    assert kept.text == waiting.town.desk.catalogue.text("sms.kept.cancel")
    await waiting.town.say(CITIZEN, mood.format(code=code))
    assert (await waiting.town.say(CITIZEN, "بله لطفا")).key == "services.machinery.notices.cancel"
    assert (await waiting.town.request(code)).state == "cancelled"


@pytest.mark.parametrize("answer", ["لغو", "لغو {code}", "لغو شود", "بله لغو کنید"[:3], "۱", "۱ بله"])
async def test_a_plain_answer_does_it(waiting: Waiting, answer: str) -> None:
    code = waiting.codes["cancel"]
    await waiting.town.say(CITIZEN, f"لغو {code}؟")
    assert (await waiting.town.say(CITIZEN, answer.format(code=code))).key == "services.machinery.notices.cancel"


@pytest.mark.parametrize("answer", ["بله لغو نکنید", "شاید", "بله؟", "نه بله"])
async def test_an_answer_that_is_not_clear_is_asked_again(waiting: Waiting, answer: str) -> None:
    code = waiting.codes["cancel"]
    await waiting.town.say(CITIZEN, f"لغو {code}؟")
    again = await waiting.town.say(CITIZEN, answer)
    assert again.key in {"sms.offer.cancel", "sms.kept.cancel"}
    assert (await waiting.town.request(code)).state == "submitted"


async def test_a_wish_without_its_code_is_asked_twice_at_most(waiting: Waiting) -> None:
    assert (await waiting.town.say(CITIZEN, "پشیمان شدم")).key == "sms.which.cancel"
    assert (await waiting.town.say(CITIZEN, "۱")).key == "sms.offer.cancel"
    assert (await waiting.town.say(CITIZEN, "۱")).key == "services.machinery.notices.cancel"


@pytest.mark.parametrize("state", ["paid", "scheduled"])
async def test_what_is_paid_or_booked_is_asked_once(waiting: Waiting, state: str) -> None:
    code = await waiting.town.reach(state)
    assert (await waiting.town.say(CITIZEN, f"لغو {code}")).key == "sms.offer.cancel"
    assert (await waiting.town.request(code)).state == state
    assert (await waiting.town.say(CITIZEN, "۱")).key == "services.machinery.notices.cancel_refund"


async def test_what_cannot_end_is_not_asked_about(waiting: Waiting) -> None:
    code = await waiting.town.reach("handed_over")
    assert (await waiting.town.say(CITIZEN, f"لغو {code}")).key == "errors.not_allowed_now"


async def test_an_owner_is_asked_before_a_drivers_wish_ends(waiting: Waiting) -> None:
    code, town = waiting.codes["deny"], waiting.town
    for refused in (f"رد نمی‌کنم {code}", f"تایید نمی‌کنم {code}"):
        assert (await town.say(OWNER_MOBILE, refused)).key == "sms.refused"
    assert (await town.say(OWNER_MOBILE, f"رد {code}")).key == "sms.offer.deny"
    assert (await town.request(code)).awaits == OWNER_MOBILE
    assert (await town.say(OWNER_MOBILE, "۲")).text == town.desk.catalogue.text("sms.kept.deny")
    assert (await town.say(OWNER_MOBILE, "رد")).key == "sms.offer.deny"
    assert (await town.say(OWNER_MOBILE, "بله")).key == "services.taxi_leave.notices.owner_refused"


async def test_an_owner_refuses_in_a_chat_and_is_asked(waiting: Waiting) -> None:
    owner = await Person(waiting.town, chat_id="78", mobile=OWNER_MOBILE).linked()
    asked = await owner.says(f"رد {waiting.codes['deny']}")
    assert (asked.key, labels(asked)) == ("sms.offer.deny", ["بله", "نه"])
    assert (await owner.press("بله", asked)).key == "services.taxi_leave.notices.owner_refused"


async def test_a_form_asked_with_a_question_shows_its_summary(waiting: Waiting) -> None:
    before = len(await waiting.town.requests_of())
    assert (await waiting.town.say(CITIZEN, f"{ORDER} دارید؟")).key == "services.machinery.summary"
    assert len(await waiting.town.requests_of()) == before


async def test_a_reply_that_refuses_is_asked_once(waiting: Waiting) -> None:
    code = waiting.codes["reply"]
    asked = await waiting.town.say(CITIZEN, f"پاسخ {code} ندارم")
    assert (asked.key, "«ندارم»" in asked.text) == ("sms.offer.reply", True)
    assert (await waiting.town.say(CITIZEN, "۱")).key == "services.machinery.notices.answer"


@pytest.mark.parametrize("text", ["نمی‌خوام", "نمی‌خواهم دیگه", "ماشین نمی‌خوام", "پشیمون شدم"])
async def test_a_refusal_amid_a_form_gives_it_up(waiting: Waiting, text: str) -> None:
    await waiting.town.says("ماشین", "لودر ۴ ساعت", "فردا", "۸")
    assert (await waiting.town.say(CITIZEN, text)).key == "sms.left"


async def test_a_refused_cancellation_amid_a_form_keeps_the_form(waiting: Waiting) -> None:
    await waiting.town.says("ماشین", "لودر ۴ ساعت", "فردا", "۸")
    for text in ("لغو نکنید", "انصراف نمی‌دهم"):
        assert (await waiting.town.say(CITIZEN, text)).key.startswith("services.machinery.fields.place.")
    assert (await waiting.town.say(CITIZEN, "کوچه بهار")).key == "services.machinery.summary"
