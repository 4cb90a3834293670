"""What services share when staff ask the citizen something and wait for the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Command, Context, Effect, Notice, Transition, Trigger
from domain.values.actors import Role

LONGEST_TOLD = 200
"""Characters that staff may write to a citizen in one text: with the words around them, four message parts."""

REASON = Field("reason", Text(LONGEST_TOLD), note=True)
"""Why a request is rejected or a bill waived: told to the citizen, kept in the history."""

WHY = Field("reason", Text(), required=False, note=True)
"""Why something is given up or priced otherwise, if whoever does it says so: kept in the history."""

QUESTION = Field("question", Text(LONGEST_TOLD), note=True)
ANSWER = Field("text", Text(), note=True)

CITIZEN = frozenset({Role.CITIZEN, Role.CLERK})
"""Who applied, or the counter's clerk for them."""


def asking(state: str, given_up: str, staff: frozenset[Role]) -> tuple[Transition, ...]:
    """Return the steps of a question: `state` → `needs_info` and back, or to `given_up` when nobody answers in time.

    These staff may ask, and record an answer that came otherwise. Each step has a notice of its name.
    """
    return (
        Transition(
            "ask", (state,), "needs_info", staff, inputs=(QUESTION,), effects=(AskQuestion(),),
            notices=(Notice("ask"),),
        ),
        Transition(
            "answer", ("needs_info",), state, CITIZEN | staff, inputs=(ANSWER,),
            effects=(KeepAnswer(),), notices=(Notice("answer"),), command=Command.REPLY,
        ),
        Transition(
            "no_answer", ("needs_info",), given_up, effects=(KeepCause("no_answer"),),
            notices=(Notice("no_answer"),), trigger=Trigger.DEADLINE, deadline=_overdue,
        ),
    )  # fmt: skip


def _overdue(ctx: Context) -> datetime:
    """Return when an unanswered question closes the request: `answer_days` from now."""
    return ctx.now + timedelta(days=ctx.policy.answer_days)


@dataclass(frozen=True, slots=True)
class AskQuestion(Effect):
    """Keep the question, so that any channel can show it and take its answer."""

    async def apply(self, ctx: Context) -> None:
        """Store the open question."""
        ctx.request.data["question"] = ctx.inputs["question"]


@dataclass(frozen=True, slots=True)
class KeepAnswer(Effect):
    """Keep the answer beside its question and close the question."""

    async def apply(self, ctx: Context) -> None:
        """Append to `answers` (list of {question, answer})."""
        question = ctx.request.data.pop("question", None)
        answers = ctx.request.data.setdefault("answers", [])
        answers.append({"question": question, "answer": ctx.inputs["text"]})


@dataclass(frozen=True, slots=True)
class KeepReason(Effect):
    """Keep why the request was declined, so that tracking can say it."""

    async def apply(self, ctx: Context) -> None:
        """Store the reason."""
        ctx.request.data["reason"] = ctx.inputs["reason"]


@dataclass(frozen=True, slots=True)
class KeepCause(Effect):
    """Keep why a request was declined where nobody gave a reason: a code of `choices.reason`."""

    cause: str

    async def apply(self, ctx: Context) -> None:
        """Store the code in the reason's place."""
        ctx.request.data["reason"] = self.cause
