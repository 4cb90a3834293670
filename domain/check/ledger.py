"""What a way through a service has made of the charge: the part of a request's bills that `check` can follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from domain.language.service import Effect, Transition, Trigger


class Open(Enum):
    """Whether a bill is open. `MAYBE`: one was paid, and nothing proves that it was the only one."""

    NO = auto()
    YES = auto()
    MAYBE = auto()


class Worth(Enum):
    """What came of the charge so far: it was not reckoned, it is nothing, it was paid or waived, or it was lost (the
    bill was closed unpaid, or the money went back).
    """

    NOTHING = auto()
    FREE = auto()
    PAID = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The charge on one way, after some of its steps."""

    bill: Open = Open.NO
    worth: Worth = Worth.NOTHING

    @property
    def settled(self) -> bool:
        """Whether what was ordered may be given."""
        return self.bill is Open.NO and self.worth in {Worth.FREE, Worth.PAID}

    def passed(self, step: Transition) -> "Ledger":
        """Return how the charge stands once the guards of a step let it pass.

        One that asks for settled bills proves nothing where there was none, or where it was lost.
        """
        found = self
        if step.trigger is Trigger.BILL_SETTLED:
            found = Ledger(Open.MAYBE, Worth.PAID)
        guards = [*step.guards, *([step.when] if step.when else [])]
        if found.bill is not Open.NO and any(guard.requires_settled for guard in guards):
            found = Ledger(Open.NO, Worth.PAID)
        return replace(found, worth=Worth.FREE) if any(guard.requires_free for guard in guards) else found

    @property
    def paid(self) -> bool:
        """Whether money came in, and no bill is open."""
        return self.bill is Open.NO and self.worth is Worth.PAID

    def reversed(self) -> "Ledger":
        """Return how the charge stands once its payment turned out to be recorded wrongly: its bill is open again."""
        return Ledger(Open.YES, Worth.NOTHING)

    def after(self, effect: Effect) -> "Ledger":
        """Return how the charge stands after an effect."""
        found = replace(self, bill=Open.YES) if effect.issues_bill else self
        if effect.settles and found.bill is not Open.NO:
            found = Ledger(Open.NO, Worth.PAID)
        if effect.voids and found.bill is not Open.NO:
            found = Ledger(Open.NO, Worth.LOST)
        if effect.refunds and found.worth is Worth.PAID:
            found = replace(found, worth=Worth.LOST)
        return found


def walked(ledger: Ledger, effects: Iterable[Effect]) -> tuple[Ledger, bool]:
    """Return how the charge stands after effects in their order, and whether one of them gave what was not paid.

    What was given is taken for paid from there on: one fault is told once.
    """
    unpaid = False
    for effect in effects:
        if effect.delivers and not ledger.settled:
            unpaid, ledger = True, Ledger(Open.NO, Worth.PAID)
        ledger = ledger.after(effect)
    return ledger, unpaid


def issues(effects: Sequence[Effect]) -> bool:
    """Tell whether one of these effects makes a bill."""
    return any(effect.issues_bill for effect in effects)
