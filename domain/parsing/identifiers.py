"""Numbers that identify something: tracking codes, bill ids, national and postal codes, taxi codes.

Each is found with or without its name («کد ملی», «تاکسی») and with spaces, dashes or dots inside.
"""

from collections.abc import Container, Iterator

from domain.parsing.numerals import number_at
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, Stream, keys
from domain.values import bill_ids, identifiers, tracking_codes
from domain.values.errors import DomainError, InvalidField

_INSIDE = frozenset("-‐‑–—−.·•")
_AFTER_LABEL = frozenset(":=#-،")
CODE_LABELS = keys(
    "کد", "شماره", "رهگیری", "پیگیری", "درخواست", "پرونده", "من", "code", "number", "no", ":", "#", "=", "-",
)  # fmt: skip
_BILL_LABELS = CODE_LABELS | keys("قبض", "شناسه", "bill", "id")
_NATIONAL = Phrases({True: ("کد ملی", "شماره ملی", "ش ملی", "ک ملی", "ملی", "national code", "national id")})
_POSTAL = Phrases({True: ("کد پستی", "ک پستی", "پستی", "postal code", "postcode", "zip", "zip code", "kod posti")})
_RENOVATION = Phrases({True: ("کد نوسازی", "شماره نوسازی", "شناسه نوسازی", "نوسازی", "renovation code", "kod nosazi")})
_OTHER_NUMBERS = keys(
    "تلفن", "تلفنم", "شماره", "همراه", "موبایل", "ثبتی", "پلاک", "پرونده", "کد", "قبض", "شناسه", ":", "-"
)
_BETWEEN_PARTS = _INSIDE | frozenset("/")

_TAXI = Phrases(
    {
        "taxi": (
            "تاکسی", "کد تاکسی", "تاکسی کد", "تاکسی شماره", "تاکسی با کد", "شماره تاکسی", "تاکسی به شماره",
            "تاکسی کد شماره",
            "taxi", "taxi code", "taxi no", "taxi number",
        ),
        "code": ("کد", "code"),
    }
)  # fmt: skip
_CODE = keys("کد", "شماره", "code", "no", "number")
_ABOUT = keys("از", "درباره", "علیه", "به", "برای", "about", "on")
_MONEY_OR_PEOPLE = keys("نفر", "هزار", "میلیون", "تومان", "تومن", "ریال", "%")
_TIMES = keys("بار", "دفعه", "ساعت", "دقیقه", "روز", "تا", "ماه", "سال")
_LONGEST_COUNT = 2
_MOST_SCORE = 5
_SCORE_LABELS = keys("نمره", "امتیاز", "از", "به", "score", ":", "-", "=")
_STARS, _OUT_OF = keys("ستاره", "stars", "star", "امتیاز", "نمره"), keys("از", "/", "of")


def digit_run(stream: Stream, at: int, lengths: Container[int], longest: int) -> tuple[str, int] | None:
    """Return a number of a wanted length at a place and its end; its groups may have spaces, dashes, brackets."""
    digits, here, opened = "", at, stream.key(at - 1) == "("
    while part := stream.digits(here):
        digits += part
        if len(digits) > longest:
            return None
        here += 1
        if len(digits) in lengths:
            return digits, here
        if stream.key(here) in _INSIDE or (opened and stream.key(here) == ")"):
            here += 1
    return None


def _runs(stream: Stream, length: int) -> Iterator[tuple[str, int, int]]:
    """Yield (digits, start, end) for every free number of a length."""
    at = 0
    while at < len(stream):
        run = digit_run(stream, at, (length,), length)
        if run:
            yield run[0], at, run[1]
        at = run[1] if run else at + 1


def is_code(digits: str) -> bool:
    """Tell whether nine digits can be a tracking code."""
    try:
        return tracking_codes.parse(digits) == digits
    except DomainError:
        return False


def take_code(reading: MessageReader) -> None:
    """Take a tracking code; nine digits with a wrong check digit are kept, for the answer `code_mistyped`.

    A number about as long that stands where the code should is refused.
    """
    runs = list(_runs(reading.stream, 9))
    if runs:
        digits, start, end = next((run for run in runs if is_code(run[0])), runs[0])
        reading.slots["code"] = digits
        reading.stream.take(reading.stream.back(start, CODE_LABELS), end)
        return
    for at in reading.stream.free():
        if 7 <= len(reading.stream.digits(at)) <= 10 and _opens(reading.stream, at, CODE_LABELS):
            reading.reject("code", at, at + 1)
            return


