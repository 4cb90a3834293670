"""What is said of a value that somebody gave, or did not give."""

from domain.values.reasons.bases import (
    InvalidReasonBase,
    MissingReasonBase,
    MistypedCodeReasonBase,
    UnknownKindReasonBase,
)


class InvalidReason(InvalidReasonBase):
    """Why a value cannot be understood or is not allowed."""

    # Any value
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    PAST = "past"
    FUTURE = "future"
    RANGE = "range", "least", "most"
    TOO_LONG = "too_long", "limit"
    TOO_HIGH = "too_high", "limit"
    UNKNOWN_VALUE = "unknown_value", "given"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_FILTER = "unknown_filter", "given"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_PAPER = "unknown_paper"
    UNKNOWN_DAYS = "unknown_days", "first", "last"
    BEFORE_START = "before_start"
    TWO_PERIODS = "two_periods"
    SEARCH_SHORT = "search_short", "letters", "digits"
    NINE_DIGITS = "nine_digits"
    BAD_PAGE = "bad_page"
    BAD_TICK = "bad_tick"
    BAD_YEAR = "bad_year", "given"
    UNREADABLE_FORM = "unreadable_form"
    # A value of a type
    BAD_INTEGER = "bad_integer", "given"
    BAD_DECIMAL = "bad_decimal", "given"
    BAD_LENGTH = "bad_length", "given"
    BAD_RIALS = "bad_rials", "given"
    BAD_DATE = "bad_date", "given"
    BAD_TIME = "bad_time", "given"
    BAD_DATETIME = "bad_datetime", "given"
    BAD_HOURS = "bad_hours", "given"
    BAD_HOUR_SPAN = "bad_hour_span", "given"
    HOURS_ORDER = "hours_order"
    NOT_A_MULTIPLE = "not_a_multiple", "step"
    NOT_THOUSANDS = "not_thousands", "step"
    TWO_PLACES = "two_places"
    BAD_SHARE = "bad_share"
    BAD_TEXT = "bad_text", "given"
    DATE_CELL = "date_cell"
    BEFORE_BEGUN = "before_begun"
    # A number of a person or thing
    BAD_MOBILE = "bad_mobile"
    BAD_NATIONAL_CODE = "bad_national_code"
    BAD_LEGAL_ID = "bad_legal_id"
    BAD_OWNER_CODE = "bad_owner_code", "given"
    BAD_POSTAL_CODE = "bad_postal_code"
    BAD_RENOVATION_CODE = "bad_renovation_code"
    BAD_PLATE = "bad_plate"
    BAD_PLATES = "bad_plates", "given"
    BAD_TAXI_CODE = "bad_taxi_code", "given"
    BAD_VIN = "bad_vin", "given"
    BAD_PHONE = "bad_phone", "given"
    BAD_CARD = "bad_card"
    BAD_IBAN = "bad_iban"
    BAD_CODE = "bad_code", "given"
    NATIONAL_OR_POSTAL = "national_or_postal", "given"
    # An answer in words
    MENU = "menu"
    YES_NO = "yes_no"
    YES_OR_NO = "yes_or_no"
    PART_OF_DAY = "part_of_day"
    TWO_DAYS = "two_days"
    TWO_HOURS = "two_hours"
    CLOCK_NOT_HOURS = "clock_not_hours"
    DAYS_NOT_HOURS = "days_not_hours"
    NO_MACHINE = "no_machine"
    NO_NUMBER = "no_number"
    NO_CODE = "no_code"
    FILE_WANTED = "file_wanted"
    # Days, hours and machines of work
    HOURS_MISSING = "hours_missing"
    TOO_LONG_WORK = "too_long_work"
    TOO_MANY_MACHINES = "too_many_machines", "most"
    WORK_TOO_FAR = "work_too_far"
    VISIT_HOURS = "visit_hours", "opens", "closes"
    VISIT_NOT_OFFERED = "visit_not_offered"
    VISIT_PREFERENCES = "visit_preferences", "most"
    TOO_MANY_DAYS = "too_many_days", "most"
    # A request, whom it concerns, and its papers
    OTHER_TAXI = "other_taxi"
    OTHER_DRIVER = "other_driver"
    OWN_NUMBER = "own_number"
    SAME_MOBILE = "same_mobile"
    NOT_OF_UNIT = "not_of_unit", "member", "units"
    RETENTION = "retention"
    PAPER_FILE = "paper_file"
    CHOOSE_BILL = "choose_bill"
    # Accounts of staff and offices
    STAFF_USERNAME = "staff_username"
    OFFICE_CODE = "office_code"
    OF_OFFICERS = "of_officers"
    SAME_PERSON = "same_person"
    SAME_AS_BEFORE = "same_password"
    NOT_THE_SAME = "not_the_same"
    KNOWN_WORDS = "known_words"
    COMMONLY_USED = "common_password"
    SHORT_PASSWORD = "short_password", "least"
    LONG_PASSWORD = "long_password", "most"
    # Money
    NO_BANDS = "no_bands"
    NOT_APPROVED = "not_approved"
    SEVERAL_PAYMENTS = "several_payments"
    # A file of rows
    FILE_KIND = "file_kind", "given"
    EMPTY_FILE = "empty_file"
    UNREADABLE_FILE = "unreadable_file"
    NO_HEADINGS = "no_headings"
    COLUMN_TWICE = "column_twice", "given"
    BROKEN_ROW = "broken_row", "row"
    MORE_CELLS = "more_cells"
    # A bank's settlement file
    SETTLEMENT_LAYOUT = "settlement_layout", "count"
    SETTLEMENT_HEADING = "settlement_heading", "heading"
    SETTLEMENT_NO_BEGINNING = "settlement_no_beginning"
    SETTLEMENT_NO_END = "settlement_no_end", "line"
    SETTLEMENT_AFTER_END = "settlement_after_end", "line"
    SETTLEMENT_CUT = "settlement_cut", "line"
    SETTLEMENT_COUNT = "settlement_count", "stated", "found"
    SETTLEMENT_SUM = "settlement_sum", "stated", "found"
    # A text of the municipality's own
    TEXT_BRACES = "text_braces"
    TEXT_FACTS = "text_facts", "given", "known"
    TEXT_PARTS = "text_parts", "need", "allowed"
    TEXT_CUTS = "text_cuts"


class MissingReason(MissingReasonBase):
    """Why a value is required here, or which one is meant."""

    CHOOSE_BILL = "choose_bill"
    VISIT_HOUR = "visit_hour"
    NOTICE_CHANNEL = "notice_channel"
    ANSWER = "answer"
    SCORE = "score"
    BOOKED_FOR_LATER = "booked_for_later", "day"
    EMPTY_CELL = "empty_cell"
    FAR_PRICE = "far_price", "present", "percent"
    NO_COLUMN = "no_column", "given"
    NO_FILE = "no_file"
    NO_ROLE = "no_role"
    NOTHING_TICKED = "nothing_ticked"
    OVERRIDE_NEEDS_REASON = "override_needs_reason"
    RRN = "rrn"
    SEVERAL_TAXIS = "several_taxis"
    TILL_DIFFERS = "till_differs", "amount"


class UnknownKindReason(UnknownKindReasonBase):
    """Why something is not in its list."""

    CHOICE = "choice", "given"
    MACHINE = "machine", "given"
    REPORT = "report", "given"
    TABLE = "table", "given"


class MistypedCodeReason(MistypedCodeReasonBase):
    """Why a code cannot be any."""

    ANY_CODE = "any_code"
    OTHER_PAYMENT_ID = "other_payment_id"
