"""Numbers that identify something: tracking codes, bill ids, national and postal codes, taxi codes.

Each is found with or without its name («کد ملی», «تاکسی») and with spaces, dashes or dots inside.
"""

from collections.abc import Container, Iterator

from domain.parsing.negation import find_negations
from domain.parsing.numerals import read_number_at
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of
from domain.values import bill_ids, identifiers
from domain.values.errors import CodeMistyped, InvalidField
from domain.values.reasons import InvalidReason
from domain.values.tracking_codes import TrackingCode, parse_code

_INNER_MARKS = frozenset("-‐‑–—−.·•")
_MARKS_AFTER_LABEL = frozenset(":=#-،")
CODE_LABELS = keys_in("values.code_labels")
BILL_LABELS = CODE_LABELS | keys_of("قبض", "شناسه", "bill", "id")
_NATIONAL_LABELS = Phrases({True: ("کد ملی", "شماره ملی", "ش ملی", "ک ملی", "ملی", "national code", "national id")})
_POSTAL_LABELS = Phrases({True: words_of("values.postal_labels.yes")})
_RENOVATION_LABELS = Phrases(
    {True: ("کد نوسازی", "شماره نوسازی", "شناسه نوسازی", "نوسازی", "renovation code", "kod nosazi")}
)
_OTHER_NUMBER_LABELS = keys_in("values.other_number_labels")
_MARKS_BETWEEN_PARTS = _INNER_MARKS | frozenset("/")

_TAXI_LABELS = Phrases(
    {
        "taxi": words_of("values.taxi_labels.taxi"),
        "code": ("کد", "code"),
    }
)
_CODE_WORDS = keys_of("کد", "شماره", "code", "no", "number")
_ABOUT_WORDS = keys_of("از", "درباره", "علیه", "به", "برای", "about", "on")
_MONEY_OR_PEOPLE_WORDS = keys_of("نفر", "هزار", "میلیون", "تومان", "تومن", "ریال", "%")
_TIME_UNIT_WORDS = keys_in("values.time_unit_words")
_MOST_COUNT_DIGITS = 2
LOWEST_SCORE, HIGHEST_SCORE = 1, 5
_SCORE_LABELS = keys_in("values.score_labels")
_NO_SCORE = keys_of("صفر", "sefr", "0")
_DOUBTING_WORDS = _NO_SCORE | keys_in("values.doubting_words")
"""Beside a score they say that it is none, or another."""
_BETWEEN_SCORES = keys_in("values.between_scores")
_NOT_THAT = keys_of("نه", "na", "däl")
_STAR_WORDS, _OUT_OF_WORDS = keys_of("ستاره", "stars", "star", "امتیاز", "نمره"), keys_of("از", "/", "of")


def read_digit_run(
    stream: TokenStream, index: int, lengths: Container[int], most_digits: int
) -> tuple[str, int] | None:
    """Return a number of a wanted length at a place and its end; its groups may have spaces, dashes, brackets."""
    digits, end, is_bracketed = "", index, stream.key_at(index - 1) == "("
    while digit_group := stream.digits_at(end):
        digits += digit_group
        if len(digits) > most_digits:
            return None
        end += 1
        if len(digits) in lengths:
            return digits, end
        if stream.key_at(end) in _INNER_MARKS or (is_bracketed and stream.key_at(end) == ")"):
            end += 1
    return None


def _find_digit_runs(stream: TokenStream, digit_count: int) -> Iterator[tuple[str, int, int]]:
    """Yield (digits, start, end) for every free number of a length."""
    index = 0
    while index < len(stream):
        run = read_digit_run(stream, index, (digit_count,), digit_count)
        if run:
            yield run[0], index, run[1]
        index = run[1] if run else index + 1


def read_tracking_code(digits: str) -> TrackingCode | None:
    """Return the tracking code that these digits are; None when they are none."""
    try:
        return parse_code(digits)
    except (CodeMistyped, InvalidField):
        return None


