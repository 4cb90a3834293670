"""`pishkhan sms labelled`: what the desk labelled comes out as sentences to learn from, without anybody's data."""

import json

from domain.actions.context import ActorContext
from domain.actions.messages.labelling import label_misread_text, list_labelled_sentences
from domain.conversation.reading.labelled_sentences import LabelledSentence
from domain.messages.misread_texts import MisreadFilter
from domain.values.actors import Role
from tests.support.municipality import Municipality, actor
from tests.support.terminal import Terminal

WISHES = {
    "یکی بیاد زمین ما رو صاف کنه فردا ۰۹۱۲۳۴۵۶۷۸۹": "machinery",
    "چراغ سر کوچه خاموش است": "comment",
    "فروش ویژهٔ فرش ماشینی": "unknown",
}


async def test_labelled_texts_become_sentences_in_the_form_of_the_corpus(town: Municipality) -> None:
    for number, text in enumerate(WISHES):
        await town.say(f"+98912123456{number}", text)
    async with town.store.open_unit() as uow:
        for misread in await uow.misread_texts.list_texts(MisreadFilter()):
            label = next((label for text, label in WISHES.items() if text[:8] == misread.text[:8]), None)
            context = ActorContext(town.desk, uow, actor(Role.SECRETARIAT))
            await label_misread_text(context, misread.id, label)
    async with town.store.open_unit(write=False) as uow:
        exported = await list_labelled_sentences(town.desk.grammar, uow.misread_texts)
    lines = [json.dumps(sentence.as_json()) for sentence in exported]
    sentences = {sentence.intent: sentence for sentence in (LabelledSentence(**json.loads(line)) for line in lines)}
    assert set(sentences) == set(WISHES.values())
    assert sentences["machinery"].text == "یکی بیاد زمین ما رو صاف کنه فردا 09120000000"
    assert sentences["machinery"].slots["date"] == "2026-11-25"
    assert sentences["comment"].slots == {"text": "چراغ سر کوچه خاموش است"}


def test_an_empty_desk_has_nothing_to_learn(terminal: Terminal) -> None:
    assert terminal.json("sms", "labelled") == []
