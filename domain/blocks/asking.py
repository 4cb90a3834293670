"""What services share when staff ask the citizen something and wait for the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Command, Effect, Notice, StepContext, Transition, Trigger
from domain.values.actors import Role

LONGEST_NOTE_TEXT = 200
"""Characters that staff may write to a citizen in one text: with the words around them, four message parts."""

REASON = Field("reason", Text(LONGEST_NOTE_TEXT), is_note=True)
"""Why a request is rejected or a bill waived: sent to the citizen, kept in the history."""

OPTIONAL_REASON = Field("reason", Text(), required=False, is_note=True)
"""Why something is given up or priced otherwise, if whoever does it says so: kept in the history."""

QUESTION = Field("question", Text(LONGEST_NOTE_TEXT), is_note=True)
ANSWER = Field("text", Text(), is_note=True)

CITIZENS = frozenset({Role.CITIZEN, Role.CLERK})
"""Who applied, or the counter's clerk for them."""


def question_transitions(
    asking_state: str, unanswered_state: str, staff_roles: frozenset[Role]
) -> tuple[Transition, ...]:
    """Return the steps of a question: `asking_state` → `needs_info` and back, or to `unanswered_state` when nobody
    answers in time.

    These staff may ask, and record an answer that came otherwise. Each step has a notice of its name.
    """
    return (
        Transition(
            "ask", (asking_state,), "needs_info", staff_roles, inputs=(QUESTION,), effects=(StoreQuestion(),),
            notices=(Notice("ask"),),
        ),
        Transition(
            "answer", ("needs_info",), asking_state, CITIZENS | staff_roles, inputs=(ANSWER,),
            effects=(StoreAnswer(),), notices=(Notice("answer"),), command=Command.REPLY,
        ),
        Transition(
            "no_answer", ("needs_info",), unanswered_state, effects=(StoreReasonCode("no_answer"),),
            notices=(Notice("no_answer"),), trigger=Trigger.DEADLINE, reckon_deadline=_compute_answer_deadline,
        ),
    )  # fmt: skip


def _compute_answer_deadline(context: StepContext) -> datetime:
    """Return when an unanswered question closes the request: `answer_days` from now."""
    return context.now + timedelta(days=context.policy.answer_days)


@dataclass(frozen=True, slots=True)
class StoreQuestion(Effect):
    """Keep the question, so that any channel can show it and take its answer."""

    async def apply_effect(self, context: StepContext) -> None:
        """Store the open question."""
        context.request.data["question"] = context.inputs["question"]


@dataclass(frozen=True, slots=True)
class StoreAnswer(Effect):
    """Keep the answer beside its question and close the question."""

    async def apply_effect(self, context: StepContext) -> None:
        """Append to `answers` (list of {question, answer})."""
        question = context.request.data.pop("question", None)
        answers = context.request.data.setdefault("answers", [])
        answers.append({"question": question, "answer": context.inputs["text"]})


@dataclass(frozen=True, slots=True)
class StoreReason(Effect):
    """Store why the request was declined, so that tracking can state it."""

    async def apply_effect(self, context: StepContext) -> None:
        """Store the reason."""
        context.request.data["reason"] = context.inputs["reason"]


@dataclass(frozen=True, slots=True)
class StoreReasonCode(Effect):
    """Keep why a request was declined where nobody gave a reason: a code of `choices.reason`."""

    reason_code: str

    async def apply_effect(self, context: StepContext) -> None:
        """Store the code in the reason's place."""
        context.request.data["reason"] = self.reason_code
