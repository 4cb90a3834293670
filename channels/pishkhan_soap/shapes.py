"""The records that several operations share: who calls, the citizen, bills, events, files."""

from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.schema import Doc, Member, Record, listed
from domain.requests import Phase

HEAD = (
    Member("officeCode", st.OFFICE_CODE, key="office"),
    Member(
        "clerkNationalCode",
        st.NATIONAL_CODE,
        Doc("کد ملی متصدی", "National code of the clerk at the desk."),
        key="clerk",
    ),
    Member("clientRequestId", st.CALL_ID, key="call_id"),
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

CITIZEN = Record(
    "Citizen",
    Doc("متقاضی؛ پیامک‌ها برای او فرستاده می‌شود", "The citizen the office acts for: texts go to this mobile."),
    (
        Member("fullName", st.NAME, key="full_name"),
        Member("nationalCode", st.NATIONAL_CODE, key="national_code"),
        Member("mobile", st.MOBILE),
    ),
)

BILL = Record(
    "Bill",
    Doc("قبض", "A bill, payable by its two ids."),
    (
        Member("billId", st.BILL_ID, key="bill_id"),
        Member("paymentId", st.PAYMENT_ID, key="payment_id"),
        Member("amount", st.RIALS),
        Member("state", st.ID, Doc("وضعیت قبض", "open, paying, paid, expired, void, waived, refund_due or refunded.")),
        Member("deadline", st.MOMENT, required=False),
    ),
)
BILLS = listed("Bills", "bill", BILL, Doc("قبض‌های درخواست", "The request's bills, oldest first."), least=0)

DOCUMENT = Record(
    "Document",
    Doc("مدرک پیوست", "A file that is sent along."),
    (
        Member("name", PAPER),
        Member("fileName", FILE_NAME, key="file_name", required=False),
        Member("content", st.CONTENT),
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
    Member("trackingCode", st.TRACKING_CODE, key="code"),
    Member("state", STATE),
    Member("phase", PHASE),
    Member("bills", BILLS),
    Member("stateTitle", st.TEXT, Doc("وضعیت به فارسی", "The state in Persian."), key="state_title", required=False),
    Member(
        "missingDocuments", PAPERS, Doc("مدارکی که هنوز نیامده", "Papers that are still missing."),
        key="missing", required=False,
    ),
)  # fmt: skip
"""Where a request stands: what every step answers."""

SUMMARY = Record(
    "RequestSummary",
    Doc("یک درخواست در فهرست", "A request in a list."),
    (
        Member("trackingCode", st.TRACKING_CODE, key="code"),
        Member("service", SERVICE),
        Member("state", STATE),
        Member("phase", PHASE),
        Member("stateTitle", st.TEXT, key="state_title"),
        Member("createdAt", st.MOMENT, key="created_at"),
        Member("updatedAt", st.MOMENT, key="updated_at"),
    ),
)
SUMMARIES = listed("RequestSummaries", "request", SUMMARY, Doc("درخواست‌ها", "Requests, newest first."), least=0)

EVENT = Record(
    "HistoryEvent",
    Doc("یک گام از تاریخچه", "One step of the history."),
    (
        Member("at", st.MOMENT),
        Member("event", st.ID, Doc("گام", "The step taken.")),
        Member("state", STATE, Doc("وضعیت پس از آن", "The state after it.")),
        Member("actor", st.ID, Doc("کننده", "citizen, clerk, staff or system.")),
        Member("channel", st.ID, Doc("از چه راهی", "The channel it came through.")),
        Member("note", st.TEXT, required=False),
    ),
)
EVENTS = listed("History", "event", EVENT, Doc("تاریخچه", "Every step so far, oldest first."), least=0)

FORM_VALUE = Record(
    "FormValue",
    Doc("یک پاسخ فرم", "One value of the form."),
    (Member("name", st.ID), Member("title", st.TEXT), Member("text", st.TEXT)),
)
FORM_VALUES = listed("FormValues", "field", FORM_VALUE, Doc("فرم درخواست", "The form as people read it."), least=0)

LINE = Record(
    "AnswerLine",
    Doc("یک سطر پاسخ", "One line of an answer: a text for people, and its figures for programs."),
    (
        Member("kind", st.ID, Doc("نوع سطر", "What the line says, an id.")),
        Member("text", st.TEXT),
        Member("plate", st.PLATE, required=False),
        Member("year", st.COUNT, Doc("سال", "Jalali year."), required=False),
        Member("amount", st.RIALS, required=False),
        Member("billId", st.BILL_ID, key="bill_id", required=False),
        Member("paymentId", st.PAYMENT_ID, key="payment_id", required=False),
    ),
)
LINES = listed("AnswerLines", "line", LINE, Doc("پاسخ", "The answer, line by line."), least=0)

FAULT = Record(
    "CounterFault",
    Doc("خطا", "Why a call was refused."),
    (
        Member("code", st.ID, Doc("کد ثابت خطا", "A stable code for programs.")),
        Member("message", st.TEXT, Doc("توضیح فارسی برای متصدی", "What the clerk may read, in Persian.")),
        Member("field", st.ID, Doc("نام عنصر نادرست", "The element at fault."), required=False),
    ),
)


def request(name: str, doc: Doc, *members: Member) -> Record:
    """Return the shape of an operation's request: its head, then its own members."""
    return Record(name, doc, (*HEAD, *members))


def answer(name: str, *members: Member) -> Record:
    """Return the shape of an operation's answer."""
    return Record(f"{name}Response", Doc(f"پاسخ {name}", f"Answer of {name}."), members)
