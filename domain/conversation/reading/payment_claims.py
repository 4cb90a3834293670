"""Who says to have paid («پرداخت کردم چرا میگه پرداخت نشده», «فیشش را دارم»): that is no wish to pay."""

from domain.parsing.negation import find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_of

_MONEY = (
    "پول",
    "پولو",
    "پولش",
    "پولشو",
    "پولشم",
    "هزینه",
    "هزینش",
    "مبلغ",
    "مبلغش",
    "وجه",
    "قبض",
    "قبضو",
    "قبضش",
    "قبضشو",
)
_PAYING = ("پرداخت", "پرداختش", "واریز", "واریزش", "کارت به کارت", "کارتبه کارت", "انتقال")
_DONE = ("کردم", "کردیم", "کرده ام", "کرده بودم", "کردمش", "کردیمش", "شده", "شد")
_PASSED = ("دادم", "دادیم", "داده ام", "داده بودم", "ریختم", "ریختیم", "فرستادم", "زدم", "پرداختم", "پرداختیم")
_SLIP = ("فیش", "فیشش", "فیششو", "فیشم", "رسید", "رسیدش", "رسیدشو", "رسید بانک", "رسید پرداخت")
_HAVING = ("دارم", "داریم", "دستمه", "موجوده", "هست", "را دارم", "رو دارم", "دست منه")
_TAKEN_FROM = ("کم شد", "کم شده", "کسر شد", "کسر شده", "برداشت شد", "برداشت شده", "رفت", "رفته")


def _join(firsts: tuple[str, ...], seconds: tuple[str, ...]) -> list[str]:
    return [f"{first}{link} {second}" for first in firsts for second in seconds for link in ("", " رو", " را")]


_CLAIMS: Phrases[bool] = Phrases(
    {
        True: (
            *_join(_PAYING, _DONE), *_join(_MONEY, (*_PASSED, *(f"{one} کردم" for one in ("پرداخت", "واریز")))),
            *_join(_SLIP, _HAVING), *(f"از حسابم {one}" for one in _TAKEN_FROM), *(f"پول {one}" for one in _TAKEN_FROM),
            "پرداختم", "دو بار پرداخت", "دوبار پرداخت", "واریزی زدم", "pardakht kardam", "pardakht shod",
            "variz kardam", "kart be kart kardam", "pool dadam", "poolesho dadam", "fish daram",
            "resid daram", "töledim", "töläpdim", "pul geçirdim", "puly tölläpdim", "i paid", "already paid",
        )
    }
)  # fmt: skip
_NOT_DONE = keys_of("اگر", "اگه", "وقتی", "چطور", "چطوری", "چجوری", "کجا", "باید", "بعد", "agar", "age", "chetor")
"""With one of them it is not said to be done: «وقتی پرداخت کردم چه کنم»."""


def claims_payment(text: str) -> bool:
    """Return whether a text says that its writer has paid."""
    stream = TokenStream(text)
    claims = list(_CLAIMS.find_in(stream))
    if not claims or any(stream.raw_at(index) in _NOT_DONE for index in range(claims[0][2])):
        return False
    denied_starts = {negation.start for negation in find_negations(stream)}
    return any(denied_starts.isdisjoint(range(start, end)) for start, _, end in claims)