def find_tracking_codes(text: str) -> tuple[TrackingCode, ...]:
    """Return every tracking code that a text names, each once."""
    runs = _find_digit_runs(TokenStream(text), 9)
    codes = (read_tracking_code(digits) for digits, _, _ in runs)
    return tuple(dict.fromkeys(code for code in codes if code))


def take_code(reader: MessageReader) -> None:
    """Take a tracking code; nine digits with a wrong check digit are kept, for the answer `code_mistyped`.

    A number about as long in the place of the code is refused.
    """
    digit_runs = list(_find_digit_runs(reader.stream, 9))
    if digit_runs:
        codes = ((read_tracking_code(digits), start, end) for digits, start, end in digit_runs)
        code, start, end = next((found for found in codes if found[0]), digit_runs[0])
        reader.slots["code"] = code
        reader.stream.take(reader.stream.skip_back(start, CODE_LABELS), end)
        return
    for index in reader.stream.free_indexes():
        if 7 <= len(reader.stream.digits_at(index)) <= 10 and _opens_arguments(reader.stream, index, CODE_LABELS):
            reader.reject_tokens("code", index, index + 1)
            return


def take_code_or_bill(reader: MessageReader) -> None:
    """Take what can be paid: a tracking code (a right check digit decides for nine digits), else a bill id."""
    stream = reader.stream
    for digits, start, end in (*find_grouped_numbers(stream), *find_number_tokens(stream)):
        code = read_tracking_code(digits)
        if number := code or read_bill_id(digits):
            reader.slots["code" if code else "bill_id"] = number
            stream.take(stream.skip_back(start, BILL_LABELS), end)
            return
    take_code(reader)


def find_grouped_numbers(stream: TokenStream) -> Iterator[tuple[str, int, int]]:
    """Yield (digits, start, end) for every row of groups of digits with nothing but spaces and dashes inside."""
    index = 0
    while index < len(stream):
        start, digits = index, ""
        while digit_group := stream.digits_at(index):
            digits += digit_group
            index += 2 if stream.key_at(index + 1) in _INNER_MARKS and stream.digits_at(index + 2) else 1
        if digits:
            yield digits, start, index
        index += not digits


def holds_digits(stream: TokenStream, fewest: int) -> bool:
    """Return whether the numbers of a message have so many digits together, to pass over at once what has no code."""
    return sum(len(token.key) for token in stream.tokens if token.kind is TokenKind.NUMBER) >= fewest


def find_number_tokens(stream: TokenStream) -> Iterator[tuple[str, int, int]]:
    """Yield (digits, start, end) for every number of a message by itself."""
    return ((digits, index, index + 1) for index in range(len(stream)) if (digits := stream.digits_at(index)))


def read_bill_id(digits: str) -> str | None:
    """Return the bill id that these digits are; None when they are none."""
    try:
        return bill_ids.parse_bill_id(digits)
    except InvalidField:
        return None


def take_national_and_postal_codes(reader: MessageReader) -> None:
    """Take both ten-digit codes: by their names, else by a right check digit, else the national code comes first."""
    take_national_code(reader)
    _take_labelled(reader, _POSTAL_LABELS, "postal_code")
    labelled_slots = {*reader.slots, *reader.rejected_texts}
    digit_runs = list(_find_digit_runs(reader.stream, 10))
    if "national_code" not in labelled_slots:
        _take_unlabelled_national_code(reader, digit_runs, codes_wanted=2 - ("postal_code" in labelled_slots))
    if (
        "national_code" not in {*reader.slots, *reader.rejected_texts}
        and len(digit_runs) == 1
        and "postal_code" not in labelled_slots
    ):
        _doubt_national_code(reader, *digit_runs.pop())
    if "postal_code" not in labelled_slots and digit_runs and _cannot_be_postal_code(digit_runs[0][0]):
        _doubt_national_code(reader, *digit_runs.pop(0))
    elif "postal_code" not in labelled_slots and digit_runs:
        _take_code_slot(reader, "postal_code", *digit_runs.pop(0))


