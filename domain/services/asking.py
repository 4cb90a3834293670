"""What services share when staff ask the citizen something and wait for the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.field_types import Text
from domain.forms import Field
from domain.lifecycle import Context, Effect

REASON = Field("reason", Text())
"""Why a request is rejected or a bill waived: told to the citizen, kept in the history."""

ASK_INPUTS = (Field("question", Text()),)


def answer_overdue(ctx: Context) -> datetime:
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
