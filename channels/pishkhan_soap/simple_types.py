"""The values of the contract that are one text each: identifiers, days, moments, amounts, words.

Identifiers are tokens, so that white space around them does no harm, and their patterns are as wide as the domain's
readers; what a pattern lets through is still read by the domain (check digits, days in the past).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from channels.pishkhan_soap import folding
from channels.pishkhan_soap.schema import Doc, Simple
from domain.values.calendar import TEHRAN

TOKEN, STRING = "xs:token", "xs:string"
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_FRACTION = re.compile(r"\.\d+")
_GAP = "[ \\-_/|،,.]*"
_SERIAL = f"[0-9]{{2}}{_GAP}(الف|[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیTtDdSs]){_GAP}[0-9]{{3}}"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def token(name: str, doc: Doc, *, most: int, fold: Callable[[str], str] = folding.name) -> Simple:
    """Return a token from one to `most` characters."""
    return Simple(name, TOKEN, doc, (("minLength", "1"), ("maxLength", str(most))), fold=fold)


def patterned(
    name: str,
    pattern: str,
    doc: Doc,
    reason: str,
    *,
    fold: Callable[[str], str] = folding.identifier,
    read: Callable[[str], Any] = str,
) -> Simple:
    """Return a token with a pattern (XSD's regular expressions are anchored); `reason`: what it should look like."""
    return Simple(name, TOKEN, doc, (("pattern", pattern),), read, fold=fold, reason=reason)


def words(name: str, most: int, doc: Doc) -> Simple:
    """Return free text of at most so many characters, never empty."""
    return Simple(name, STRING, doc, (("minLength", "1"), ("maxLength", str(most))))


def enumerated(name: str, ids: Sequence[str], doc: Doc) -> Simple:
    """Return a choice of ids."""
    return Simple(name, TOKEN, doc, tuple(("enumeration", one) for one in ids), fold=folding.name)


def whole(name: str, least: int, most: int, doc: Doc) -> Simple:
    """Return a whole number from `least` to `most`."""
    facets = (("minInclusive", str(least)), ("maxInclusive", str(most)))
    base = "xs:int" if most < 2**31 else "xs:long"
    return Simple(name, base, doc, facets, read=int, fold=folding.whole, reason="soap_whole")


def _day(text: str) -> str:
    """Return ISO: some clients put a zone behind a day, which is the office's own."""
    return _ZONE.sub("", text)


def _clock(text: str) -> str:
    """Return HH:MM."""
    hour, minute, *_ = text.split(":")
    return f"{hour:0>2}:{minute}"


def _paid_at(text: str) -> str:
    """Return ISO with a zone, down to the second."""
    moment = datetime.fromisoformat(_FRACTION.sub("", text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)).isoformat()


@lru_cache(maxsize=4096)
def _moment(moment: datetime) -> str:
    # One answer says the same moment several times, and many answers do.
    return moment.astimezone(TEHRAN).isoformat(timespec="seconds")


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _boolean(value: bool) -> str:
    return "true" if value else "false"


OFFICE_CODE = patterned(
    "OfficeCode",
    "[A-Za-z0-9_\\-]{1,20}",
    Doc("کد دفتر پیشخوان", "The office's code, as the municipality gave it."),
    "office_code",
)
NATIONAL_CODE = patterned(
    "NationalCode",
    "[0-9]{8,10}",
    Doc("کد ملی، ده رقم", "National code, ten digits; leading zeros may be left out."),
    "bad_national_code",
)
MOBILE = patterned(
    "Mobile",
    "(\\+98|0098|98|0)?9[0-9]{9}",
    Doc("شماره همراه", "Iranian mobile number: 09…, +989…, 00989… or 9…."),
    "bad_mobile",
)
CALL_ID = token(
    "ClientRequestId",
    Doc(
        "شناسه یکتای این فراخوان؛ در تکرار همان فراخوان همین شناسه را بفرستید",
        "Your own unique id of this call. Send the same id and body again when you got no answer: it acts once.",
        "شناسه فراخوان",
    ),
    most=64,
    fold=folding.trimmed,
)
TRACKING_CODE = patterned(
    "TrackingCode",
    "[1-9][0-9]{2}[ \\-]?[0-9]{3}[ \\-]?[0-9]{3}",
    Doc("کد رهگیری نه‌رقمی", "Tracking code of a request: nine digits, the last one a check digit.", "کد رهگیری"),
    "soap_tracking_code",
)
BILL_ID = patterned(
    "BillId", "[0-9]{6,13}", Doc("شناسه قبض", "Iranian bill id (shenase-ye qabz), 6 to 13 digits."), "soap_bill_digits"
)
PAYMENT_ID = patterned(
    "PaymentId",
    "[0-9]{6,13}",
    Doc("شناسه پرداخت", "Iranian payment id (shenase-ye pardakht), 6 to 13 digits."),
    "soap_bill_digits",
)
PLATE = patterned(
    "Plate",
    "|".join((f"{_SERIAL}{_GAP}(ایران{_GAP})?[1-9][0-9]", f"ایران{_GAP}[1-9][0-9]{_GAP}{_SERIAL}")),
    Doc("پلاک خودرو", "Vehicle plate, such as 12ت345-59 (a Latin T stands for ت)."),
    "bad_plate",
    fold=folding.plate,
)
TAXI_CODE = patterned(
    "TaxiCode", "0*[1-9][0-9]{0,5}", Doc("کد تاکسی", "Taxi code, one to six digits."), "bad_taxi_code"
)
POSTAL_CODE = patterned("PostalCode", "[0-9]{10}", Doc("کد پستی ده‌رقمی", "Postal code, ten digits."), "bad_postal_code")
RENOVATION_CODE = patterned(
    "RenovationCode",
    "[0-9]{1,6}( ?[\\-_./|] ?[0-9]{1,6}){2,7}|[0-9]{12,20}",
    Doc("کد نوسازی ملک", "Renovation code of a property, such as 2-14-15-20."),
    "bad_renovation_code",
    fold=folding.renovation_code,
)
IBAN = patterned("Iban", "[Ii][Rr][0-9]{24}", Doc("شماره شبا", "IBAN: IR and 24 digits."), "bad_iban")
REFERENCE = token(
    "PosReference",
    Doc(
        "شماره پیگیری کارت‌خوان، مانند 000123",
        "The POS terminal's own number of the payment: its trace number (STAN). It repeats, so send rrn, too.",
    ),
    most=64,
)
RRN = patterned(
    "Rrn",
    "[0-9]{12}",
    Doc("شماره مرجع دوازده‌رقمی رسید", "The receipt's retrieval reference number, twelve digits: it never repeats."),
    "soap_rrn",
)
TERMINAL_ID = token(
    "TerminalId", Doc("شماره پایانه کارت‌خوان", "The terminal's number, as its receipt shows it."), most=20
)
RIALS = Simple(
    "Rials", "xs:long", Doc("مبلغ به ریال", "Amount in whole rials."), (("minInclusive", "0"),), read=int,
    fold=folding.whole, reason="soap_whole",
)  # fmt: skip
COUNT = Simple("Count", "xs:int", Doc("تعداد", "A number of things."), (("minInclusive", "0"),), read=int)
DAY = Simple(
    "Day",
    "xs:date",
    Doc("تاریخ میلادی", "A day, Gregorian: 2026-11-24."),
    (("pattern", "(19[2-9][0-9]|20[0-9]{2}|21[0-2][0-9])-[0-9]{2}-[0-9]{2}(Z|[+\\-][0-9]{2}:[0-9]{2})?"),),
    read=_day,
    write=str,
    fold=folding.day,
    reason="soap_day",
)
CLOCK = patterned(
    "TimeOfDay",
    "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?",
    Doc("ساعت به وقت تهران", "Time of day in Tehran: 08:00. Seconds are not looked at."),
    "soap_clock",
    fold=folding.clock,
    read=_clock,
)
PAID_AT = Simple(
    "PaidAt",
    "xs:dateTime",
    Doc(
        "زمان پرداخت روی رسید؛ بی منطقه زمانی به وقت تهران است",
        "When it was paid, as the receipt says: 2026-11-24T10:15:00. Without a zone it is Tehran's time.",
    ),
    (("pattern", f"20[0-9]{{2}}-[0-9\\-]{{5}}T{_CLOCK}(\\.[0-9]+)?(Z|[+\\-][0-9]{{2}}:[0-9]{{2}})?"),),
    read=_paid_at,
    write=_moment,
    fold=folding.moment,
    reason="soap_moment",
)
MOMENT = Simple("Moment", "xs:dateTime", Doc("زمان", "A moment with its zone."), write=_moment)
FLAG = Simple(
    "Flag", "xs:boolean", Doc("بله یا خیر", "True or false."), read=lambda text: text in "1true", write=_boolean,
    fold=folding.flag, reason="soap_flag",
)  # fmt: skip
CONTENT = Simple(
    "Content",
    "xs:base64Binary",
    Doc("محتوای فایل؛ عکس یا PDF تا ۷ مگابایت", "The file itself: a photo or PDF, at most 7 MB.", "فایل"),
    (("minLength", "1"),),
    read=b64decode,
    write=_base64,
    fold=folding.trimmed,
    reason="soap_base64",
)
TEXT = Simple("Text", STRING, Doc("متن", "Text for people, Persian."))
NAME = words("FullName", 80, Doc("نام و نام خانوادگی", "Full name."))
ID = Simple("Identifier", TOKEN, Doc("شناسه ثابت", "A stable id for programs."), fold=folding.name)


def as_day(value: date | str) -> str:
    """Return a day as answers carry it."""
    return value if isinstance(value, str) else value.isoformat()