def _cannot_be_postal_code(digits: str) -> bool:
    """Return whether a number cannot be a postal code: none begins with 0."""
    return digits.startswith("0")


def _doubt_national_code(reader: MessageReader, digits: str, start: int, end: int) -> None:
    """Take a number that may be a national code with a slip in it; the national code is asked for."""
    reader.problems_by_slot["national_code"] = InvalidField(
        "national_code", InvalidReason.NATIONAL_OR_POSTAL, given=digits
    )
    reader.stream.take(start, end)


def take_renovation_code(reader: MessageReader) -> None:
    """Take a property's renovation code that is named so («کد نوسازی 2-14-15-20»)."""
    stream = reader.stream
    for index in stream.free_indexes():
        label_match = _RENOVATION_LABELS.match_at(stream, index)
        code_start = stream.skip(label_match[1], _MARKS_AFTER_LABEL) if label_match else index
        if not label_match or not stream.digits_at(code_start):
            continue
        code_end = code_start + 1
        while stream.key_at(code_end) in _MARKS_BETWEEN_PARTS and stream.digits_at(code_end + 1):
            code_end += 2
        stream.take(index, code_start)
        try:
            reader.slots["renovation_code"] = identifiers.parse_renovation_code(
                stream.source_text(code_start, code_end)
            )
            stream.take(code_start, code_end)
        except InvalidField:
            reader.reject_tokens("renovation_code", code_start, code_end)
        return


def take_national_code(reader: MessageReader) -> None:
    """Take a national code that is named so («کد ملی …»); eight or nine digits get their zeros back."""
    _take_labelled(reader, _NATIONAL_LABELS, "national_code")


def _take_unlabelled_national_code(
    reader: MessageReader, digit_runs: list[tuple[str, int, int]], codes_wanted: int
) -> None:
    """Take the right national code of the pool; refuse the first number when the pool holds one for each code."""
    # Postal codes never begin with 0: of two right numbers, the one that does is the national code.
    national_run = min(
        (run for run in digit_runs if _is_national_code(run[0])), key=lambda run: run[0][0] != "0", default=None
    )
    if len(digit_runs) < codes_wanted:
        # Nine digits are a national code that lost its zero.
        national_run = next(
            (run for run in _find_digit_runs(reader.stream, 9) if _is_national_code(run[0])), national_run
        )
        national_run = national_run or next(_find_short_national_codes(reader.stream), None)
    if national_run is None and len(digit_runs) >= codes_wanted:
        national_run = digit_runs[0]
    if national_run:
        _take_code_slot(reader, "national_code", *national_run)
        digit_runs[:] = [run for run in digit_runs if run != national_run]


def _find_short_national_codes(stream: TokenStream) -> Iterator[tuple[str, int, int]]:
    """Yield numbers of eight digits that are national codes which lost both zeros; others have names («تلفن …»)."""
    for index in stream.free_indexes():
        digits = stream.digits_at(index)
        if len(digits) == 8 and stream.raw_at(index - 1) not in _OTHER_NUMBER_LABELS and _is_national_code(digits):
            yield digits, index, index + 1


def _is_national_code(digits: str) -> bool:
    try:
        identifiers.parse_national_code(digits)
    except InvalidField:
        return False
    return True


def _take_code_slot(reader: MessageReader, name: str, digits: str, start: int, end: int) -> None:
    """Take a national or postal code, as a slot when it is right."""
    try:
        reader.slots[name] = (
            identifiers.parse_national_code(digits)
            if name == "national_code"
            else identifiers.parse_postal_code(digits)
        )
        reader.stream.take(start, end)
    except InvalidField:
        reader.reject_tokens(name, start, end)


