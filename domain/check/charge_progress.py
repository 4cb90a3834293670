"""Progress of the charge along a way through a service: the part of a request's bills that `check` can follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from domain.blocks.charging import BillsSettled, FreeOfCharge
from domain.language.service import Effect, Transition, Trigger


class OpenBill(Enum):
    """Whether a bill is open. `MAYBE`: one was paid, and nothing proves that it was the only one."""

    NO = auto()
    YES = auto()
    MAYBE = auto()


class ChargeStatus(Enum):
    """Status of the charge so far: it was not reckoned, it is nothing, it was paid or waived, or it was lost (the bill
    was closed unpaid, or the money went back).
    """

    NOTHING = auto()
    FREE = auto()
    PAID = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class ChargeProgress:
    """The charge on one way, after some of its steps."""

    open_bill: OpenBill = OpenBill.NO
    charge_status: ChargeStatus = ChargeStatus.NOTHING

    @property
    def is_settled(self) -> bool:
        """Whether what was ordered may be given."""
        return self.open_bill is OpenBill.NO and self.charge_status in {ChargeStatus.FREE, ChargeStatus.PAID}

    def after_guards(self, step: Transition) -> "ChargeProgress":
        """Return the state of the charge once the guards of a step let it pass.

        One that asks for settled bills proves nothing where there was none, or where it was lost.
        """
        progress = self
        if step.trigger is Trigger.BILL_SETTLED:
            progress = ChargeProgress(OpenBill.MAYBE, ChargeStatus.PAID)
        guards = [*step.guards, *([step.condition] if step.condition else [])]
        if progress.open_bill is not OpenBill.NO and any(isinstance(guard, BillsSettled) for guard in guards):
            progress = ChargeProgress(OpenBill.NO, ChargeStatus.PAID)
        return (
            replace(progress, charge_status=ChargeStatus.FREE)
            if any(isinstance(guard, FreeOfCharge) for guard in guards)
            else progress
        )

    @property
    def is_paid(self) -> bool:
        """Whether money came in, and no bill is open."""
        return self.open_bill is OpenBill.NO and self.charge_status is ChargeStatus.PAID

    def after_reversal(self) -> "ChargeProgress":
        """Return the state of the charge once its payment turned out to be recorded wrongly: its bill is open again."""
        return ChargeProgress(OpenBill.YES, ChargeStatus.NOTHING)

    def after_effect(self, effect: Effect) -> "ChargeProgress":
        """Return the state of the charge after an effect."""
        progress = replace(self, open_bill=OpenBill.YES) if effect.issues_bill else self
        if effect.settles_bills and progress.open_bill is not OpenBill.NO:
            progress = ChargeProgress(OpenBill.NO, ChargeStatus.PAID)
        if effect.voids_bills and progress.open_bill is not OpenBill.NO:
            progress = ChargeProgress(OpenBill.NO, ChargeStatus.LOST)
        if effect.refunds_payments and progress.charge_status is ChargeStatus.PAID:
            progress = replace(progress, charge_status=ChargeStatus.LOST)
        return progress


def follow_effects(progress: ChargeProgress, effects: Iterable[Effect]) -> tuple[ChargeProgress, bool]:
    """Return the state of the charge after effects in their order, and whether one of them gave what was not paid.

    What was given is taken for paid from there on: one fault is reported once.
    """
    is_unpaid = False
    for effect in effects:
        if effect.delivers_result and not progress.is_settled:
            is_unpaid, progress = True, ChargeProgress(OpenBill.NO, ChargeStatus.PAID)
        progress = progress.after_effect(effect)
    return progress, is_unpaid


def issues_bill(effects: Sequence[Effect]) -> bool:
    """Return whether one of these effects makes a bill."""
    return any(effect.issues_bill for effect in effects)
