"""The values of the contract that are one text each: identifiers, days, moments, amounts, words.

Identifiers are tokens, so that white space around them does no harm, and their patterns are as wide as the domain's
readers; what a pattern lets through is still read by the domain (check digits, days in the past).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from channels.pishkhan_soap import folding
from channels.pishkhan_soap.reasons import SoapInvalidReason
from channels.pishkhan_soap.schema import Doc, SimpleType
from domain.values.calendar import TEHRAN_ZONE
from domain.values.reasons import InvalidReason
from domain.values.reasons.bases import InvalidReasonBase

TOKEN_BASE, STRING_BASE = "xs:token", "xs:string"
_ZONE_SUFFIX = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_SECOND_FRACTION = re.compile(r"\.\d+")
_PLATE_GAP = "[ \\-_/|،,.]*"
_PLATE_SERIAL = f"[0-9]{{2}}{_PLATE_GAP}(الف|[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیTtDdSs]){_PLATE_GAP}[0-9]{{3}}"
_CLOCK_PATTERN = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


def token_type(
    type_name: str, doc: Doc, *, max_length: int, fold_text: Callable[[str], str] = folding.fold_name
) -> SimpleType:
    """Return a token from one to `max_length` characters."""
    return SimpleType(
        type_name, TOKEN_BASE, doc, (("minLength", "1"), ("maxLength", str(max_length))), fold_text=fold_text
    )


def pattern_type(
    type_name: str,
    pattern: str,
    doc: Doc,
    error_reason: InvalidReasonBase,
    *,
    fold_text: Callable[[str], str] = folding.fold_identifier,
    parse_text: Callable[[str], Any] = str,
) -> SimpleType:
    """Return a token with a pattern (XSD's regular expressions are anchored); `error_reason`: what it should be."""
    return SimpleType(
        type_name, TOKEN_BASE, doc, (("pattern", pattern),), parse_text, fold_text=fold_text, error_reason=error_reason
    )


def text_type(type_name: str, max_length: int, doc: Doc) -> SimpleType:
    """Return free text of at most so many characters, never empty."""
    return SimpleType(type_name, STRING_BASE, doc, (("minLength", "1"), ("maxLength", str(max_length))))


def choice_type(type_name: str, choice_ids: Sequence[str], doc: Doc) -> SimpleType:
    """Return a choice of ids."""
    return SimpleType(
        type_name,
        TOKEN_BASE,
        doc,
        tuple(("enumeration", choice_id) for choice_id in choice_ids),
        fold_text=folding.fold_name,
    )


def integer_type(type_name: str, minimum: int, maximum: int, doc: Doc) -> SimpleType:
    """Return a whole number from `minimum` to `maximum`."""
    facets = (("minInclusive", str(minimum)), ("maxInclusive", str(maximum)))
    xsd_base = "xs:int" if maximum < 2**31 else "xs:long"
    return SimpleType(
        type_name,
        xsd_base,
        doc,
        facets,
        parse_text=int,
        fold_text=folding.fold_integer,
        error_reason=SoapInvalidReason.WHOLE,
    )


def decimal_type(type_name: str, minimum: Decimal, maximum: Decimal, doc: Doc) -> SimpleType:
    """Return a decimal number from `minimum` to `maximum`, to two places; it stays the text that it is."""
    facets = (("minInclusive", f"{minimum:f}"), ("maxInclusive", f"{maximum:f}"), ("fractionDigits", "2"))
    return SimpleType(
        type_name, "xs:decimal", doc, facets, fold_text=folding.fold_decimal, error_reason=SoapInvalidReason.DECIMAL
    )


def _parse_day(day_text: str) -> date:
    """Return the day: some clients put a zone behind it, which is the office's own."""
    return date.fromisoformat(_ZONE_SUFFIX.sub("", day_text))


def _parse_clock(clock_text: str) -> time:
    """Return hour and minute."""
    hour, minute, *_ = clock_text.split(":")
    return time(int(hour), int(minute))


def _parse_paid_at(moment_text: str) -> datetime:
    """Return the moment with a zone, down to the second."""
    paid_at = datetime.fromisoformat(_SECOND_FRACTION.sub("", moment_text))
    return paid_at if paid_at.tzinfo else paid_at.replace(tzinfo=TEHRAN_ZONE)


@lru_cache(maxsize=4096)
def _render_moment(moment: datetime) -> str:
    # One answer says the same moment several times, and many answers do.
    return moment.astimezone(TEHRAN_ZONE).isoformat(timespec="seconds")


def _render_base64(file_content: bytes) -> str:
    return b64encode(file_content).decode("ascii")


OFFICE_CODE = pattern_type(
    "OfficeCode",
    "[A-Za-z0-9_\\-]{1,20}",
    Doc("کد دفتر پیشخوان", "The office's code, as the municipality gave it."),
    InvalidReason.OFFICE_CODE,
)
NATIONAL_CODE = pattern_type(
    "NationalCode",
    "[0-9]{8,10}",
    Doc("کد ملی، ده رقم", "National code, ten digits; leading zeros may be left out."),
    InvalidReason.BAD_NATIONAL_CODE,
)
MOBILE_NUMBER = pattern_type(
    "Mobile",
    "(\\+98|0098|98|0)?9[0-9]{9}",
    Doc("شماره همراه", "Iranian mobile number: 09…, +989…, 00989… or 9…."),
    InvalidReason.BAD_MOBILE,
)
CLIENT_REQUEST_ID = token_type(
    "ClientRequestId",
    Doc(
        "شناسه یکتای این فراخوان؛ در تکرار همان فراخوان همین شناسه را بفرستید",
        "Your own unique id of this call. Send the same id and body again when you got no answer: it acts once.",
        "شناسه فراخوان",
    ),
    max_length=64,
    fold_text=folding.trim_token,
)
TRACKING_CODE = pattern_type(
    "TrackingCode",
    "[1-9][0-9]{2}[ \\-]?[0-9]{3}[ \\-]?[0-9]{3}",
    Doc("کد رهگیری نه‌رقمی", "Tracking code of a request: nine digits, the last one a check digit.", "کد رهگیری"),
    SoapInvalidReason.TRACKING_CODE,
)
BILL_ID = pattern_type(
    "BillId",
    "[0-9]{6,13}",
    Doc("شناسه قبض", "Iranian bill id (shenase-ye qabz), 6 to 13 digits."),
    SoapInvalidReason.BILL_DIGITS,
)
PAYMENT_ID = pattern_type(
    "PaymentId",
    "[0-9]{6,13}",
    Doc("شناسه پرداخت", "Iranian payment id (shenase-ye pardakht), 6 to 13 digits."),
    SoapInvalidReason.BILL_DIGITS,
)
VEHICLE_PLATE = pattern_type(
    "Plate",
    "|".join(
        (
            f"{_PLATE_SERIAL}{_PLATE_GAP}(ایران{_PLATE_GAP})?[1-9][0-9]",
            f"ایران{_PLATE_GAP}[1-9][0-9]{_PLATE_GAP}{_PLATE_SERIAL}",
        )
    ),
    Doc("پلاک خودرو", "Vehicle plate, such as 12ت345-59 (a Latin T stands for ت)."),
    InvalidReason.BAD_PLATE,
    fold_text=folding.fold_plate,
)
TAXI_CODE = pattern_type(
    "TaxiCode", "0*[1-9][0-9]{0,5}", Doc("کد تاکسی", "Taxi code, one to six digits."), InvalidReason.BAD_TAXI_CODE
)
POSTAL_CODE = pattern_type(
    "PostalCode", "[0-9]{10}", Doc("کد پستی ده‌رقمی", "Postal code, ten digits."), InvalidReason.BAD_POSTAL_CODE
)
RENOVATION_CODE = pattern_type(
    "RenovationCode",
    "[0-9]{1,6}( ?[\\-_./|] ?[0-9]{1,6}){2,7}|[0-9]{12,20}",
    Doc("کد نوسازی ملک", "Renovation code of a property, such as 2-14-15-20."),
    InvalidReason.BAD_RENOVATION_CODE,
    fold_text=folding.fold_renovation_code,
)
IBAN = pattern_type("Iban", "[Ii][Rr][0-9]{24}", Doc("شماره شبا", "IBAN: IR and 24 digits."), InvalidReason.BAD_IBAN)
POS_REFERENCE = token_type(
    "PosReference",
    Doc(
        "شماره پیگیری کارت‌خوان، مانند 000123",
        "The POS terminal's own number of the payment: its trace number (STAN). It repeats, so send rrn, too.",
    ),
    max_length=64,
)
RETRIEVAL_NUMBER = pattern_type(
    "Rrn",
    "[0-9]{12}",
    Doc("شماره مرجع دوازده‌رقمی رسید", "The receipt's retrieval reference number, twelve digits: it never repeats."),
    SoapInvalidReason.RRN,
)
TERMINAL_ID = token_type(
    "TerminalId", Doc("شماره پایانه کارت‌خوان", "The terminal's number, as its receipt shows it."), max_length=20
)
RIAL_AMOUNT = SimpleType(
    "Rials",
    "xs:long",
    Doc("مبلغ به ریال", "Amount in whole rials."),
    (("minInclusive", "0"),),
    parse_text=int,
    fold_text=folding.fold_integer,
    error_reason=SoapInvalidReason.WHOLE,
)
THING_COUNT = SimpleType(
    "Count", "xs:int", Doc("تعداد", "A number of things."), (("minInclusive", "0"),), parse_text=int
)
ISO_DAY = SimpleType(
    "Day",
    "xs:date",
    Doc("تاریخ میلادی", "A day, Gregorian: 2026-11-24."),
    (("pattern", "(19[2-9][0-9]|20[0-9]{2}|21[0-2][0-9])-[0-9]{2}-[0-9]{2}(Z|[+\\-][0-9]{2}:[0-9]{2})?"),),
    parse_text=_parse_day,
    render_text=str,
    fold_text=folding.fold_day,
    error_reason=SoapInvalidReason.DAY,
)
TIME_OF_DAY = pattern_type(
    "TimeOfDay",
    "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?",
    Doc("ساعت به وقت تهران", "Time of day in Tehran: 08:00. Seconds are not looked at."),
    SoapInvalidReason.CLOCK,
    fold_text=folding.fold_clock,
    parse_text=_parse_clock,
)
PAID_AT = SimpleType(
    "PaidAt",
    "xs:dateTime",
    Doc(
        "زمان پرداخت روی رسید؛ بی منطقه زمانی به وقت تهران است",
        "When it was paid, as the receipt says: 2026-11-24T10:15:00. Without a zone it is Tehran's time.",
    ),
    (("pattern", f"20[0-9]{{2}}-[0-9\\-]{{5}}T{_CLOCK_PATTERN}(\\.[0-9]+)?(Z|[+\\-][0-9]{{2}}:[0-9]{{2}})?"),),
    parse_text=_parse_paid_at,
    render_text=_render_moment,
    fold_text=folding.fold_moment,
    error_reason=SoapInvalidReason.MOMENT,
)
ZONED_MOMENT = SimpleType("Moment", "xs:dateTime", Doc("زمان", "A moment with its zone."), render_text=_render_moment)
FILE_CONTENT = SimpleType(
    "Content",
    "xs:base64Binary",
    Doc("محتوای فایل؛ عکس یا PDF تا ۷ مگابایت", "The file itself: a photo or PDF, at most 7 MB.", "فایل"),
    (("minLength", "1"),),
    parse_text=b64decode,
    render_text=_render_base64,
    fold_text=folding.trim_token,
    error_reason=SoapInvalidReason.BASE64,
)
TEXT = SimpleType("Text", STRING_BASE, Doc("متن", "Text for people, Persian."))
FULL_NAME = text_type("FullName", 80, Doc("نام و نام خانوادگی", "Full name."))
IDENTIFIER = SimpleType(
    "Identifier", TOKEN_BASE, Doc("شناسه ثابت", "A stable id for programs."), fold_text=folding.fold_name
)
