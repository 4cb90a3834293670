"""Operations that follow a request: see it, list them, add to it, answer its question, cancel it, comment on it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap import simple_types as st
from channels.pishkhan_soap.operation import CounterCall, Operation, prepare_document
from channels.pishkhan_soap.operations.paging import CURSOR_ELEMENT, NEXT_CURSOR, parse_cursor
from channels.pishkhan_soap.operations.request_status import (
    build_event_values,
    build_form_values,
    build_status_values,
    build_summary_values,
    get_own_request,
)
from channels.pishkhan_soap.schema import Doc, SchemaElement
from domain.actions.context import ActorContext
from domain.actions.documents.attach import attach_document, require_place
from domain.actions.feedback.feedback import store_comment
from domain.actions.messages.notify import announce_outcome
from domain.actions.papers.printouts import build_request_printout
from domain.actions.requests.command import take_command
from domain.blocks.asking import QUESTION
from domain.language.printouts import Printable
from domain.language.service import Command, Service
from domain.messages.catalogue import Catalogue
from domain.offices.office import ACTION_ANSWER_RETENTION
from domain.papers.ports import Printer
from domain.requests.notes import NOTE
from domain.requests.request import Phase, RequestFilter
from domain.values import identifiers
from domain.values.actors import Role
from domain.values.calendar import tehran_moment
from domain.values.errors import InvalidField, MissingField
from domain.values.files import digest_content
from domain.values.reasons import InvalidReason
from domain.values.text import fold_text, tidy_text
from domain.values.tracking_codes import parse_code

CODE_ELEMENT = SchemaElement("trackingCode", st.TRACKING_CODE, key="code")
PAGE_SIZE = 50
PDF_MEDIA_TYPE = "application/pdf"


async def get_request(call: CounterCall) -> Mapping[str, Any]:
    """Return all of an own request."""
    request = await get_own_request(call)
    events = await call.uow.history.list_of_request(request.id)
    return {
        **await build_status_values(call, request),
        **build_summary_values(call, request),
        "question": QUESTION.find(request),
        "form": build_form_values(call, request),
        "history": [build_event_values(event) for event in events if event.event != NOTE],
    }


async def list_requests(call: CounterCall) -> Mapping[str, Any]:
    """List the office's own requests, newest first, a page at a time."""
    values, limit = call.values, call.values.get("limit", PAGE_SIZE)
    if "service" in values:
        call.dependencies.engine.get_service(values["service"])
    first_day, last_day = values.get("from"), values.get("to")
    if first_day and last_day and first_day > last_day:
        raise InvalidField("to", InvalidReason.BEFORE_START)
    request_filter = RequestFilter(
        service=values.get("service"),
        state=values.get("state"),
        phase=Phase(values["phase"]) if "phase" in values else None,
        office=call.office.code,
        created_from=_tehran_midnight(first_day),
        created_to=_tehran_midnight(last_day, days_later=1),
        before_id=parse_cursor(values.get("cursor")),
        limit=limit + 1,
    )
    matching_requests = await call.uow.requests.list_requests(request_filter)
    page_requests = matching_requests[:limit]
    return {
        "requests": [build_summary_values(call, request) for request in page_requests],
        "next": str(page_requests[-1].id) if len(matching_requests) > limit else None,
    }


