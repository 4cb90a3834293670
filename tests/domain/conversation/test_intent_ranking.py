"""Intents by the words as a whole: learned from the labelled sentences (how well: `python -m bench.language`)."""

import json
from collections import Counter
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from domain.conversation.dialogue.frames import Ask, Dialogue, OptOut, Unknown
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading import intent_ranking
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.labelled_sentences import LabelledSentence, load_labelled_sentences
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.services import list_intents, services_by_key
from scripts.idea_folds import group_by_idea, split_by_idea
from scripts.intent_weights import FILE as WEIGHTS_FILE
from scripts.intent_weights import learn_weights_of
from tests.support.conversation_line import GRAMMAR
from tests.support.scenarios.further_service import TREES
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.tables import each_row

DATA = Path(__file__).parents[2] / "data"
NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
SENTENCES = load_labelled_sentences()


def understand(text: str) -> ParsedMessage:
    return understand_message(GRAMMAR, text, NOW)


def test_the_shipped_weights_are_those_that_the_sentences_teach() -> None:
    """`make intents` writes them again. A further service's sentences are learned by the process."""
    learned_text = learn_weights_of(list_intents(SHIPPED_SERVICES.values()))
    assert WEIGHTS_FILE.read_text("utf-8") == learned_text


def test_an_installed_package_with_a_further_service_ranks_by_the_shipped_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has no sentences to learn from, and the weights are none of its words."""
    monkeypatch.setattr(intent_ranking, "load_labelled_sentences", tuple)
    further = Grammar((*list_intents(SHIPPED_SERVICES.values()), TREES.keywords[0].intent))
    assert understand_message(further, "خاکامو کی میاد جمع کنه ببره", NOW).ranking[0].name == "track"
    assert understand_message(further, "هرس", NOW).intent == "tree_pruning"


def test_there_are_enough_sentences_and_none_twice() -> None:
    assert len(SENTENCES) >= 2_000
    assert [text for text, count in Counter(sentence.text for sentence in SENTENCES).items() if count > 1] == []


def test_an_idea_is_in_one_fold_and_all_sentences_are_in_one() -> None:
    folds = split_by_idea(SENTENCES)
    fold_of = {sentence.text: number for number, fold in enumerate(folds) for sentence in fold}
    ideas = [idea for of_intent in group_by_idea(SENTENCES).values() for idea in of_intent]
    assert [idea for idea in ideas if len({fold_of[sentence.text] for sentence in idea}) > 1] == []
    assert fold_of.keys() == {sentence.text for sentence in SENTENCES}
    assert max(map(len, folds)) < 1.5 * min(map(len, folds))


def test_sentences_of_the_same_words_are_one_idea_whatever_order_digits_and_courtesies() -> None:
    texts = (
        "گریدر پس‌فردا باغ ملی",
        "سلام لطفا پس‌فردا باغ ملی گریدر ۲",
        "گریدر باغ ملی پس‌فردا ممنون",
        "کمپرسی برای نخاله",
    )
    ideas = group_by_idea([LabelledSentence(text, "machinery") for text in texts])["machinery"]
    assert [[sentence.text for sentence in idea] for idea in ideas] == [[*texts[:3]], [texts[3]]]


def test_a_grammar_ranks_by_the_sentences_that_it_is_given_and_always_alike() -> None:
    few = [LabelledSentence("ژرفا پهنا", "track"), LabelledSentence("کرانه بلندا", "pay")]
    first, second = (Grammar(list_intents(SHIPPED_SERVICES.values()), learned_from=few) for _ in range(2))
    assert first.rank_intents("پهنا")[0].name == "track"
    assert first.rank_intents("بلندا پهنا") == second.rank_intents("بلندا پهنا")


@pytest.mark.parametrize("name", ["sms-samples.jsonl", "sms-more.jsonl"])
def test_samples_of_the_contract_stay_right(name: str) -> None:
    wrong_texts = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        sample: dict[str, Any] = json.loads(line)
        said = understand(sample["text"]).as_json()
        if (said["intent"], said["slots"]) != (sample["intent"], sample["slots"]):
            wrong_texts.append(sample["text"])
    assert wrong_texts == []


def test_words_that_nobody_wrote_before_rank_nothing() -> None:
    assert understand("ژژخخ پپگگ").intent == "unknown"
    assert understand("ژژخخ پپگگ").suggested_intents == ()


def refused_wishes() -> list[str]:
    wishes = ("لودر", "تانکر آب", "مرخصی", "کارشناس", "قبض", "پیگیری", "راهنمایی", "پایان کار")
    refusals = ("نمی‌خوام", "نمیخوایم", "لازم نیست", "نیازی نیست", "نخواستیم", "نفرستید", "ندید", "احتیاج ندارم")
    frames = ("سلام {} {}", "ما {} رو {} دیگه", "سلام خسته نباشید ما {} رو {} ممنون", "لطفا {} {} فعلا")
    return [frame.format(*words) for frame in frames for words in product(wishes, refusals)]


def test_what_is_refused_is_not_guessed() -> None:
    assert [text for text in refused_wishes() if understand(text).intent != "unknown"] == []


@each_row(
    ("text", "intent", "slots"),
    [
        ("هزینه گریدر ۳۰۲۴۶۶۳۳۵ رو پرداخت کردم", "pay", {"code": "302466335"}),
        ("کد پیگیریم رو گم کردم", "list", {}),
        ("کد رهگیری ندارم چیکار کنم", "list", {}),
        ("این قبض جعلی نیست؟ 1430154031217", "authentic", {"code": "1430154031217"}),
        ("چرا لودر نمیاد 302466335", "track", {"code": "302466335"}),
        ("maşyn gelmedi 302466335", "track", {"code": "302466335"}),
        ("کد 302466335 مال شماست؟", "authentic", {"code": "302466335"}),
        ("ماشین قراضه‌مو میفروشم", "unknown", {}),
        ("لغو یازده", "opt_out", {}),
        ("تماس بگیرید با 09123456789", "call_back", {"about": "09123456789"}),
    ],
)
def test_keyword_arguments_and_words_are_weighed_together(text: str, intent: str, slots: dict[str, Any]) -> None:
    said = understand(text).as_json()
    assert (said["intent"], said["slots"]) == (intent, slots)


@pytest.mark.parametrize(
    ("intent", "texts"),
    [
        ("track", ("مامور شما نیامد", "راننده نیومده سر کار", "nayomadid", "دو ساعته معطلیم هیچکی نیومده")),
        ("iban", ("شبایی که فرستادم غلطه", "اون شبا مال من نیست", "شبای زنمو دادم میخوام عوضش کنم")),
        ("taxi_leave", ("از شنبه تا دوشنبه با تاکسی کار نمی‌کنم", "az shanbe ta doshanbe ba taxi kar nemikonam")),
        ("unknown", ("دیگه با تاکسی کار نمیکنم", "تاکسی خط ما کار نمیکنه", "شب بخیر مهندس")),
    ],
)  # fmt: skip
def test_what_is_complained_of_or_denied_is_what_is_wanted(intent: str, texts: tuple[str, ...]) -> None:
    assert {text: understand(text).intent for text in texts} == dict.fromkeys(texts, intent)


def test_a_leave_that_is_said_as_not_working_has_its_days_and_no_reason() -> None:
    message = understand("از شنبه تا دوشنبه با تاکسی کار نمی‌کنم")
    assert message.as_json()["slots"] == {"from": "2026-11-28", "to": "2026-11-30"}
    assert message.mood is Mood.UNCLEAR, "it is shown before it is asked for"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("مرخصی از شنبه تا دوشنبه {}", "چرا رد شد"),
        ("مرخصی از شنبه تا دوشنبه {}", "رو تایید کردید"),
        ("مرخصی از شنبه تا دوشنبه {}", "کجاست"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ {}", "چرا نیومد"),
        ("ماشین لودر ۴ ساعت فردا ساعت ۸ {}", "پولشو دادم رسید نیومد"),
    ],
)
def test_a_whole_form_is_not_sent_where_its_rest_asks_or_tells_of_a_request(text: str, reason: str) -> None:
    message = understand(text.format(reason))
    assert message.intent == "track" or message.mood is not Mood.PLAIN


@pytest.mark.parametrize("reason", ["عروسی دخترم", "فوت پدر خانمم", "عمل چشم", "سفر مشهد", "ماشین تعمیرگاهه"])
def test_a_whole_leave_with_its_reason_is_said_plainly(reason: str) -> None:
    message = understand(f"مرخصی از شنبه تا دوشنبه {reason}")
    assert (message.intent, message.mood, message.slots["reason"]) == ("taxi_leave", Mood.PLAIN, reason)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("با سلام کارتم 603799******5678", "iban"),
        ("با تشکر از شما، کارت 603799******5678", "iban"),
        ("پولم رو به کارت 603799******5678 پرداخت کنید", "iban"),
        ("از کارتم 603799******5678 پول کم شد", "pay"),
        ("با کارت 603799******5678 پرداخت کردم", "unknown"),
        ("نامه‌ای 09121234567 دادم", "unknown"),
    ],
)
def test_a_card_is_given_unless_it_paid(text: str, intent: str) -> None:
    assert understand(text).intent == intent


@pytest.mark.parametrize(
    "text", ["لودر لازم نداریم", "شکایتی ندارم", "قبض را ندارم 123456786", "پرداخت نمی‌کنم 123456786"]
)
def test_what_is_lacked_or_not_needed_calls_nothing(text: str) -> None:
    assert understand(text).intent == "unknown"


def test_of_a_story_the_place_is_its_part_that_is_one() -> None:
    story = "سلام دیوار باغم ریخت وسط راه، یه لودر میخواستم فردا ساعت ۹ سه ساعت که خاکا رو جمع کنه، پشت مسجد جامع"
    assert understand(story).slots["place"] == "پشت مسجد جامع"
    assert "place" not in understand("یه گریدر میخوایم جاده خراب شده").slots


def test_what_a_guess_would_end_is_asked_and_what_it_would_begin_is_shown() -> None:
    conversation = Conversation(GRAMMAR, services_by_key())
    cancelling = conversation.read_text(Dialogue(), "درخواست لودرمون رو میخوایم کنسل کنیم 123456786", NOW)
    assert isinstance(cancelling, Ask)
    assert cancelling.frame.intent == "cancel"
    assert not cancelling.frame.plain
    ordering = understand("سلام یه لودر ۴ ساعت فردا ساعت ۸ لازم داریم خیابان امام")
    assert (ordering.intent, ordering.mood) == ("machinery", Mood.UNCLEAR)


def test_notices_are_stopped_by_a_guess_only_when_the_offer_is_taken() -> None:
    conversation = Conversation(GRAMMAR, services_by_key())
    assert conversation.read_text(Dialogue(), "از لیست پیامک حذفم کنید", NOW) == Unknown(("opt_out",))
    assert conversation.read_text(Dialogue(), "دیگه برای من پیامک نفرستین", NOW) == OptOut(is_stopped=True)


def test_amid_a_form_nothing_is_guessed() -> None:
    conversation, dialogue = Conversation(GRAMMAR, services_by_key()), Dialogue()
    conversation.read_text(dialogue, "ماشین لودر ۴ ساعت فردا ساعت ۸", NOW)
    step = conversation.read_text(dialogue, "پیامک نفرستید کوچه پشت مسجد", NOW)
    assert not isinstance(step, Unknown | OptOut)
