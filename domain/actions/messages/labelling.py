"""The desk says what a text wanted that was not understood; what it says is exported and learned from."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.context import ActorContext
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.labelled_sentences import SPOKEN_AT, LabelledSentence
from domain.messages.masked_texts import fill_specimens
from domain.messages.misread_texts import LabelState, MisreadFilter, MisreadText
from domain.messages.ports import MisreadTextRepository
from domain.repositories import MessageRepositories
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason
from domain.values.version_token import VersionToken, refuse_stale


def list_labels(grammar: Grammar, masked_text: str) -> tuple[str, ...]:
    """Return the intents that a masked text may be labelled with, the likeliest by its words first."""
    return tuple(ranked.name for ranked in grammar.rank_intents(fill_specimens(masked_text)))


async def label_misread_text(
    context: ActorContext[MessageRepositories], misread_id: int, label: str | None, version: VersionToken | None = None
) -> MisreadText:
    """Label a text with the intent that is meant (`unknown`: none of ours); None leaves it out. Again, it is changed.

    `version` is that of what was looked at; None for any version. Errors: `Forbidden`, `NotFound("misread_text")`,
    `InvalidField("label")` for an intent that nobody knows, `Conflict` when a colleague labelled it since.
    """
    labeller = require_right(Right.MISREAD_TEXTS_LABEL, context.actor, "misread_text")
    misread = await context.uow.misread_texts.get(misread_id, lock=True)
    if label is not None and label not in list_labels(context.dependencies.grammar, misread.text):
        raise InvalidField("label")
    state = LabelState.LEFT_OUT if label is None else LabelState.LABELLED
    if (misread.state, misread.label) == (state, label):
        return misread
    refuse_stale(version, misread.version_token, Conflict("misread_text", ConflictReason.MISREAD_CHANGED))
    now = context.dependencies.clock.now()
    labelled = replace(misread, state=state, label=label, labelled_by=labeller.label, labelled_at=now)
    await context.uow.misread_texts.save_label(labelled)
    return labelled


MOST_EXPORTED = 10_000
"""Labelled texts that are exported at once: those that came most often."""


async def list_labelled_sentences(grammar: Grammar, misread_texts: MisreadTextRepository) -> Sequence[LabelledSentence]:
    """Return the texts that the desk labelled as sentences to learn from, each with a specimen for every mask."""
    labelled = await misread_texts.list_texts(MisreadFilter(LabelState.LABELLED, limit=MOST_EXPORTED))
    return [_read_as_labelled(grammar, misread) for misread in labelled]


def _read_as_labelled(grammar: Grammar, misread: MisreadText) -> LabelledSentence:
    text, label = fill_specimens(misread.text), misread.label or ""
    message = grammar.parse_for_intent(label, text, SPOKEN_AT)
    return LabelledSentence(text, label, message.as_json()["slots"] if message else {})