def _take_labelled(reader: MessageReader, label_phrases: Phrases[bool], name: str) -> None:
    stream = reader.stream
    for index in stream.free_indexes():
        label_match = label_phrases.match_at(stream, index)
        code_start = stream.skip(label_match[1], _MARKS_AFTER_LABEL) if label_match else index
        if not label_match or not stream.digits_at(code_start):
            continue
        run = read_digit_run(stream, code_start, (10,), 10) or (stream.digits_at(code_start), code_start + 1)
        stream.take(index, code_start)
        _take_code_slot(reader, name, run[0], code_start, run[1])
        return


def take_taxi_code(reader: MessageReader) -> None:
    """Take a taxi's code: after «تاکسی» or «کد», or a number of three digits or more that opens the arguments.

    What is called a code is one. Behind «تاکسی» alone a number may count something: see `_counts_something`.
    """
    stream = reader.stream
    for index in stream.free_indexes():
        label_match = _TAXI_LABELS.match_at(stream, index)
        if label_match and label_match[0] == "code" and "plate" in reader.slots:
            continue
        code_index = stream.skip(label_match[1], _MARKS_AFTER_LABEL) if label_match else index
        digits = stream.digits_at(code_index)
        fewest_digits = 1 if label_match else 3
        if not (fewest_digits <= len(digits) <= 6 and (label_match or _opens_arguments(stream, index))):
            continue
        if _is_labelled_as_code(stream, index, code_index) or not _counts_something(
            stream, code_index, has_label=bool(label_match)
        ):
            reader.slots["taxi_code"] = digits
            stream.take(start_with_about_word(stream, index), code_index + 1)
            return


def start_with_about_word(stream: TokenStream, index: int) -> int:
    """Return where «از» begins in «شکایت از تاکسی ۱۱۴», when the arguments open with it."""
    return index - 1 if stream.key_at(index - 1) in _ABOUT_WORDS and stream.begins_part(index - 1) else index


def _is_labelled_as_code(stream: TokenStream, start: int, end: int) -> bool:
    """Return whether a label says that the number behind it is a code («تاکسی کد …», «شماره تاکسی …»)."""
    return any(stream.key_at(index) in _CODE_WORDS for index in range(start, end))


def _counts_something(stream: TokenStream, index: int, *, has_label: bool) -> bool:
    """Return whether a number counts something («۲۰۰ هزار تومان») or is part of «۸:۳۰».

    Behind «تاکسی» (`has_label`) it is a code all the same where «ساعت ۹» or «تا میدان» goes on with something else,
    unless it is as short as a count: «تاکسی ۳ ساعت دیر آمد» accuses no taxi 3.
    """
    unit_key = stream.key_at(index + 1)
    continues = stream.is_mark_at(index + 1) and stream.is_glued(index + 2) and bool(stream.digits_at(index + 2))
    if continues or unit_key in _MONEY_OR_PEOPLE_WORDS:
        return True
    if not has_label:
        return unit_key in _TIME_UNIT_WORDS
    return (
        len(stream.digits_at(index)) <= _MOST_COUNT_DIGITS
        and unit_key in _TIME_UNIT_WORDS
        and read_number_at(stream, index + 2) is None
    )


def _opens_arguments(stream: TokenStream, index: int, label_keys: frozenset[str] = frozenset()) -> bool:
    """Return whether no free word (but a label) is before a place."""
    keys_before = (stream.key_at(place) for place in range(index) if not stream.is_mark_at(place))
    return all(not key or key in label_keys for key in keys_before)


def take_score(reader: MessageReader) -> None:
    """Take a score of 1–5, best in digits, else in words; digits that say another number are refused, and so is all
    that says several scores or that one is not given («۱ نه ۴», «۵ می‌دادم اگه …»): it is asked then.
    """
    stream = reader.stream
    if doubts_score(stream):
        reader.reject_tokens("score", next(stream.free_indexes()), len(stream))
        return
    for index in sorted(stream.free_indexes(), key=lambda place: not stream.digits_at(place)):
        number = read_number_at(stream, index)
        if number and stream.digits_at(index) and _is_out_of_other_scale(stream, number[1]):
            reader.reject_tokens("score", index, number[1] + 2)
            return
        if number and LOWEST_SCORE <= number[0] <= HIGHEST_SCORE:
            reader.slots["score"] = number[0]
            stream.take(stream.skip_back(index, _SCORE_LABELS), _end_of_score(stream, number[1]))
            return
        if number and stream.digits_at(index):
            reader.reject_tokens("score", index, number[1])
            return


