"""The buttons under what is said of a request: what its citizen, or who is asked for consent, can do with it now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from domain.conversation.buttons.answers import Verb, alone, calling
from domain.language.service import Command, Service
from domain.messages.keyboards import Button, Rows, in_rows
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Role

Words = Callable[[str], str]

SCORES = range(5, 0, -1)


@dataclass(frozen=True, slots=True)
class RequestChoices:
    """A request as one person may act on it. `papers` are those that can be printed, kind → title; `to_rate`: it waits
    for this person's rating.
    """

    request: ServiceRequest
    service: Service
    mobile: str
    papers: Mapping[str, str]
    to_rate: bool

    def rows(self, words: Words) -> Rows:
        """Return the buttons; what is most urgent comes first."""
        if self.request.awaits == self.mobile:
            return (tuple(self._awaited(words)),)
        if self.request.mobile != self.mobile:
            return ()
        if self.to_rate:
            stars = [alone("⭐" * score, f"امتیاز {self.request.code} {score}") for score in SCORES]
            return (*in_rows([*self._printed()], 2), *in_rows(stars, 1))
        return in_rows([*self._own(words)], 2)

    def _awaited(self, words: Words) -> Iterator[Button]:
        yield alone(words("chat.buttons.agree"), f"تایید {self.request.code}")
        yield alone(words("chat.buttons.refuse"), f"رد {self.request.code}")

    def _own(self, words: Words) -> Iterator[Button]:
        request, code = self.request, self.request.code
        if request.phase is Phase.NEEDS_PAYMENT:
            yield alone(words("chat.buttons.pay"), f"قبض {code}")
        if "question" in request.data and self._may(Command.REPLY):
            yield alone(words("chat.buttons.reply"), f"پاسخ {code}")
        if self.service.documents and not request.phase.final:
            yield calling(words("chat.buttons.papers"), Verb.PAPERS, code)
        yield from self._printed()
        yield alone(words("chat.buttons.track"), f"پیگیری {code}")
        if self._may(Command.CANCEL):
            yield calling(words("chat.buttons.cancel"), Verb.GIVE_UP, code)

    def _printed(self) -> Iterator[Button]:
        for kind, title in self.papers.items():
            yield calling(title, Verb.PRINT, self.request.code, kind)

    def _may(self, command: Command) -> bool:
        """Tell whether the citizen can take the step of a command in the present state."""
        steps = self.service.on_command(command)
        return any(self.request.state in step.sources and Role.CITIZEN in step.roles for step in steps)
