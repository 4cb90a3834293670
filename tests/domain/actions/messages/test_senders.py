"""Messages that come unasked name the municipality, within the part budgets; what answers does not, nor do staff
texts."""

import re
from pathlib import Path

import pytest

from domain import actions
from domain.check.texts.text_flaws import list_unasked_shared_texts, list_unasked_texts
from domain.messages.catalogue import Catalogue
from domain.messages.records import MessageClass
from domain.messages.senders import SENDER_KEY, join_if_named_fits, name_sender, word_with_sender
from domain.services import SERVICES
from domain.values.languages import in_language
from domain.values.message_parts import count_parts
from tests.domain.texts.test_texts import TEXTS
from tests.support.municipality import CITIZEN, Municipality

ACTIONS = Path(actions.__file__).parent
UNASKED = sorted(
    {*list_unasked_shared_texts(TEXTS), *(key for one in SERVICES for key in list_unasked_texts(one, TEXTS))}
)


def test_many_texts_come_unasked_and_all_fit_with_the_name_of_who_sends_them() -> None:
    assert len(UNASKED) > 80
    longest = {key: word_with_sender(TEXTS, TEXTS.render_longest(key)) for key in UNASKED}
    assert {key for key, text in longest.items() if TEXTS.text(SENDER_KEY) not in text} == set()
    assert {key for key, text in longest.items() if count_parts(text) > TEXTS.part_budget(key)} == set()


def test_every_receipt_may_come_unasked() -> None:
    assert {f"services.{service.key}.notices.submit" for service in SERVICES} <= set(UNASKED)


@pytest.mark.source
def test_whatever_a_line_is_notified_of_is_among_them() -> None:
    sources = [path.read_text("utf-8") for path in ACTIONS.rglob("*.py")]
    notifying = [source for source in sources if "await notify_line(" in source]
    assert len(notifying) > 10
    written_keys = {key for source in notifying for key in re.findall(r'"(sms\.[a-z_.]+)"', source)}
    assert sorted(written_keys - set(UNASKED)) == []


def test_the_name_is_that_of_the_language() -> None:
    catalogue = Catalogue.load(language_tags=("fa", "tk"))
    for language in catalogue.languages:
        with in_language(language):
            message = name_sender(catalogue, catalogue.render_message("sms.comment_kept", {}))
            assert message.text.startswith(f"{catalogue.text(SENDER_KEY)}\n")
            assert message.word_for_chat().text == catalogue.text("sms.comment_kept"), "a chat has its own name"


def test_a_link_has_room_beside_the_name() -> None:
    message = TEXTS.render_message("sms.comment_kept", {})
    for size in range(1, 200):
        joined = join_if_named_fits(TEXTS, message, "ل" * size)
        assert count_parts(word_with_sender(TEXTS, joined)) <= message.part_budget


@pytest.mark.parametrize("state", ["needs_info", "rejected", "awaiting_payment", "scheduled", "completed", "expired"])
async def test_what_a_citizen_gets_unasked_names_the_municipality_and_answers_do_not(
    town: Municipality, state: str
) -> None:
    await town.reach(state)
    unasked = [text for text in await town.sent(CITIZEN) if text.cls is not MessageClass.REPLY]
    assert unasked
    assert [text.text for text in unasked if not text.text.startswith("شهرداری گمیشان")] == []
    answers = [text for text in await town.sent(CITIZEN) if text.cls is MessageClass.REPLY]
    assert not any(text.text.startswith("شهرداری گمیشان\n") for text in answers)
