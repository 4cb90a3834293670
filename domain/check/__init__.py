"""`pishkhan check`: proves each declaration before it serves anybody.

| module | what it proves |
|---|---|
| `walk.py`, `ledger.py` | nothing by themselves: they follow every way that a request and its bills can take |
| `ways.py` | every state is reached and none is a dead end, by steps that can really be taken |
| `money.py` | no way gives a letter or a machine unpaid, none leaves a bill behind that nobody settles |
| `steps.py` | every step has somebody who may take it, and the citizen's words reach theirs |
| `versions.py` | the state maps lead every earlier version to states that exist, and what is finished stays finished |
| `printouts.py` | every paper has its texts, somebody who may print it, and facts that there can be |
| `texts.py` | every text that may be asked for is there, and every one that travels by SMS fits its part budget |
| `rooms.py` | every text shows whole what people may write, unless it says that it cuts it |
| `said.py` | the texts that the code asks for by name |
"""

from collections.abc import Iterable, Iterator, Sequence

from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.money import money_flaws
from domain.check.printouts import printout_flaws
from domain.check.steps import step_flaws
from domain.check.texts import SHARED_TEXTS, budget_flaws, sent_by_sms, shared_text_flaws, text_flaws
from domain.check.told import told_flaws
from domain.check.versions import version_flaws
from domain.check.ways import way_flaws
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import REGISTRIES

__all__ = ["NO_SERVICE", "SHARED_TEXTS", "Flaw", "budget_flaws", "check", "sent_by_sms"]


def check(services: Iterable[Service], catalogue: Catalogue) -> list[Flaw]:
    """Return every flaw of these declarations and their texts, each once; none means that they may serve."""
    listed = tuple(services)
    flaws = [flaw for service in listed for flaw in _service_flaws(service, catalogue)]
    return list(dict.fromkeys([*flaws, *_shared_words(listed), *shared_text_flaws(catalogue)]))


def _service_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    unnamed = list(_name_flaws(service))
    yield from unnamed
    if any(flaw.kind == "unknown_state" for flaw in unnamed):
        return  # nothing else can be said of a graph with edges into nowhere
    yield from way_flaws(service)
    yield from money_flaws(service)
    yield from step_flaws(service)
    yield from version_flaws(service)
    yield from printout_flaws(service, catalogue)
    yield from text_flaws(service, catalogue)
    yield from told_flaws(service, catalogue)


def _name_flaws(service: Service) -> Iterator[Flaw]:
    names = [state.name for state in service.states]
    for name in {name for name in names if names.count(name) > 1}:
        yield Flaw("double_state", service.key, name)
    used = {service.initial} | {name for step in service.transitions for name in (*step.sources, step.target)}
    used |= {name for one in service.printouts for name in (*one.states, *one.over)}
    for name in sorted(used - set(names)):
        yield Flaw("unknown_state", service.key, name)
    known = {one.name for one in (*service.form, *service.kept)}
    for one in service.references:
        if one.field not in known or one.registry not in REGISTRIES:
            yield Flaw("unknown_reference", service.key, f"{one.field}: {one.registry}")


def _shared_words(services: Sequence[Service]) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for service in services:
        for keyword in service.keywords:
            for word in keyword.intent.words:
                if seen.setdefault(word, service.key) != service.key:
                    yield Flaw("word_of_two_services", service.key, word)
