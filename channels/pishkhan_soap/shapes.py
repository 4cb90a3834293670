"""The records that several operations share: who calls, the citizen, bills, events, files."""

from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, SchemaElement, SchemaRecord, listed
from domain.requests.request import Phase

HEAD = (
    SchemaElement("officeCode", st.OFFICE_CODE, key="office"),
    SchemaElement(
        "clerkNationalCode",
        st.NATIONAL_CODE,
        Doc("کد ملی متصدی", "National code of the clerk at the desk."),
        key="clerk",
    ),
    SchemaElement("clientRequestId", st.CALL_ID, key="call_id"),
)
"""What every request begins with: the office, its clerk, and the caller's own id of the call."""

PHASE = st.enumerated(
    "Phase", [phase.value for phase in Phase], Doc("مرحله درخواست", "The phase, alike for every service.")
)
STATE = st.token(
    "State",
    Doc("وضعیت درخواست", "The state in its service's own words; programs should decide by the phase."),
    most=64,
)
SERVICE = st.token("ServiceKey", Doc("شناسه خدمت", "A service's key, as GetServices tells it.", "خدمت"), most=64)
PAPER = st.token("PaperName", Doc("نام مدرک", "Which paper it is, as GetServices tells it."), most=64)
FILE_NAME = st.token("FileName", Doc("نام فایل", "The file's name."), most=200)
FREE_TEXT = st.words("FreeText", 500, Doc("متن به فارسی", "Free text, at most 500 characters.", "متن"))

CITIZEN = SchemaRecord(
    "Citizen",
    Doc("متقاضی؛ پیامک‌ها برای او فرستاده می‌شود", "The citizen the office acts for: texts go to this mobile."),
    (
        SchemaElement("fullName", st.NAME, key="full_name"),
        SchemaElement("nationalCode", st.NATIONAL_CODE, key="national_code"),
        SchemaElement("mobile", st.MOBILE),
    ),
)

BILL = SchemaRecord(
    "Bill",
    Doc("قبض", "A bill, payable by its two ids."),
    (
        SchemaElement("billId", st.BILL_ID, key="bill_id"),
        SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id"),
        SchemaElement("amount", st.RIALS),
        SchemaElement(
            "state", st.ID, Doc("وضعیت قبض", "open, paying, paid, expired, void, waived, refund_due or refunded.")
        ),
        SchemaElement("deadline", st.MOMENT, required=False),
    ),
)
BILLS = listed("Bills", "bill", BILL, Doc("قبض‌های درخواست", "The request's bills, oldest first."), least=0)

DOCUMENT = SchemaRecord(
    "Document",
    Doc("مدرک پیوست", "A file that is sent along."),
    (
        SchemaElement("name", PAPER),
        SchemaElement("fileName", FILE_NAME, key="file_name", required=False),
        SchemaElement("content", st.CONTENT),
    ),
)
DOCUMENTS = listed(
    "Documents",
    "document",
    DOCUMENT,
    Doc("مدارک؛ فایل بزرگ را با AttachDocument بفرستید", "Small files; send larger ones by AttachDocument."),
    most=10,
)
PAPERS = listed("Papers", "name", PAPER, Doc("نام مدارک", "Names of papers."), least=0)

STANDING = (
    SchemaElement("trackingCode", st.TRACKING_CODE, key="code"),
    SchemaElement("state", STATE),
    SchemaElement("phase", PHASE),
    SchemaElement("bills", BILLS),
    SchemaElement("stateTitle", st.TEXT, Doc("وضعیت به فارسی", "The state in Persian."), key="state_title",
    required=False),
    SchemaElement(
        "missingDocuments", PAPERS, Doc("مدارکی که هنوز نیامده", "Papers that are still missing."),
        key="missing", required=False,
    ),
)  # fmt: skip
"""Where a request stands: what every step answers."""

SUMMARY = SchemaRecord(
    "RequestSummary",
    Doc("یک درخواست در فهرست", "A request in a list."),
    (
        SchemaElement("trackingCode", st.TRACKING_CODE, key="code"),
        SchemaElement("service", SERVICE),
        SchemaElement("state", STATE),
        SchemaElement("phase", PHASE),
        SchemaElement("stateTitle", st.TEXT, key="state_title"),
        SchemaElement("createdAt", st.MOMENT, key="created_at"),
        SchemaElement("updatedAt", st.MOMENT, key="updated_at"),
    ),
)
SUMMARIES = listed("RequestSummaries", "request", SUMMARY, Doc("درخواست‌ها", "Requests, newest first."), least=0)

EVENT = SchemaRecord(
    "HistoryEvent",
    Doc("یک گام از تاریخچه", "One step of the history."),
    (
        SchemaElement("at", st.MOMENT),
        SchemaElement("event", st.ID, Doc("گام", "The step taken.")),
        SchemaElement("state", STATE, Doc("وضعیت پس از آن", "The state after it.")),
        SchemaElement("actor", st.ID, Doc("کننده", "citizen, clerk, staff or system.")),
        SchemaElement("channel", st.ID, Doc("از چه راهی", "The channel it came through.")),
        SchemaElement("note", st.TEXT, required=False),
    ),
)
EVENTS = listed("History", "event", EVENT, Doc("تاریخچه", "Every step so far, oldest first."), least=0)

FORM_VALUE = SchemaRecord(
    "FormValue",
    Doc("یک پاسخ فرم", "One value of the form."),
    (SchemaElement("name", st.ID), SchemaElement("title", st.TEXT), SchemaElement("text", st.TEXT)),
)
FORM_VALUES = listed("FormValues", "field", FORM_VALUE, Doc("فرم درخواست", "The form as people read it."), least=0)

LINE = SchemaRecord(
    "AnswerLine",
    Doc("یک سطر پاسخ", "One line of an answer: a text for people, and its figures for programs."),
    (
        SchemaElement("kind", st.ID, Doc("نوع سطر", "What the line says, an id.")),
        SchemaElement("text", st.TEXT),
        SchemaElement("plate", st.PLATE, required=False),
        SchemaElement("year", st.COUNT, Doc("سال", "Jalali year."), required=False),
        SchemaElement("amount", st.RIALS, required=False),
        SchemaElement("billId", st.BILL_ID, key="bill_id", required=False),
        SchemaElement("paymentId", st.PAYMENT_ID, key="payment_id", required=False),
    ),
)
LINES = listed("AnswerLines", "line", LINE, Doc("پاسخ", "The answer, line by line."), least=0)

FAULT = SchemaRecord(
    "CounterFault",
    Doc("خطا", "Why a call was refused."),
    (
        SchemaElement("code", st.ID, Doc("کد ثابت خطا", "A stable code for programs.")),
        SchemaElement("message", st.TEXT, Doc("توضیح فارسی برای متصدی", "What the clerk may read, in Persian.")),
        SchemaElement("field", st.ID, Doc("نام عنصر نادرست", "The element at fault."), required=False),
    ),
)


def request(name: str, doc: Doc, *members: SchemaElement) -> SchemaRecord:
    """Return the shape of an operation's request: its head, then its own members."""
    return SchemaRecord(name, doc, (*HEAD, *members))


def answer(name: str, *members: SchemaElement) -> SchemaRecord:
    """Return the shape of an operation's answer."""
    return SchemaRecord(f"{name}Response", Doc(f"پاسخ {name}", f"Answer of {name}."), members)
