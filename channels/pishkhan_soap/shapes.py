"""The records that several operations share: who calls, the citizen, bills, events, files."""

from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, list_type
from domain.requests.request import Phase

REQUEST_HEAD = (
    SchemaElement("officeCode", st.OFFICE_CODE, key="office"),
    SchemaElement(
        "clerkNationalCode",
        st.NATIONAL_CODE,
        Doc("کد ملی متصدی", "National code of the clerk at the desk."),
        key="clerk",
    ),
    SchemaElement("clientRequestId", st.CLIENT_REQUEST_ID, key="call_id"),
)
"""Elements at the beginning of every request: the office, its clerk, and the caller's own id of the call."""

REQUEST_PHASE = st.choice_type(
    "Phase", [phase.value for phase in Phase], Doc("مرحله درخواست", "The phase, alike for every service.")
)
REQUEST_STATE = st.token_type(
    "State",
    Doc("وضعیت درخواست", "The state in its service's own words; programs should decide by the phase."),
    max_length=64,
)
SERVICE_KEY = st.token_type(
    "ServiceKey", Doc("شناسه خدمت", "A service's key, as GetServices tells it.", "خدمت"), max_length=64
)
PAPER_NAME = st.token_type("PaperName", Doc("نام مدرک", "Which paper it is, as GetServices tells it."), max_length=64)
FILE_NAME = st.token_type("FileName", Doc("نام فایل", "The file's name."), max_length=200)
FREE_TEXT = st.text_type("FreeText", 500, Doc("متن به فارسی", "Free text, at most 500 characters.", "متن"))

CITIZEN_RECORD = SchemaRecord(
    "Citizen",
    Doc("متقاضی؛ پیامک‌ها برای او فرستاده می‌شود", "The citizen the office acts for: texts go to this mobile."),
    (
        SchemaElement("fullName", st.FULL_NAME, key="full_name"),
        SchemaElement("nationalCode", st.NATIONAL_CODE, key="national_code"),
        SchemaElement("mobile", st.MOBILE_NUMBER),
    ),
)

BILL_RECORD = SchemaRecord(
    "Bill",
    Doc("قبض", "A bill, payable by its two ids."),
    (
        SchemaElement("billId", st.BILL_ID, key="bill_id"),
        SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id"),
        SchemaElement("amount", st.RIAL_AMOUNT),
        SchemaElement(
            "state",
            st.IDENTIFIER,
            Doc("وضعیت قبض", "open, paying, paid, expired, void, waived, refund_due or refunded."),
        ),
        SchemaElement("deadline", st.ZONED_MOMENT, required=False),
    ),
)
BILL_LIST = list_type(
    "Bills", "bill", BILL_RECORD, Doc("قبض‌های درخواست", "The request's bills, oldest first."), min_items=0
)

DOCUMENT_RECORD = SchemaRecord(
    "Document",
    Doc("مدرک پیوست", "A file that is sent along."),
    (
        SchemaElement("name", PAPER_NAME),
        SchemaElement("fileName", FILE_NAME, key="file_name", required=False),
        SchemaElement("content", st.FILE_CONTENT),
    ),
)
DOCUMENT_LIST = list_type(
    "Documents",
    "document",
    DOCUMENT_RECORD,
    Doc("مدارک؛ فایل بزرگ را با AttachDocument بفرستید", "Small files; send larger ones by AttachDocument."),
    max_items=10,
)
PAPER_NAMES = list_type("Papers", "name", PAPER_NAME, Doc("نام مدارک", "Names of papers."), min_items=0)

STATUS_ELEMENTS = (
    SchemaElement("trackingCode", st.TRACKING_CODE, key="code"),
    SchemaElement("state", REQUEST_STATE),
    SchemaElement("phase", REQUEST_PHASE),
    SchemaElement("bills", BILL_LIST),
    SchemaElement(
        "stateTitle", st.TEXT, Doc("وضعیت به فارسی", "The state in Persian."), key="state_title", required=False
    ),
    SchemaElement(
        "missingDocuments",
        PAPER_NAMES,
        Doc("مدارکی که هنوز نیامده", "Papers that are still missing."),
        key="missing",
        required=False,
    ),
)
"""The state of a request: what every step answers."""

