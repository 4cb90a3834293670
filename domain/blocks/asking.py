"""Questions of the staff to the citizen, shared by services.

A question may be about single fields of the form or papers, which the staff mark: a page that takes the answer shows
them to be put right (`domain/actions/requests/answering.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from domain.fields.form import Field
from domain.fields.stored import TEXT_FORM, StoredField, StoredFields, StoredForm
from domain.fields.types import Choices, Text
from domain.language.form_changes import ChangeableFields
from domain.language.papers import ServicePapers
from domain.language.question_subjects import MARKED_FIELDS, MARKED_PAPERS, MARKS
from domain.language.service import Command, Effect, Notice, StepContext, Transition, Trigger
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role

LONGEST_NOTE_TEXT = 200
"""Characters that staff may write to a citizen in one text: with the words around them, four message parts."""

REASON = StoredField("reason", Text(LONGEST_NOTE_TEXT), is_note=True, stored_form=TEXT_FORM)
"""Reason for rejecting a request or waiving a bill: sent to the citizen, kept in the history."""

OPTIONAL_REASON = Field("reason", Text(), required=False, is_note=True)
"""Reason for giving something up or pricing it otherwise, if one is given: kept in the history."""

QUESTION = StoredField("question", Text(LONGEST_NOTE_TEXT), is_note=True, stored_form=TEXT_FORM)
"""Question of the staff; kept while it waits for its answer."""

ANSWER = Field("text", Text(), is_note=True)

ANSWERS: StoredField[list[dict[str, str | None]]] = StoredField("answers", Text(), stored_form=StoredForm(list, list))
"""Answers, each {question, answer}, the oldest first."""

ANSWER_PAPER = "answer"
"""Kind of a file that answers a question and is no paper of the service: requests take it while a question waits."""

WAITING_STATE = "needs_info"
"""The state in which a question waits for its answer."""

CITIZENS = frozenset({Role.CITIZEN, Role.CLERK})
"""The citizen who applied, or the counter's clerk for them."""


@dataclass(frozen=True, slots=True)
class FieldsInQuestion:
    """Finds which fields of the form a question may be about: those that may be changed while it waits."""

    changeable: Sequence[ChangeableFields]

    async def __call__(self, _: UnitOfWork, request: ServiceRequest) -> Mapping[str, str]:
        """Return the fields with the keys of their labels."""
        field_names = [name for entry in self.changeable if WAITING_STATE in entry.states for name in entry.field_names]
        return {name: f"services.{request.service}.fields.{name}.label" for name in field_names}


@dataclass(frozen=True, slots=True)
class PapersInQuestion:
    """Finds which papers a question may be about: those that citizens are asked for."""

    papers: ServicePapers

    async def __call__(self, _: UnitOfWork, __: ServiceRequest) -> Mapping[str, str]:
        """Return the papers with the keys of their names."""
        return {name: f"choices.document.{name}" for name in self.papers.citizen_papers}


def question_transitions(
    asking_state: str,
    unanswered_state: str,
    staff_roles: frozenset[Role],
    changeable: Sequence[ChangeableFields] = (),
    papers: ServicePapers | None = None,
) -> tuple[Transition, ...]:
    """Return the steps of a question: `asking_state` → `needs_info` and back, or to `unanswered_state` when nobody
    answers in time.

    These staff may ask, and record an answer that came otherwise. They may mark which of the fields that are
    `changeable` while it waits, and which `papers`, it is about. Each step has a notice of its name.
    """
    return (
        Transition(
            "ask", (asking_state,), WAITING_STATE, staff_roles, inputs=_list_asking_inputs(changeable, papers),
            effects=(StoreQuestion(),), notices=(Notice("ask"),), undo_minutes=60,
        ),
        Transition(
            "answer", (WAITING_STATE,), asking_state, CITIZENS | staff_roles, inputs=(ANSWER,),
            effects=(StoreAnswer(),), notices=(Notice("answer"),), command=Command.REPLY,
        ),
        Transition(
            "no_answer", (WAITING_STATE,), unanswered_state, effects=(StoreReasonCode("no_answer"),),
            notices=(Notice("no_answer"),), trigger=Trigger.DEADLINE, reckon_deadline=_compute_answer_deadline,
        ),
    )  # fmt: skip


def _list_asking_inputs(changeable: Sequence[ChangeableFields], papers: ServicePapers | None) -> tuple[Field, ...]:
    may_be_changed = any(WAITING_STATE in entry.states for entry in changeable)
    marked_fields = Field(MARKED_FIELDS.name, Choices(), required=False, find_choices=FieldsInQuestion(changeable))
    papers_input = (
        (Field(MARKED_PAPERS.name, Choices(), required=False, find_choices=PapersInQuestion(papers)),) if papers else ()
    )
    return (QUESTION, *((marked_fields,) if may_be_changed else ()), *papers_input)


def _compute_answer_deadline(context: StepContext) -> datetime:
    """Return when an unanswered question closes the request: `answer_days` from now."""
    return context.now + timedelta(days=context.policy.answer_days)


@dataclass(frozen=True, slots=True)
class StoreQuestion(Effect):
    """Keep the question and what it is about, so that any channel can show it and take its answer."""

    is_undoable: ClassVar[bool] = True
    required_inputs: ClassVar[frozenset[str]] = frozenset({"question"})
    stores: ClassVar[StoredFields] = (QUESTION,)
    may_store = MARKS

    async def apply_effect(self, context: StepContext) -> None:
        """Store the open question, and the marks that it has."""
        QUESTION.write(context.request, context.inputs[QUESTION.name])
        for marks in MARKS:
            marks.clear(context.request)
            if marked_names := context.inputs.get(marks.name):
                marks.write(context.request, marked_names)


@dataclass(frozen=True, slots=True)
class StoreAnswer(Effect):
    """Keep the answer beside its question and close the question."""

    forgets: ClassVar[StoredFields] = (QUESTION, *MARKS)
    required_inputs: ClassVar[frozenset[str]] = frozenset({ANSWER.name})
    stores: ClassVar[StoredFields] = (ANSWERS,)

    async def apply_effect(self, context: StepContext) -> None:
        """Append to `answers` (list of {question, answer})."""
        answer = {"question": QUESTION.find(context.request), "answer": context.inputs[ANSWER.name]}
        for closed_field in self.forgets:
            closed_field.clear(context.request)
        ANSWERS.write(context.request, [*(ANSWERS.find(context.request) or []), answer])


@dataclass(frozen=True, slots=True)
class StoreReason(Effect):
    """Store why the request was declined, so that tracking can state it."""

    is_undoable: ClassVar[bool] = True
    required_inputs: ClassVar[frozenset[str]] = frozenset({REASON.name})
    stores: ClassVar[StoredFields] = (REASON,)

    async def apply_effect(self, context: StepContext) -> None:
        """Store the reason."""
        REASON.write(context.request, context.inputs[REASON.name])


@dataclass(frozen=True, slots=True)
class StoreReasonCode(Effect):
    """Keep why a request was declined where nobody gave a reason: a code of `choices.reason`."""

    stores: ClassVar[StoredFields] = (REASON,)
    reason_code: str

    async def apply_effect(self, context: StepContext) -> None:
        """Store the code in the reason's place."""
        REASON.write(context.request, self.reason_code)
