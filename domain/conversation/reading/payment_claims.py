"""Claims to have paid («پرداخت کردم چرا میگه پرداخت نشده», «فیشش را دارم»): that is no wish to pay."""

from domain.parsing.negation import find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_in, read_once
from domain.parsing.word_lists import words_of

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
_NOT_DONE = keys_in("intents.not_done")
"""With one of them it is not said to be done: «وقتی پرداخت کردم چه کنم»."""


def claims_payment(text: str) -> bool:
    """Return whether a text says that its writer has paid."""
    stream = TokenStream(text)
    claims = list(_CLAIMS.find_in(stream))
    if not claims or any(stream.raw_at(index) in _NOT_DONE for index in range(claims[0][2])):
        return False
    denied_starts = {negation.start for negation in find_negations(read_once(text)).verbs}
    return any(denied_starts.isdisjoint(range(start, end)) for start, _, end in claims)