def take_code_or_bill(reading: MessageReader) -> None:
    """Take what can be paid: a tracking code (a right check digit decides for nine digits), else a bill id."""
    stream = reading.stream
    for digits, start, end in (*_whole_numbers(stream), *_tokens_of_digits(stream)):
        code = is_code(digits)
        if code or _is_bill_id(digits):
            reading.slots["code" if code else "bill_id"] = digits if code else digits.lstrip("0")
            stream.take(stream.back(start, _BILL_LABELS), end)
            return
    take_code(reading)


def _whole_numbers(stream: Stream) -> Iterator[tuple[str, int, int]]:
    """Yield (digits, start, end) for every row of groups of digits with nothing but spaces and dashes inside."""
    at = 0
    while at < len(stream):
        start, digits = at, ""
        while part := stream.digits(at):
            digits += part
            at += 2 if stream.key(at + 1) in _INSIDE and stream.digits(at + 2) else 1
        if digits:
            yield digits, start, at
        at += not digits


def _tokens_of_digits(stream: Stream) -> Iterator[tuple[str, int, int]]:
    return ((stream.digits(at), at, at + 1) for at in range(len(stream)) if stream.digits(at))


def _is_bill_id(digits: str) -> bool:
    try:
        bill_ids.parse_bill_id(digits)
    except InvalidField:
        return False
    return True


def take_national_and_postal(reading: MessageReader) -> None:
    """Take both ten-digit codes: by their names, else by a right check digit, else the national code comes first."""
    take_national(reading)
    _take_labelled(reading, _POSTAL, "postal_code")
    named = {*reading.slots, *reading.rejected}
    pool = list(_runs(reading.stream, 10))
    if "national_code" not in named:
        _take_unnamed_national(reading, pool, others=2 - ("postal_code" in named))
    if "national_code" not in {*reading.slots, *reading.rejected} and len(pool) == 1 and "postal_code" not in named:
        _doubt_national(reading, *pool.pop())
    if "postal_code" not in named and pool and _begins_no_postal(pool[0][0]):
        _doubt_national(reading, *pool.pop(0))
    elif "postal_code" not in named and pool:
        _keep(reading, "postal_code", *pool.pop(0))


def _begins_no_postal(digits: str) -> bool:
    """Tell whether a number cannot be a postal code: none begins with 0."""
    return digits.startswith("0")


def _doubt_national(reading: MessageReader, digits: str, start: int, end: int) -> None:
    """Take a number that may be a national code with a slip in it; the national code is asked for."""
    reading.problems["national_code"] = InvalidField("national_code", detail="national_or_postal", given=digits)
    reading.stream.take(start, end)


def take_renovation_code(reading: MessageReader) -> None:
    """Take a property's renovation code that is named so («کد نوسازی 2-14-15-20»)."""
    stream = reading.stream
    for at in stream.free():
        label = _RENOVATION.at(stream, at)
        begin = stream.skip(label[1], _AFTER_LABEL) if label else at
        if not label or not stream.digits(begin):
            continue
        end = begin + 1
        while stream.key(end) in _BETWEEN_PARTS and stream.digits(end + 1):
            end += 2
        stream.take(at, begin)
        try:
            reading.slots["renovation_code"] = identifiers.renovation_code(stream.slice(begin, end))
            stream.take(begin, end)
        except InvalidField:
            reading.reject("renovation_code", begin, end)
        return


def take_national(reading: MessageReader) -> None:
    """Take a national code that is named so («کد ملی …»); eight or nine digits get their zeros back."""
    _take_labelled(reading, _NATIONAL, "national_code")


def _take_unnamed_national(reading: MessageReader, pool: list[tuple[str, int, int]], others: int) -> None:
    """Take the right national code of the pool; refuse the first number when the pool holds one for each code."""
    # Postal codes never begin with 0: of two right numbers, the one that does is the national code.
    right = min((run for run in pool if _is_national(run[0])), key=lambda run: run[0][0] != "0", default=None)
    if len(pool) < others:
        # Nine digits are a national code that lost its zero.
        right = next((run for run in _runs(reading.stream, 9) if _is_national(run[0])), right)
        right = right or next(_short_nationals(reading.stream), None)
    if right is None and len(pool) >= others:
        right = pool[0]
    if right:
        _keep(reading, "national_code", *right)
        pool[:] = [run for run in pool if run != right]


def _short_nationals(stream: Stream) -> Iterator[tuple[str, int, int]]:
    """Yield numbers of eight digits that are national codes which lost both zeros; others have names («تلفن …»)."""
    for at in stream.free():
        digits = stream.digits(at)
        if len(digits) == 8 and stream.raw(at - 1) not in _OTHER_NUMBERS and _is_national(digits):
            yield digits, at, at + 1


def _is_national(digits: str) -> bool:
    try:
        identifiers.national_code(digits)
    except InvalidField:
        return False
    return True


