"""Learns the weights of intents from the labelled sentences, and writes them where every process reads them.

    python -m scripts.intent_weights

The file is committed; whoever changes sentences or keywords runs it again (`make intents`).
"""

from collections.abc import Iterable
from pathlib import Path

from domain.conversation.reading.intent_learning import WEIGHT_DIGITS, IntentWeights, learn_from
from domain.conversation.reading.intent_ranking import digest_of, list_learned_sentences
from domain.conversation.reading.keywords import Keywords
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.conversation.reading.vocabulary import list_command_intents
from domain.language.intents import Intent
from domain.services import list_intents

FILE = Path(__file__).parent.parent / "domain" / "conversation" / "reading" / "intent_weights.tsv"


def learn_weights_of(service_intents: Iterable[Intent]) -> str:
    """Return the text of the file for the commands and these intents."""
    service_intents = tuple(service_intents)
    keywords = Keywords((*list_command_intents(service_intents), *service_intents))
    known_names = frozenset({*keywords.intents_by_name, UNKNOWN_INTENT})
    weights = learn_from(list_learned_sentences(known_names), keywords.find_named_intents)
    return _write_weights(digest_of(known_names, keywords.vocabulary), weights)


def _write_weights(digest: str, weights: IntentWeights) -> str:
    """Return the text of the file, as `domain/conversation/reading/weights_file.py` reads it."""
    lines, scale = [digest, "\t".join(weights.intent_names)], 10**WEIGHT_DIGITS
    for trait, by_place in sorted(weights.by_trait.items()):
        numbers = (number for place, weight in by_place.items() for number in (place, round(weight * scale)))
        lines.append("\t".join((trait, *map(str, numbers))))
    return "\n".join((*lines, ""))


def main() -> None:
    """Learn from the sentences of all services."""
    FILE.write_text(learn_weights_of(list_intents()), "utf-8")


if __name__ == "__main__":
    main()