CLOSED_DAY_ELEMENT = SchemaElement(
    "closedDay",
    st.ISO_DAY,
    Doc("روز خواسته‌شده تعطیل است؛ با شهروند هماهنگ کنید", "The day that was asked for is a public holiday."),
    key="closed_day",
    required=False,
)
"""Element of a submission's answer beside its state, where work is asked for on a day that is closed."""

REQUEST_SUMMARY = SchemaRecord(
    "RequestSummary",
    Doc("یک درخواست در فهرست", "A request in a list."),
    (
        SchemaElement("trackingCode", st.TRACKING_CODE, key="code"),
        SchemaElement("service", SERVICE_KEY),
        SchemaElement("state", REQUEST_STATE),
        SchemaElement("phase", REQUEST_PHASE),
        SchemaElement("stateTitle", st.TEXT, key="state_title"),
        SchemaElement("createdAt", st.ZONED_MOMENT, key="created_at"),
        SchemaElement("updatedAt", st.ZONED_MOMENT, key="updated_at"),
    ),
)
REQUEST_SUMMARIES = list_type(
    "RequestSummaries", "request", REQUEST_SUMMARY, Doc("درخواست‌ها", "Requests, newest first."), min_items=0
)

HISTORY_EVENT = SchemaRecord(
    "HistoryEvent",
    Doc("یک گام از تاریخچه", "One step of the history."),
    (
        SchemaElement("at", st.ZONED_MOMENT),
        SchemaElement("event", st.IDENTIFIER, Doc("گام", "The step taken.")),
        SchemaElement("state", REQUEST_STATE, Doc("وضعیت پس از آن", "The state after it.")),
        SchemaElement("actor", st.IDENTIFIER, Doc("کننده", "citizen, clerk, staff, operator or system.")),
        SchemaElement("channel", st.IDENTIFIER, Doc("از چه راهی", "The channel it came through.")),
        SchemaElement("note", st.TEXT, required=False),
    ),
)
HISTORY_EVENTS = list_type(
    "History", "event", HISTORY_EVENT, Doc("تاریخچه", "Every step so far, oldest first."), min_items=0
)

FORM_VALUE = SchemaRecord(
    "FormValue",
    Doc("یک پاسخ فرم", "One value of the form."),
    (SchemaElement("name", st.IDENTIFIER), SchemaElement("title", st.TEXT), SchemaElement("text", st.TEXT)),
)
FORM_VALUES = list_type(
    "FormValues", "field", FORM_VALUE, Doc("فرم درخواست", "The form as people read it."), min_items=0
)

ANSWER_LINE = SchemaRecord(
    "AnswerLine",
    Doc("یک سطر پاسخ", "One line of an answer: a text for people, and its figures for programs."),
    (
        SchemaElement("kind", st.IDENTIFIER, Doc("نوع سطر", "What the line says, an id.")),
        SchemaElement("text", st.TEXT),
        SchemaElement("plate", st.VEHICLE_PLATE, required=False),
        SchemaElement("year", st.THING_COUNT, Doc("سال", "Jalali year."), required=False),
        SchemaElement("amount", st.RIAL_AMOUNT, required=False),
        SchemaElement("billId", st.BILL_ID, key="bill_id", required=False),
        SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id", required=False),
    ),
)
ANSWER_LINES = list_type("AnswerLines", "line", ANSWER_LINE, Doc("پاسخ", "The answer, line by line."), min_items=0)

COUNTER_FAULT = SchemaRecord(
    "CounterFault",
    Doc("خطا", "Why a call was refused."),
    (
        SchemaElement("code", st.IDENTIFIER, Doc("کد ثابت خطا", "A stable code for programs.")),
        SchemaElement("message", st.TEXT, Doc("توضیح فارسی برای متصدی", "What the clerk may read, in Persian.")),
        SchemaElement("field", st.IDENTIFIER, Doc("نام عنصر نادرست", "The element at fault."), required=False),
    ),
)


def request(operation_name: str, doc: Doc, *members: SchemaElement) -> SchemaRecord:
    """Return the shape of an operation's request: its head, then its own members."""
    return SchemaRecord(operation_name, doc, (*REQUEST_HEAD, *members))


def answer(operation_name: str, *members: SchemaElement) -> SchemaRecord:
    """Return the shape of an operation's answer."""
    return SchemaRecord(
        f"{operation_name}Response", Doc(f"پاسخ {operation_name}", f"Answer of {operation_name}."), members
    )