def _tehran_midnight(day: date | None, days_later: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one so many days later."""
    return None if day is None else tehran_moment(day + timedelta(days=days_later), time(0))


async def cancel_own_request(call: CounterCall) -> Mapping[str, Any]:
    """Cancel an own request, as its citizen could."""
    command_inputs = {"reason": call.values["reason"]} if "reason" in call.values else {}
    return await _run_command(call, Command.CANCEL, command_inputs)


async def answer_question(call: CounterCall) -> Mapping[str, Any]:
    """Answer the question that the staff asked about an own request."""
    return await _run_command(call, Command.REPLY, {"text": call.values["text"]})


async def _run_command(
    call: CounterCall, command_name: Command, command_inputs: Mapping[str, Any]
) -> Mapping[str, Any]:
    context = ActorContext(call.dependencies, call.uow, call.clerk)
    outcome = await take_command(
        context,
        parse_code(call.values["code"]),
        command_name,
        command_inputs,
    )
    await announce_outcome(context, outcome)
    return await build_status_values(call, outcome.request)


async def admit_document(call: CounterCall) -> None:
    """Refuse a file that an own request takes none of now."""
    values = call.values
    tracking_code, content_digest = parse_code(values["code"]), digest_content(values["content"])
    await require_place(
        ActorContext(call.dependencies, call.uow, call.clerk), tracking_code, values["name"], content_digest
    )


async def add_document(call: CounterCall) -> Mapping[str, Any]:
    """Add a file to an own request; the same file again changes nothing."""
    values = call.values
    document = await attach_document(
        ActorContext(call.dependencies, call.uow, call.clerk),
        parse_code(values["code"]),
        values["name"],
        values["content"],
    )
    request = await get_own_request(call)
    status_values = await build_status_values(call, request)
    return {
        "code": request.code,
        "name": document.field,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.source_sha256,
        "missing": status_values["missing"],
    }


async def get_document(call: CounterCall) -> Mapping[str, Any]:
    """Find a paper of an own request, as it is printed now; `NotFound` until it is issued."""
    document_name = call.values["name"]
    tracking_code = parse_code(call.values["code"])
    printout = await build_request_printout(
        ActorContext(call.dependencies, call.uow, call.clerk), tracking_code, document_name
    )
    return {
        "name": document_name,
        "file_name": f"{document_name}-{printout.code}.pdf",
        "media_type": PDF_MEDIA_TYPE,
        "printout": printout,
    }


async def print_document(printer: Printer, document_values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Print what was found."""
    return {**document_values, "content": await printer.render_pdf(document_values["printout"])}


async def submit_comment(call: CounterCall) -> Mapping[str, Any]:
    """Keep a citizen's comment about an own request, a service, or the municipality at large."""
    values, citizen_mobile = call.values, identifiers.parse_mobile(call.values["citizen"]["mobile"])
    comment_text = tidy_text(values["text"])
    if not fold_text(comment_text):
        raise MissingField("text")
    service_key = values.get("service")
    if service_key is not None and not any(
        service_key in candidate.topic_names for candidate in call.dependencies.services.values()
    ):
        call.dependencies.engine.get_service(service_key)
    stored_comment = await store_comment(
        ActorContext(call.dependencies, call.uow, call.clerk),
        comment_text,
        code=parse_code(values["code"]) if "code" in values else None,
        service=service_key,
        mobile=citizen_mobile,
    )
    return {"state": stored_comment.state.value}


OPERATIONS = (
    Operation(
        shapes.request("GetRequest", Doc("وضعیت، تاریخچه و قبض‌های یک درخواست", "All of an own request."), CODE_ELEMENT),
        shapes.answer(
            "GetRequest",
            *shapes.STATUS_ELEMENTS,
            SchemaElement("service", shapes.SERVICE_KEY),
            SchemaElement("createdAt", st.ZONED_MOMENT, key="created_at"),
            SchemaElement("updatedAt", st.ZONED_MOMENT, key="updated_at"),
            SchemaElement(
                "question",
                st.TEXT,
                Doc("پرسش بی‌پاسخ کارشناس", "What the staff asks; see AnswerQuestion."),
                required=False,
            ),
            SchemaElement("form", shapes.FORM_VALUES),
            SchemaElement("history", shapes.HISTORY_EVENTS),
        ),
        get_request,
        reads_personal_data=True,
    ),
    Operation(
        shapes.request(
            "ListOfficeRequests",
            Doc("فهرست درخواست‌های همین دفتر", "The office's own requests, newest first, in pages."),
            SchemaElement("service", shapes.SERVICE_KEY, required=False),
            SchemaElement("state", shapes.REQUEST_STATE, required=False),
            SchemaElement("phase", shapes.REQUEST_PHASE, required=False),
            SchemaElement("from", st.ISO_DAY, Doc("از روز", "First day of submission, in Tehran."), required=False),
            SchemaElement(
                "to", st.ISO_DAY, Doc("تا روز، خود آن روز هم", "Last day of submission, included."), required=False
            ),
            SchemaElement(
                "limit",
                st.integer_type("PageSize", 1, 200, Doc("تعداد در هر صفحه", "Requests a page, 50 if not given.")),
                required=False,
            ),
            CURSOR_ELEMENT,
        ),
        shapes.answer(
            "ListOfficeRequests",
            SchemaElement("requests", shapes.REQUEST_SUMMARIES),
            NEXT_CURSOR,
        ),
        list_requests,
        reads_personal_data=True,
    ),
    Operation(
        shapes.request(
            "CancelRequest",
            Doc("لغو درخواست به خواست شهروند", "Cancel an own request for its citizen."),
            CODE_ELEMENT,
            SchemaElement("reason", shapes.FREE_TEXT, Doc("دلیل لغو", "Why it is cancelled."), required=False),
        ),
        shapes.answer("CancelRequest", *shapes.STATUS_ELEMENTS),
        cancel_own_request,
        answer_lifetime=ACTION_ANSWER_RETENTION,
    ),
    Operation(
        shapes.request(
            "AnswerQuestion",
            Doc("پاسخ به پرسش کارشناس", "Answer the question that the staff asked."),
            CODE_ELEMENT,
            SchemaElement("text", shapes.FREE_TEXT, Doc("پاسخ", "The answer.")),
        ),
        shapes.answer("AnswerQuestion", *shapes.STATUS_ELEMENTS),
        answer_question,
        answer_lifetime=ACTION_ANSWER_RETENTION,
    ),
    Operation(
        shapes.request(
            "AttachDocument",
            Doc("افزودن مدرک؛ عکس یا PDF تا ۷ مگابایت", "Add a photo or PDF, at most 7 MB."),
            CODE_ELEMENT,
            *shapes.DOCUMENT_RECORD.members,
        ),
        shapes.answer(
            "AttachDocument",
            CODE_ELEMENT,
            SchemaElement("name", shapes.PAPER_NAME),
            SchemaElement("mediaType", st.IDENTIFIER, key="media_type"),
            SchemaElement("size", st.THING_COUNT, Doc("اندازه به بایت", "Size in bytes.")),
            SchemaElement("sha256", st.IDENTIFIER),
            SchemaElement("missingDocuments", shapes.PAPER_NAMES, key="missing", required=False),
        ),
        add_document,
        answer_lifetime=ACTION_ANSWER_RETENTION,
        prepare_values=prepare_document,
        admit_files=admit_document,
    ),
)
"""Every operation about a request that exists."""

COMMENT_OPERATION = Operation(
    shapes.request(
        "SubmitComment",
        Doc("نظر یا پیشنهاد شهروند", "Keep a citizen's comment or suggestion."),
        SchemaElement("citizen", shapes.CITIZEN_RECORD),
        SchemaElement("trackingCode", st.TRACKING_CODE, key="code", required=False),
        SchemaElement("service", shapes.SERVICE_KEY, required=False),
        SchemaElement("text", shapes.FREE_TEXT, Doc("متن نظر", "The comment.")),
    ),
    shapes.answer(
        "SubmitComment",
        SchemaElement("state", st.IDENTIFIER, Doc("در انتظار بررسی", "pending: it waits for a moderator.")),
    ),
    submit_comment,
    answer_lifetime=ACTION_ANSWER_RETENTION,
)
"""Operations for citizens' comments on a service, or on the desk."""


def build_operations(services: Sequence[Service], catalogue: Catalogue) -> tuple[Operation, ...]:
    """Return the operations on requests that were brought; papers are got where a service prints some for counters."""
    papers = list_counter_papers(services)
    return (*OPERATIONS, *([_build_paper_operation(papers, catalogue)] if papers else []), COMMENT_OPERATION)


def list_counter_papers(services: Sequence[Service]) -> list[tuple[Service, Printable]]:
    """Return the papers that counters may get: those that are verified and that a clerk may print."""
    return [
        (service, printable)
        for service in services
        for printable in service.printables
        if printable.is_official and Role.CLERK in printable.roles
    ]


def _build_paper_operation(papers: Sequence[tuple[Service, Printable]], catalogue: Catalogue) -> Operation:
    kinds = tuple(dict.fromkeys(printable.kind for _, printable in papers))
    titles = [catalogue.text(f"{service.printable_text_prefix(printable)}.title") for service, printable in papers]
    listed_kinds, listed_titles = ", ".join(kinds), "، ".join(dict.fromkeys(titles))
    paper_doc = Doc(f"یکی از این‌ها: {listed_titles}", f"One of: {listed_kinds}.", "نام سند")
    print_name = st.choice_type("PrintName", kinds, paper_doc)
    return Operation(
        shapes.request(
            "GetDocument",
            Doc(f"دریافت {listed_titles}", f"Get a printed paper as PDF: {listed_kinds}."),
            CODE_ELEMENT,
            SchemaElement("name", print_name),
        ),
        shapes.answer(
            "GetDocument",
            SchemaElement("name", print_name),
            SchemaElement("fileName", shapes.FILE_NAME, key="file_name"),
            SchemaElement("mediaType", st.IDENTIFIER, key="media_type"),
            SchemaElement("content", st.FILE_CONTENT),
        ),
        get_document,
        complete_answer=print_document,
        reads_personal_data=True,
    )