def doubts_score(stream: TokenStream) -> bool:
    """Return whether a message names no score or several («صفر از ۵», «بین ۳ و ۴», «۱ نه ۴»), or says of its score that
    it is not given («می‌دادم», «اگه», «نمی‌دم»).
    """
    free_keys = {stream.key_at(index) for index in stream.free_indexes() if not _is_in_name(stream, index)}
    if free_keys & _DOUBTING_WORDS or _denies_number(stream):
        return True
    digits = [index for index in stream.free_indexes() if stream.digits_at(index)]
    scores = {stream.digits_at(index) for index in digits if not _is_other_number(stream, index)}
    is_one_of_others = any(
        stream.key_at(index + 1) in _BETWEEN_SCORES and read_number_at(stream, index + 2) for index in digits
    )
    return len(scores) > 1 or is_one_of_others


def _denies_number(stream: TokenStream) -> bool:
    """Return whether a number, in digits or in words, is denied right behind it («۵ نمی‌دم», «پنج نمی‌دم», «۵ نه»)."""
    denials = {negation.start for negation in find_negations(stream.read).verbs}
    denials |= {index for index in range(1, len(stream)) if stream.raw_at(index) in _NOT_THAT}
    return any(place > 0 and read_number_at(stream, place - 1) is not None for place in denials)


def speaks_of_score(text: str) -> bool:
    """Return whether a text names a score, and says of it that it is none or another («۵ می‌دادم اگه …», «صفر», «۳ یا
    ۴»).
    """
    stream = TokenStream(text)
    digits = [stream.digits_at(index) for index in range(len(stream)) if stream.digits_at(index)]
    is_named = digits or _denies_number(stream) or any(token.key in _NO_SCORE for token in stream.tokens)
    is_score = all(len(number) == 1 and int(number) <= HIGHEST_SCORE for number in digits)
    return bool(is_named) and is_score and doubts_score(stream)


def _is_other_number(stream: TokenStream, index: int) -> bool:
    """Return whether a number counts something («۲ ساعت دیر آمد»), is too long for a score, or the scale of one («۴ از
    ۵»).
    """
    is_behind_score = stream.key_at(index - 1) in _OUT_OF_WORDS and bool(stream.digits_at(index - 2))
    is_scale = stream.digits_at(index) == str(HIGHEST_SCORE) and is_behind_score
    is_counted = stream.key_at(index + 1) in _TIME_UNIT_WORDS | _MONEY_OR_PEOPLE_WORDS
    return is_scale or is_counted or _is_in_name(stream, index) or len(stream.digits_at(index)) > 1


def _is_in_name(stream: TokenStream, index: int) -> bool:
    """Return whether a number belongs to a name («LD-0»)."""
    is_joined = stream.key_at(index - 1) == "-" and bool(stream.digits_at(index))
    return is_joined and not stream.digits_at(index - 2)


def _is_out_of_other_scale(stream: TokenStream, index: int) -> bool:
    """Return whether «از ۱۰» is behind a score: then it is no score out of five."""
    scale_match = read_number_at(stream, index + 1) if stream.key_at(index) in _OUT_OF_WORDS else None
    return scale_match is not None and scale_match[0] != HIGHEST_SCORE


def _end_of_score(stream: TokenStream, index: int) -> int:
    """Return the end of «ستاره» or «از ۵» after a score."""
    if stream.key_at(index) in _STAR_WORDS:
        return index + 1
    scale_match = read_number_at(stream, index + 1) if stream.key_at(index) in _OUT_OF_WORDS else None
    return scale_match[1] if scale_match and scale_match[0] == 5 else index
