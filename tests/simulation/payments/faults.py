"""The planted faults: each a rule of the machine, its driver, its store or a gateway's file, broken in one place."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.gateways.attempt import AttemptState, GatewayCall
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.gateway import CardRefundAnswer, GatewayAnswer, SaleState
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptState, RefundChange, RefundEffect
from domain.gateways.refund_machine import RefundMachine
from tests.simulation.payments import machine_faults as faulty
from tests.simulation.payments.bank import ALREADY_SETTLED, ALREADY_VERIFIED, GIVEN_BACK
from tests.simulation.payments.profiles import (
    ASKABLE,
    LISTED,
    MELLAT,
    PROFILES,
    SADAD,
    SAMAN,
    SILENT,
    ZARINPAL,
    BankProfile,
)
from tests.simulation.payments.rules import STATEMENTS, DriverRules


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault, and the bank at which it does most harm."""

    name: str
    meaning: str
    rules: DriverRules
    profile: BankProfile
    rest: tuple[int | None, ...] = ()
    """The town, mood, taste and opening where it is looked for; None: any."""

    @property
    def head(self) -> tuple[int | None, ...]:
        """The fixed numbers of the schedules in which it is looked for."""
        return (PROFILES.index(self.profile), *self.rest)


ANYWHERE: tuple[int | None, ...] = ()
FORGED = (0, 3)
"""One attempt, and whoever forges its callbacks."""
FAILING = (0, 1)
"""One attempt, and a bank that often does not answer."""


# How a gateway's file reads codes