def _keep(reading: MessageReader, name: str, digits: str, start: int, end: int) -> None:
    """Take a national or postal code, as a slot when it is right."""
    try:
        reading.slots[name] = (
            identifiers.national_code(digits) if name == "national_code" else identifiers.postal_code(digits)
        )
        reading.stream.take(start, end)
    except InvalidField:
        reading.reject(name, start, end)


def _take_labelled(reading: MessageReader, labels: Phrases[bool], name: str) -> None:
    stream = reading.stream
    for at in stream.free():
        label = labels.at(stream, at)
        begin = stream.skip(label[1], _AFTER_LABEL) if label else at
        if not label or not stream.digits(begin):
            continue
        run = digit_run(stream, begin, (10,), 10) or (stream.digits(begin), begin + 1)
        stream.take(at, begin)
        _keep(reading, name, run[0], begin, run[1])
        return


def take_taxi_code(reading: MessageReader) -> None:
    """Take a taxi's code: after «تاکسی» or «کد», or a number of three digits or more that opens the arguments.

    What is called a code is one. Behind «تاکسی» alone a number may count something: see `_counts_something`.
    """
    stream = reading.stream
    for at in stream.free():
        label = _TAXI.at(stream, at)
        if label and label[0] == "code" and "plate" in reading.slots:
            continue
        begin = stream.skip(label[1], _AFTER_LABEL) if label else at
        digits = stream.digits(begin)
        shortest = 1 if label else 3
        if not (shortest <= len(digits) <= 6 and (label or _opens(stream, at))):
            continue
        if _says_code(stream, at, begin) or not _counts_something(stream, begin, named=bool(label)):
            reading.slots["taxi_code"] = digits
            stream.take(before_subject(stream, at), begin + 1)
            return


def before_subject(stream: Stream, at: int) -> int:
    """Return where «از» begins in «شکایت از تاکسی ۱۱۴», when the arguments open with it."""
    return at - 1 if stream.key(at - 1) in _ABOUT and stream.at_head(at - 1) else at


def _says_code(stream: Stream, start: int, end: int) -> bool:
    """Tell whether a label says that the number behind it is a code («تاکسی کد …», «شماره تاکسی …»)."""
    return any(stream.key(at) in _CODE for at in range(start, end))


def _counts_something(stream: Stream, at: int, *, named: bool) -> bool:
    """Tell whether a number counts something («۲۰۰ هزار تومان») or is part of «۸:۳۰».

    Behind «تاکسی» (`named`) it is a code all the same where «ساعت ۹» or «تا میدان» goes on with something else, unless
    it is as short as a count: «تاکسی ۳ ساعت دیر آمد» accuses no taxi 3.
    """
    unit = stream.key(at + 1)
    goes_on = stream.is_mark(at + 1) and stream.tight(at + 2) and bool(stream.digits(at + 2))
    if goes_on or unit in _MONEY_OR_PEOPLE:
        return True
    if not named:
        return unit in _TIMES
    return len(stream.digits(at)) <= _LONGEST_COUNT and unit in _TIMES and number_at(stream, at + 2) is None


def _opens(stream: Stream, at: int, labels: frozenset[str] = frozenset()) -> bool:
    """Tell whether no free word (but a label) stands before a place."""
    before = (stream.key(place) for place in range(at) if not stream.is_mark(place))
    return all(not key or key in labels for key in before)


def take_score(reading: MessageReader) -> None:
    """Take a score of 1–5, best in digits, else in words; digits that say another number are refused."""
    stream = reading.stream
    for at in sorted(stream.free(), key=lambda place: not stream.digits(place)):
        number = number_at(stream, at)
        if number and stream.digits(at) and _out_of_another(stream, number[1]):
            reading.reject("score", at, number[1] + 2)
            return
        if number and 1 <= number[0] <= 5:
            reading.slots["score"] = number[0]
            stream.take(stream.back(at, _SCORE_LABELS), _after_stars(stream, number[1]))
            return
        if number and stream.digits(at):
            reading.reject("score", at, number[1])
            return


def _out_of_another(stream: Stream, at: int) -> bool:
    """Tell whether «از ۱۰» stands behind a score: then it is no score out of five."""
    most = number_at(stream, at + 1) if stream.key(at) in _OUT_OF else None
    return most is not None and most[0] != _MOST_SCORE


def _after_stars(stream: Stream, at: int) -> int:
    """Return the end of «ستاره» or «از ۵» after a score."""
    if stream.key(at) in _STARS:
        return at + 1
    most = number_at(stream, at + 1) if stream.key(at) in _OUT_OF else None
    return most[1] if most and most[0] == 5 else at
