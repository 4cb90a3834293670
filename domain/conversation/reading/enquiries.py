"""What citizens ask about the office and their requests and what is answered at once: it changes nothing."""

from domain.language.intents import Intent, combine_words
from domain.parsing.identifiers import take_code
from domain.parsing.word_lists import words_of

_NUMBERS = words_of("intents.numbers")
_OF_THE_OFFICE = ("شهرداری", "تون", "تان", "اداره", "دفتر", "shahrdari")
_GIVE = words_of("intents.give")
_YOURS = words_of("intents.yours")
_DAYS = words_of("intents.days")
_YOU_OPEN = words_of("intents.you_open")
_HOURS = ("ساعت چند", "تا ساعت چند", "چه ساعتی", "تا چه ساعتی", "تا چند", "کی")
_IT_OPENS = ("باز", "بازه", "باز میشه", "باز است", "میاید سر کار", "میبنده")
_OFFICE = ("شهرداری", "اداره", "دفتر شما", "دفترتون")
_IS_OPEN = words_of("intents.is_open")
_COME = words_of("intents.come")
_WHERE = ("کجاست", "کجاس", "کجا هست", "کدوم خیابونه", "کدوم خیابان است", "گمیشان کجاست", "گمیشان کدوم خیابونه")

_WHEN = words_of("intents.when")
_ANSWERED = words_of("intents.answered")
_WITH = ("دست", "پیش", "نزد", "دست کدوم", "daste", "dast")
_WHOM = words_of("intents.whom")
_MINE = words_of("intents.mine")
_IS_WHERE = ("کجاست", "کجاس", "کجا مونده", "کجا گیر کرده", "تو کدوم قسمته", "کدوم قسمته", "در کدام واحد است")

_READERS_ASKED = words_of("intents.readers_asked")
_READING_PHRASES = words_of("intents.reading_phrases")

ENQUIRY_INTENTS: tuple[Intent, ...] = (
    Intent(
        "who_read",
        (
            *words_of("intents.who_read.words"),
            *combine_words(_READERS_ASKED, _READING_PHRASES),
            *combine_words(_WITH, _WHOM),
            *combine_words(_WHEN, _ANSWERED),
            *combine_words(_MINE, _IS_WHERE),
        ),
        slot_readers=(take_code,),
        required_slots=("code",),
        is_complete=True,
        is_called_in_sentence=True,
    ),
    Intent(
        "contact",
        (
            *combine_words(_NUMBERS, (*_OF_THE_OFFICE, *_GIVE)),
            *combine_words(("تلفن", "آدرس", "نشانی", "telefone"), ("شما", "shoma")),
            *_YOURS,
            *combine_words(_DAYS, _YOU_OPEN),
            *combine_words(_HOURS, _IT_OPENS),
            *combine_words(_OFFICE, _IS_OPEN),
            *combine_words(("تعطیله", "بازه"), _OFFICE),
            *combine_words(("کجا",), _COME),
            *combine_words(_DAYS, ("تعطیله", "تعطیل است")),
            *combine_words(("شهردار", "شهردارو", "شهردار رو", "شهردار را"), ("کی هست", "کی هستن", "ببینم", "ببینمش")),
            *combine_words(_OFFICE, _WHERE),
            *words_of("intents.contact.words"),
        ),
        weak_words=words_of("intents.contact.weak_words"),
        hint_words=words_of("intents.contact.hint_words"),
        is_complete=True,
        is_called_in_sentence=True,
    ),
)
"""Their certain words are whole questions, which count wherever they stand (`Intent.is_called_in_sentence`)."""