def _read_verified_before_as_failure(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    is_misread = call is GatewayCall.VERIFY and answer.code == ALREADY_VERIFIED
    return replace(answer, sale_state=SaleState.UNPAID) if is_misread else answer


def _read_settled_before_as_failure(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    is_misread = call is GatewayCall.SETTLE and answer.code == ALREADY_SETTLED
    return replace(answer, sale_state=None) if is_misread else answer


def _read_given_back_as_verified(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    return replace(answer, sale_state=SaleState.SETTLED) if answer.code == GIVEN_BACK else answer


def _read_verified_as_settled(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    is_misread = call is GatewayCall.INQUIRE and answer.sale_state is SaleState.VERIFIED
    return replace(answer, sale_state=SaleState.SETTLED) if is_misread else answer


def _read_unverified_as_unpaid(call: GatewayCall, answer: GatewayAnswer) -> GatewayAnswer:
    is_misread = answer.sale_state is SaleState.AWAITING_VERIFICATION
    return replace(answer, sale_state=SaleState.UNPAID) if is_misread else answer


# Refunds


class RepeatsRefund(RefundMachine):
    """A transfer that is not answered is asked for again."""

    def _wait(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return self._send_again(attempt, now)


class BelievesDenialAtOnce(RefundMachine):
    """«Never took it» is believed while the request may be on its way."""

    def _apply_absence(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return self._send_again(attempt, now)


class GivesUpRefund(RefundMachine):
    """A transfer that is not answered is sent to an account instead."""

    def _wait(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return self._finish(attempt, RefundAttemptState.REFUSED, RefundEffect.RETURN_TO_STAFF, now)


class AssumesRefund(RefundMachine):
    """A transfer that is not answered is taken for done."""

    def _wait(self, attempt: RefundAttempt, now: datetime) -> RefundChange:
        return self._finish(attempt, RefundAttemptState.DONE, RefundEffect.COUNT_REFUND, now)


class CountsUnconnected(RefundMachine):
    """A request that never reached the bank is left as sent, and nobody turns to it."""

    def apply_request_answer(self, attempt: RefundAttempt, answer: CardRefundAnswer, now: datetime) -> RefundChange:
        change = super().apply_request_answer(attempt, answer, now)
        return change if change.event != "due_again" else replace(change, attempt=replace(attempt, next_step_at=None))


def _plant(
    machine: type[AttemptMachine], profile: BankProfile, rest: tuple[int | None, ...] = ANYWHERE
) -> PlantedFault:
    return PlantedFault(machine.__name__, str(machine.__doc__), DriverRules(machine=machine), profile, rest)


def _plant_refund(machine: type[RefundMachine], profile: BankProfile) -> PlantedFault:
    return PlantedFault(machine.__name__, str(machine.__doc__), DriverRules(refund_machine=machine), profile)


def _tell(state: AttemptState, statement: str) -> DriverRules:
    return DriverRules(statements={**STATEMENTS, state: statement})


FAULTS = (
    _plant(faulty.ComparesNoReference, MELLAT),
    _plant(faulty.ComparesNoToken, MELLAT),
    _plant(faulty.ComparesNoOrder, MELLAT),
    _plant(faulty.ComparesInSmallLetters, MELLAT),
    _plant(faulty.BelievesBrowser, MELLAT),
    _plant(faulty.DeclineIsFinal, MELLAT),
    _plant(faulty.DeclineEndsAttempt, MELLAT),
    _plant(faulty.IgnoresLateCallback, SADAD),
    _plant(faulty.TakesNewestNumber, MELLAT, FORGED),
    _plant(faulty.ReopensSettled, SAMAN),
    _plant(faulty.HoldsNothingAgain, SADAD),
    _plant(faulty.GivesUpUnknown, MELLAT, FAILING),
    _plant(faulty.SilenceIsFailure, SADAD),
    _plant(faulty.ReversesOnDoubt, ASKABLE),
    _plant(faulty.SettlesOnce, MELLAT),
    _plant(faulty.RefusalIsFailure, SADAD),
    _plant(faulty.AsksTooSeldom, MELLAT),
    _plant(faulty.AsksAboutNobody, SADAD),
    _plant(faulty.ForgetsUnknown, SILENT),
    _plant(faulty.AlertsNobody, MELLAT),
    _plant(faulty.TakesVerifiedForSettled, MELLAT),
    _plant(faulty.ComparesNoAmount, SADAD),
    _plant(faulty.DiscountIsWrongAmount, SADAD),
    _plant(faulty.DropsWrongAmount, SADAD),
    _plant(faulty.AssumesReversed, SAMAN, FAILING),
    _plant(faulty.AssumesNotReversed, ZARINPAL, (*FORGED, None, 1)),
    _plant(faulty.WondersAtForgottenReversal, SAMAN),
    _plant(faulty.CountsTwice, SILENT),
    _plant(faulty.KeepsDeniedNumber, ASKABLE),
    _plant(faulty.TakesNumberForSession, ASKABLE),
    _plant(faulty.UnpaidIsFinal, SADAD),
    _plant(faulty.EndsWithSession, MELLAT),
    _plant(faulty.TrustsOwnClock, SADAD),
    _plant(faulty.ReleasesAtDecline, MELLAT),
    _plant(faulty.NothingBackIsFailure, SILENT),
    _plant(faulty.ListsTheWaitingAlone, LISTED),
    _plant(faulty.RevivesFailedStart, SADAD),
    _plant(faulty.ForgetsForeignSale, ASKABLE),
    _plant(faulty.DropsAlerts, SILENT),
    PlantedFault(
        "VerifiedBefore", "43 is taken as a failure", DriverRules(read_answer=_read_verified_before_as_failure), MELLAT
    ),
    PlantedFault(
        "SettledBefore", "45 is taken as a failure", DriverRules(read_answer=_read_settled_before_as_failure), MELLAT
    ),
    PlantedFault("GivenBack", "48 is taken as good", DriverRules(read_answer=_read_given_back_as_verified), MELLAT),
    PlantedFault(
        "InquiryIsEnough", "verified is read as settled", DriverRules(read_answer=_read_verified_as_settled), ASKABLE
    ),
    PlantedFault("Unverified", "paid is read as unpaid", DriverRules(read_answer=_read_unverified_as_unpaid), SADAD),
    PlantedFault(
        "StaleAnswers",
        "«not paid» is stored whatever happened since the bank was asked",
        DriverRules(drops_stale_denials=False),
        ASKABLE,
        (*FORGED, None, 4),
    ),
    PlantedFault(
        "JudgesLate",
        "an answer is judged when it is stored",
        DriverRules(judges_by_storing=True),
        SADAD,
        (0, 6, None, 4),
    ),
    PlantedFault("TwoTransactions", "effects follow later", DriverRules(stores_effects_with_change=False), SADAD),
    PlantedFault("EndlessClaim", "a dead worker's claim never ends", DriverRules(reclaims_after=None), SADAD),
    PlantedFault(
        "LeavesTooEarly", "the browser leaves before that is stored", DriverRules(stores_before_leaving=False), MELLAT
    ),
    PlantedFault("SaleUsedTwice", "one sale pays two attempts", DriverRules(refuses_known_sales=False), SAMAN),
    PlantedFault("HoldsNothing", "bills in payment can be cancelled", DriverRules(holds_bills=False), MELLAT),
    PlantedFault(
        "ReleasesForAll", "one attempt's end frees what another holds", DriverRules(releases_held_by_others=True), SADAD
    ),
    PlantedFault("PaidTwice", "a paid bill is paid once more", DriverRules(settles_twice=True), SADAD),
    PlantedFault("KeepsSurplus", "surplus is owed to nobody", DriverRules(keeps_surplus=False), SADAD),
    PlantedFault("CreatedForEver", "nobody turns to what never left", DriverRules(expects_start_to_end=False), MELLAT),
    PlantedFault("NoList", "the list of unverified sales is not read", DriverRules(polls_list=False), LISTED),
    PlantedFault("NoFile", "the settlement file is not read", DriverRules(reads_settlement_file=False), SILENT),
    PlantedFault(
        "EndsUncovered",
        "what a file does not name is ended, whatever days it covers",
        DriverRules(waits_for_coverage=False),
        SILENT,
    ),
    PlantedFault("PaidByBrowser", "the page says «paid» on return", _tell(AttemptState.RETURNED, "paid"), MELLAT),
    PlantedFault(
        "UnknownIsUnpaid", "the page says «not paid» of the unknown", _tell(AttemptState.UNKNOWN, "not_paid"), SILENT
    ),
    PlantedFault(
        "DeclinedIsUnpaid", "the page says «not paid» of a decline", _tell(AttemptState.DECLINED, "not_paid"), MELLAT
    ),
    _plant_refund(RepeatsRefund, ASKABLE),
    _plant_refund(BelievesDenialAtOnce, ASKABLE),
    _plant_refund(GivesUpRefund, ASKABLE),
    _plant_refund(AssumesRefund, ASKABLE),
    _plant_refund(CountsUnconnected, ASKABLE),
    PlantedFault(
        "SendsBeforeStoring",
        "a refund is sent before that is stored",
        DriverRules(stores_refund_before_sending=False),
        ASKABLE,
    ),
    PlantedFault("RefundsTooMuch", "more goes back than came", DriverRules(limits_refunds=False), ASKABLE),
)
