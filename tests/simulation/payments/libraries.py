"""Three algorithms that are common among libraries of Iranian gateways, as small models, to be compared with ours.

They are what facts-iran.md collects from their code and issues: the browser's return drives everything, nothing is
asked again later, a reference is not compared with what was stored, one receipt may pay twice, 43 and 45 («verified
before», «settled before») are failures, a settlement is tried once, whatever an inquiry answers but 0 is given back.
"""

from dataclasses import replace
from datetime import datetime

from domain.gateways.attempt import AttemptChange, AttemptEffect, AttemptState, GatewayCall, PaymentAttempt
from domain.gateways.attempt_machine import AttemptMachine
from domain.gateways.capabilities import Settlement
from domain.gateways.gateway import GatewayAnswer, GatewayCallback, PaymentPage, SaleState, StartRefusal
from tests.simulation.payments.bank import GOOD
from tests.simulation.payments.rules import STATEMENTS, DriverRules

_COUNT = frozenset({AttemptEffect.COUNT_PAYMENT})
_RELEASE = frozenset({AttemptEffect.RELEASE_BILLS})


class BrowserDriven(AttemptMachine):
    """The page of return verifies and settles, once each; whatever does not answer 0 is a failure, and final."""

    def apply_start(self, attempt: PaymentAttempt, result: PaymentPage | StartRefusal, now: datetime) -> AttemptChange:
        """Nothing is looked after but when the browser comes back."""
        change = super().apply_start(attempt, result, now)
        return replace(change, attempt=replace(change.attempt, next_step_at=None))

    def apply_callback(self, attempt: PaymentAttempt, callback: GatewayCallback, now: datetime) -> AttemptChange:
        """Take its word for which sale it is, as long as the order is known and nothing has ended."""
        is_of_order = callback.order_number in {attempt.order_number, None}
        if not is_of_order or attempt.state not in {AttemptState.SENT, AttemptState.RETURNED, AttemptState.VERIFIED}:
            return AttemptChange(attempt, "ignored")
        if not callback.is_paid:
            return self._fail(attempt)
        returned = replace(attempt, state=AttemptState.RETURNED, sale_number=callback.sale_number, next_step_at=now)
        return AttemptChange(returned, "returned")

    def plan_call(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        """Verify, then settle."""
        return {AttemptState.RETURNED: GatewayCall.VERIFY, AttemptState.VERIFIED: GatewayCall.SETTLE}.get(attempt.state)

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, asked_at: datetime) -> AttemptChange:
        """Go on after 0."""
        if not _is_good(answer):
            return self._apply_failure(attempt, asked_at)
        if attempt.state is AttemptState.RETURNED and self.capabilities.settlement is Settlement.BY_CALL:
            return AttemptChange(replace(attempt, state=AttemptState.VERIFIED, next_step_at=asked_at), "verified")
        return self._count(attempt)

    def apply_time(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """Nothing follows from time."""
        return AttemptChange(replace(attempt, next_step_at=None), "ignored")

    def apply_listed(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        """No list is read."""
        return AttemptChange(attempt, "ignored")

    def _apply_failure(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return self._fail(attempt)

    def _count(self, attempt: PaymentAttempt) -> AttemptChange:
        return AttemptChange(replace(attempt, state=AttemptState.SETTLED, next_step_at=None), "settled", _COUNT)

    def _fail(self, attempt: PaymentAttempt) -> AttemptChange:
        failed = replace(attempt, state=AttemptState.FAILED, next_step_at=None)
        return AttemptChange(failed, "failed", _RELEASE)


class ReversesUnlessZero(BrowserDriven):
    """Sales not verified with 0 are inquired once, and given back for any answer but 0."""

    def plan_call(self, attempt: PaymentAttempt, now: datetime) -> GatewayCall | None:
        """Verify, settle; on failure inquire, then reverse."""
        if attempt.state is AttemptState.UNKNOWN:
            return GatewayCall.REVERSE if attempt.unanswered_calls else GatewayCall.INQUIRE
        return super().plan_call(attempt, now)

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, asked_at: datetime) -> AttemptChange:
        """An inquiry that answers 0 counts as a verification."""
        if attempt.state is not AttemptState.UNKNOWN:
            return super().apply_answer(attempt, answer, asked_at)
        if attempt.unanswered_calls:
            return self._fail(attempt)
        if _is_good(answer):
            return super().apply_answer(replace(attempt, state=AttemptState.RETURNED), answer, asked_at)
        return AttemptChange(replace(attempt, unanswered_calls=1, next_step_at=asked_at), "to be reversed")

    def _apply_failure(self, attempt: PaymentAttempt, now: datetime) -> AttemptChange:
        return AttemptChange(replace(attempt, state=AttemptState.UNKNOWN, next_step_at=now), "to be inquired")


class SettlesOnceAndLogs(BrowserDriven):
    """Verified is counted; the settlement is tried once and its failure written to a log."""

    def apply_answer(self, attempt: PaymentAttempt, answer: GatewayAnswer, asked_at: datetime) -> AttemptChange:
        """Count on the verification, whatever the settlement answers."""
        if attempt.state is AttemptState.VERIFIED:
            return AttemptChange(replace(attempt, state=AttemptState.SETTLED, next_step_at=None), "settled")
        if not _is_good(answer):
            return self._fail(attempt)
        change = self._count(attempt)
        if self.capabilities.settlement is Settlement.WITH_VERIFY:
            return change
        return replace(change, attempt=replace(attempt, state=AttemptState.VERIFIED, next_step_at=asked_at))


def _is_good(answer: GatewayAnswer) -> bool:
    return answer.sale_state in {SaleState.VERIFIED, SaleState.SETTLED} and answer.code == GOOD


def _model(machine: type[AttemptMachine], paid_state: AttemptState = AttemptState.SETTLED) -> DriverRules:
    return DriverRules(
        statements={**STATEMENTS, paid_state: "paid"},
        machine=machine,
        refuses_known_sales=False,
        reclaims_after=None,
        polls_list=False,
        reads_settlement_file=False,
        expects_start_to_end=False,
    )


ALGORITHMS = {
    "this machine": DriverRules(),
    "driven by the browser, each call once, 43 and 45 are failures": _model(BrowserDriven),
    "reverse on any inquiry but 0": _model(ReversesUnlessZero),
    "count on verification, settle once and log": _model(SettlesOnceAndLogs, AttemptState.VERIFIED),
}
"""Algorithms that the table names, each with what it makes of a payment."""

WITHOUT_SECRETS = "this machine, where callback addresses bear no secret"
COMPARED = {**ALGORITHMS, WITHOUT_SECRETS: DriverRules(draws_tokens=False)}
"""All that stand in the table."""
