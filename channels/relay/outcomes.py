"""Outcomes of messages of unknown outcome, chosen from what a carrier answers about them."""

from collections.abc import Collection, Sequence

from domain.messages.carriers import CandidateOutcomes, SendResult
from domain.messages.records import OutboxMessage


def list_provider_ids(candidates_by_id: CandidateOutcomes) -> set[str]:
    """Return the carrier's ids that are among the candidates."""
    return {
        candidate.provider_id
        for candidates in candidates_by_id.values()
        for candidate in candidates
        if candidate.provider_id
    }


def choose_outcomes(
    messages: Sequence[OutboxMessage], candidates_by_id: CandidateOutcomes, taken_ids: Collection[str]
) -> dict[int, SendResult | None]:
    """Return what became of each message that the carrier answered about: the first candidate that is no other
    message's, or None when it surely never saw the message.

    `taken_ids` are the carrier's ids that stored messages have. The latest message chooses first, of the same words
    sent twice the latest text: so each text becomes one message's, and as many messages as can be settled are.
    """
    outcomes: dict[int, SendResult | None] = {}
    chosen_ids: set[str | None] = {*taken_ids}
    for message in sorted(messages, key=lambda unknown_message: unknown_message.id, reverse=True):
        candidates = candidates_by_id.get(message.id)
        if candidates is None:
            continue
        free_candidates = [candidate for candidate in candidates if candidate.provider_id not in chosen_ids]
        if free_candidates:
            outcomes[message.id] = free_candidates[0]
            chosen_ids.add(free_candidates[0].provider_id)
        elif not candidates:
            outcomes[message.id] = None
    return outcomes
