"""Texts of the municipality that come back, forwarded or with thanks: they follow the request, and are no commands."""

import re
from datetime import datetime

from domain.conversation.dialogue.frames import Dialogue, Perform
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.grammar import Grammar
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES, list_intents, services_by_key
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
CONVERSATION = Conversation(Grammar(list_intents()), services_by_key())
CATALOGUE = Catalogue.load()
CODE = "123456786"
NOTICE_KEYS = [
    key
    for service in SERVICES
    for table in ("notices", "status")
    for key in CATALOGUE.list_keys(f"services.{service.key}.{table}.")
    if "{code}" in CATALOGUE.text(key)
]


@each_row("key", NOTICE_KEYS)
def test_a_text_of_ours_that_comes_back_does_nothing(key: str) -> None:
    told = re.sub(r"\{\w+\}", "…", CATALOGUE.text(key).replace("{code}", "\u200e123\u00a0456\u00a0786\u200f"))
    for text in (told, f"Fwd: {told}", f"{told}\nممنون", f"«{told}»"):
        step = CONVERSATION.read_text(Dialogue(), text, NOW)
        if isinstance(step, Perform):
            assert (step.frame.intent, step.frame.slots) in (("track", {"code": CODE}), ("pay", {"code": CODE})), text
