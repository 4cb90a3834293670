"""Claims to have paid, with what they name of the payment
(«پرداخت کردم چرا میگه پرداخت نشده», «فیشش را دارم»): that is no wish to pay."""

import re
from datetime import datetime
from decimal import Decimal

from domain.bills.payment_claim import ClaimDetails
from domain.parsing.negation import find_negations
from domain.parsing.times.past_moments import find_past_moment
from domain.parsing.tokens import Phrases, TokenStream, keys_in, read_once
from domain.parsing.word_lists import words_of
from domain.values.errors import DomainError
from domain.values.text import fold_text
from domain.values.tracking_codes import parse_code

_MONEY = words_of("intents.money")
_PAYING = ("پرداخت", "پرداختش", "واریز", "واریزش", "کارت به کارت", "کارتبه کارت", "انتقال")
_DONE = words_of("intents.done")
_PASSED = words_of("intents.passed")
_SLIP = words_of("intents.slip")
_HAVING = words_of("intents.having")
_TAKEN_FROM = words_of("intents.taken_from")


def _join(firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[str]:
    return [f"{first}{link} {second}" for first in firsts for second in seconds for link in ("", " رو", " را")]


_CLAIMS: Phrases[bool] = Phrases(
    {
        True: (
            *_join(_PAYING, _DONE),
            *_join(_MONEY, (*_PASSED, *(f"{one} کردم" for one in ("پرداخت", "واریز")))),
            *_join(_SLIP, _HAVING),
            *(f"از حسابم {one}" for one in _TAKEN_FROM),
            *(f"پول {one}" for one in _TAKEN_FROM),
            *words_of("intents.claims.yes"),
        )
    }
)
_MONEY_PHRASES: Phrases[bool] = Phrases({True: _MONEY})
_POURED: Phrases[bool] = Phrases({True: words_of("intents.poured")})
_CARDS: Phrases[bool] = Phrases({True: words_of("intents.cards")})
_PASSED_WORDS: Phrases[bool] = Phrases({True: _PASSED})
_PAYERS: Phrases[bool] = Phrases({True: words_of("intents.payers")})
_PAID_BY_OTHERS: Phrases[bool] = Phrases({True: words_of("intents.paid_by_others")})
_ARRIVALS: Phrases[bool] = Phrases({True: words_of("intents.asking_for_arrival")})
_MOST_WORDS_BETWEEN = 5
_HAVING_SLIP: Phrases[bool] = Phrases({True: tuple(_join(_SLIP, _HAVING))})
_NOT_DONE = keys_in("intents.not_done")
"""With one of them it is not said to be done: «وقتی پرداخت کردم چه کنم»."""


def claims_payment(text: str) -> bool:
    """Return whether a text says that its writer has paid."""
    stream = TokenStream(text)
    claims = [*_CLAIMS.find_in(stream), *_find_apart(stream)]
    if not claims or any(stream.raw_at(index) in _NOT_DONE for index in range(claims[0][2])):
        return False
    denied_starts = {negation.start for negation in find_negations(read_once(text)).verbs}
    return any(denied_starts.isdisjoint(range(start, end)) for start, _, end in claims)


def asks_arrival(text: str) -> bool:
    """Return whether a text asks whether money has arrived («رسیده دستتون؟»)."""
    return _ARRIVALS.occurs_in(TokenStream(text))


def _find_apart(stream: TokenStream) -> list[tuple[int, bool, int]]:
    """Find what paying is said with, and that it was done, with words between: «پول رو به حساب شهرداری ریختم», «با کارت
    پسرم دادم», «شوهرم دیروز پرداخت کرد».
    """
    return [
        (start, True, done_end)
        for subject, done in ((_MONEY_PHRASES, _POURED), (_CARDS, _PASSED_WORDS), (_PAYERS, _PAID_BY_OTHERS))
        for start, _, end in subject.find_in(stream)
        for done_start, _, done_end in done.find_in(stream)
        if 0 <= done_start - end <= _MOST_WORDS_BETWEEN
    ]


def has_slip(text: str) -> bool:
    """Return whether a text says that its writer has the slip of a payment: it is asked for."""
    return any(_HAVING_SLIP.find_in(TokenStream(text)))


_AMOUNT = re.compile(r"([0-9][0-9,٬]*(?:[./][0-9]+)?) ?(میلیون|هزار|million|hezar|müň)? ?(تومان|تومن|toman|ریال|rial)")
_SCALES = {"": 1, "میلیون": 1_000_000, "million": 1_000_000, "هزار": 1000, "hezar": 1000, "müň": 1000}
_NUMBER = re.compile(r"(?<![0-9.,/:-])[0-9]{6,20}(?![0-9.,/:-])")
_SLIP_WORDS = re.compile(r"پیگیری|ارجاع|مرجع|تراکنش|فیش|رسید|peygiri|marja|fish|kwitansi")
_MOBILE = re.compile(r"0?9[0-9]{9}")
MOST_WORDS_OF_A_NUMBER = 6
"""Words of a text that says hardly more than the number of a slip."""


def read_claim_details(text: str, sent_at: datetime) -> ClaimDetails:
    """Return what a text names of a payment; ids of bills, codes and mobiles are no number of a slip."""
    folded_text = fold_text(text)
    amount_match = _AMOUNT.search(folded_text)
    numbers = [one for one in _NUMBER.findall(_AMOUNT.sub(" ", folded_text)) if not _is_other_number(one)]
    moment = find_past_moment(text, sent_at)
    return ClaimDetails(
        amount=_read_rials(amount_match) if amount_match else None,
        reference=numbers[0] if len(numbers) == 1 else None,
        paid_on=moment.day if moment else None,
        paid_at_hour=f"{moment.hour:%H:%M}" if moment and moment.hour else None,
    )


def is_short(text: str) -> bool:
    """Return whether a text is hardly more than what a claim lacks."""
    return len(text.split()) <= MOST_WORDS_OF_A_NUMBER


def names_slip(text: str) -> bool:
    """Return whether a text is hardly more than the number of a slip: what follows a claim without it."""
    folded_text = fold_text(text)
    return is_short(text) and (folded_text.isdecimal() or _SLIP_WORDS.search(folded_text) is not None)


def _read_rials(amount_match: re.Match[str]) -> int | None:
    digits, scale, unit = amount_match.groups()
    amount = Decimal(re.sub("[,٬]", "", digits).replace("/", ".")) * _SCALES[scale or ""]
    return round(amount * (1 if unit in {"ریال", "rial"} else 10)) or None


def _is_other_number(number: str) -> bool:
    if _MOBILE.fullmatch(number):
        return True
    try:
        return bool(parse_code(number))
    except DomainError:
        return False
