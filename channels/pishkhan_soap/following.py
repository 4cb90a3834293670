"""Operations that follow a request: see it, list them, add to it, answer its question, cancel it, comment on it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.paging import CURSOR, NEXT, read_cursor
from channels.pishkhan_soap.schema import Doc, SchemaElement
from channels.pishkhan_soap.standing import event_of, form_of, own_request, standing_of, summary_of
from domain.actions.feedback.feedback import comment
from domain.actions.messages.notify import announce
from domain.actions.papers.printouts import printout_of
from domain.actions.requests.attach import attach
from domain.actions.requests.command import command
from domain.language.service import Command
from domain.offices.office import ACTS_KEEP
from domain.papers.ports import Printer
from domain.requests.request import Phase, RequestFilter
from domain.values import identifiers
from domain.values.calendar import tehran
from domain.values.errors import InvalidField, MissingField
from domain.values.text import fold, shown

CODE = SchemaElement("trackingCode", st.TRACKING_CODE, key="code")
PAGE = 50
PDF = "application/pdf"
FINISHED = st.enumerated(
    "PrintName",
    ("letter", "permit", "delivery_form"),
    Doc("نامه، مجوز یا فرم تحویل", "The answer letter, the leave permit, or the delivery form.", "نام سند"),
)


async def get_request(call: CounterCall) -> Mapping[str, Any]:
    """Tell all of an own request."""
    request = await own_request(call)
    events = await call.uow.history.of_request(request.id)
    return {
        **await standing_of(call, request),
        **summary_of(call, request),
        "question": request.data.get("question"),
        "form": form_of(call, request),
        "history": [event_of(event) for event in events],
    }


async def list_requests(call: CounterCall) -> Mapping[str, Any]:
    """List the office's own requests, newest first, a page at a time."""
    said, limit = call.values, call.values.get("limit", PAGE)
    if "service" in said:
        call.desk.engine.service(said["service"])
    if said.get("from", "") > said.get("to", "9"):
        raise InvalidField("to", detail="before_start")
    wanted = RequestFilter(
        service=said.get("service"),
        state=said.get("state"),
        phase=Phase(said["phase"]) if "phase" in said else None,
        office=call.office.code,
        created_from=_midnight(said.get("from")),
        created_to=_midnight(said.get("to"), days=1),
        before=read_cursor(said.get("cursor")),
        limit=limit + 1,
    )
    found = await call.uow.requests.find(wanted)
    page = found[:limit]
    return {
        "requests": [summary_of(call, one) for one in page],
        "next": str(page[-1].id) if len(found) > limit else None,
    }


def _midnight(day: str | None, days: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many days later."""
    return None if day is None else tehran(date.fromisoformat(day) + timedelta(days=days), time(0))


async def cancel(call: CounterCall) -> Mapping[str, Any]:
    """Cancel an own request, as its citizen could."""
    said = {"reason": call.values["reason"]} if "reason" in call.values else {}
    return await _commanded(call, Command.CANCEL, said)


async def answer_question(call: CounterCall) -> Mapping[str, Any]:
    """Answer the question that the staff asked about an own request."""
    return await _commanded(call, Command.REPLY, {"text": call.values["text"]})


async def _commanded(call: CounterCall, word: Command, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    outcome = await command(call.desk, call.uow, call.values["code"], word, inputs, call.clerk)
    await announce(call.desk, call.uow, outcome, call.clerk)
    return await standing_of(call, outcome.request)


async def attach_document(call: CounterCall) -> Mapping[str, Any]:
    """Add a file to an own request; the same file again changes nothing."""
    said = call.values
    name = said.get("file_name", said["name"])
    added = await attach(call.desk, call.uow, said["code"], said["name"], name, said["content"], call.clerk)
    request = await own_request(call)
    standing = await standing_of(call, request)
    return {
        "code": request.code,
        "name": added.field,
        "media_type": added.media_type,
        "size": added.size,
        "sha256": added.sha256,
        "missing": standing["missing"],
    }


async def get_document(call: CounterCall) -> Mapping[str, Any]:
    """Find a paper of an own request, as it is printed now; `NotFound` until it is issued."""
    kind = call.values["name"]
    printout = await printout_of(call.desk, call.uow, call.values["code"], kind, call.clerk)
    return {"name": kind, "file_name": f"{kind}-{printout.code}.pdf", "media_type": PDF, "printout": printout}


async def printed(printer: Printer, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Print what was found."""
    return {**found, "content": await printer.pdf(found["printout"])}


async def submit_comment(call: CounterCall) -> Mapping[str, Any]:
    """Keep a citizen's comment about an own request, a service, or the municipality at large."""
    said, mobile = call.values, identifiers.mobile(call.values["citizen"]["mobile"])
    text = shown(said["text"])
    if not fold(text):
        raise MissingField("text")
    service = said.get("service")
    if service is not None and not any(service in one.names for one in call.desk.services.values()):
        call.desk.engine.service(service)
    kept = await comment(call.desk, call.uow, text, call.clerk, code=said.get("code"), service=service, mobile=mobile)
    return {"state": kept.state.value}


OPERATIONS = (
    Operation(
        shapes.request("GetRequest", Doc("وضعیت، تاریخچه و قبض‌های یک درخواست", "All of an own request."), CODE),
        shapes.answer(
            "GetRequest",
            *shapes.STANDING,
            SchemaElement("service", shapes.SERVICE),
            SchemaElement("createdAt", st.MOMENT, key="created_at"),
            SchemaElement("updatedAt", st.MOMENT, key="updated_at"),
            SchemaElement(
                "question", st.TEXT, Doc("پرسش بی‌پاسخ کارشناس", "What the staff asks; see AnswerQuestion."),
                required=False,
            ),
            SchemaElement("form", shapes.FORM_VALUES),
            SchemaElement("history", shapes.EVENTS),
        ),
        get_request,
    ),
    Operation(
        shapes.request(
            "ListOfficeRequests",
            Doc("فهرست درخواست‌های همین دفتر", "The office's own requests, newest first, in pages."),
            SchemaElement("service", shapes.SERVICE, required=False),
            SchemaElement("state", shapes.STATE, required=False),
            SchemaElement("phase", shapes.PHASE, required=False),
            SchemaElement("from", st.DAY, Doc("از روز", "First day of submission, in Tehran."), required=False),
            SchemaElement("to", st.DAY, Doc("تا روز، خود آن روز هم", "Last day of submission, included."),
            required=False),
            SchemaElement(
                "limit", st.whole("PageSize", 1, 200, Doc("تعداد در هر صفحه", "Requests a page, 50 if not given.")),
                required=False,
            ),
            CURSOR,
        ),
        shapes.answer(
            "ListOfficeRequests",
            SchemaElement("requests", shapes.SUMMARIES),
            NEXT,
        ),
        list_requests,
    ),
    Operation(
        shapes.request(
            "CancelRequest", Doc("لغو درخواست به خواست شهروند", "Cancel an own request for its citizen."), CODE,
            SchemaElement("reason", shapes.FREE_TEXT, Doc("دلیل لغو", "Why it is cancelled."), required=False),
        ),
        shapes.answer("CancelRequest", *shapes.STANDING),
        cancel,
        keeps=ACTS_KEEP,
    ),
    Operation(
        shapes.request(
            "AnswerQuestion", Doc("پاسخ به پرسش کارشناس", "Answer the question that the staff asked."), CODE,
            SchemaElement("text", shapes.FREE_TEXT, Doc("پاسخ", "The answer.")),
        ),
        shapes.answer("AnswerQuestion", *shapes.STANDING),
        answer_question,
        keeps=ACTS_KEEP,
    ),
    Operation(
        shapes.request(
            "AttachDocument", Doc("افزودن مدرک؛ عکس یا PDF تا ۷ مگابایت", "Add a photo or PDF, at most 7 MB."),
            CODE, *shapes.DOCUMENT.members,
        ),
        shapes.answer(
            "AttachDocument",
            CODE,
            SchemaElement("name", shapes.PAPER),
            SchemaElement("mediaType", st.ID, key="media_type"),
            SchemaElement("size", st.COUNT, Doc("اندازه به بایت", "Size in bytes.")),
            SchemaElement("sha256", st.ID),
            SchemaElement("missingDocuments", shapes.PAPERS, key="missing", required=False),
        ),
        attach_document,
        keeps=ACTS_KEEP,
    ),
    Operation(
        shapes.request(
            "GetDocument", Doc("دریافت نامه، مجوز یا فرم تحویل", "Get a letter, permit or delivery form as PDF."), CODE,
            SchemaElement("name", FINISHED),
        ),
        shapes.answer(
            "GetDocument",
            SchemaElement("name", FINISHED),
            SchemaElement("fileName", shapes.FILE_NAME, key="file_name"),
            SchemaElement("mediaType", st.ID, key="media_type"),
            SchemaElement("content", st.CONTENT),
        ),
        get_document,
        completes=printed,
    ),
    Operation(
        shapes.request(
            "SubmitComment", Doc("نظر یا پیشنهاد شهروند", "Keep a citizen's comment or suggestion."),
            SchemaElement("citizen", shapes.CITIZEN),
            SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
            SchemaElement("service", shapes.SERVICE, required=False),
            SchemaElement("text", shapes.FREE_TEXT, Doc("متن نظر", "The comment.")),
        ),
        shapes.answer(
            "SubmitComment", SchemaElement("state", st.ID, Doc("در انتظار بررسی", "pending: it waits for a moderator."))
        ),
        submit_comment,
        keeps=ACTS_KEEP,
    ),
)  # fmt: skip
"""Every operation about a request that exists."""
