"""The one table of rights: which roles have each, whether from outside too, and whether it needs a fresh proof.

From outside the organisation's networks everything needs a second factor, and inside it does for those of whom the
municipality asks it (`policy.needs_second_factor`). Rights that do harm in wrong hands (prices, refunds, waivers,
exports, other people's accounts) also need a fresh proof (`needs_fresh_proof`).

A right about a request (`requests.…`) is narrowed further by whose the request is (`request_policy.py`), and one about
something declared (a step, a paper, a report) by the roles of its declaration.

The auditor reads everything and changes nothing (services.md): every right to view is theirs and every right to export,
and besides nothing but the own account and asking for a verification of the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from domain.values.actors import STAFF_ROLES, Actor, ActorKind, Role


class Right(StrEnum):
    """Every right; the audit keeps what was refused under its value."""

    ACCOUNT = "account"
    ACCOUNT_CHANGE = "account.change"
    REQUESTS_VIEW = "requests.view"
    REQUESTS_ACT = "requests.act"
    REQUESTS_WAIVE = "requests.waive"
    REQUESTS_ENTER = "requests.enter"
    REQUESTS_ASSIGN = "requests.assign"
    REQUESTS_ATTACH = "requests.attach"
    REQUESTS_MOBILE = "requests.mobile"
    REQUESTS_MOBILE_OWED = "requests.mobile_owed"
    REQUESTS_REOPEN = "requests.reopen"
    REQUESTS_NOTE = "requests.note"
    BILLS_RESEND = "bills.resend"
    PERSONAL_DATA_ERASE = "personal_data.erase"
    ALL_REQUESTS_VIEW = "all_requests.view"
    ALL_REQUESTS_MANAGE = "all_requests.manage"
    PAYMENTS_RECORD = "payments.record"
    PAYMENTS_RECORD_TERMINAL = "payments.record_terminal"
    PAYMENTS_REVERSE = "payments.reverse"
    MERGED_BILLS_VIEW = "merged_bills.view"
    REFUNDS_VIEW = "refunds.view"
    REFUNDS_PAY = "refunds.pay"
    REFUNDS_APPROVE = "refunds.approve"
    LEDGER_VIEW = "ledger.view"
    LEDGER_EXPORT = "ledger.export"
    LEDGER_POST = "ledger.post"
    LEDGER_POST_COMMISSION = "ledger.post_commission"
    SUSPENSE_VIEW = "suspense.view"
    SUSPENSE_DECIDE = "suspense.decide"
    SUSPENSE_APPROVE = "suspense.approve"
    SETTLEMENT_VIEW = "settlement.view"
    SETTLEMENT_BRING = "settlement.bring"
    SETTLEMENT_DROP = "settlement.drop"
    SETTLEMENT_BOOK = "settlement.book"
    ATTEMPTS_VIEW = "attempts.view"
    ATTEMPTS_ASK = "attempts.ask"
    ATTEMPTS_DENY = "attempts.deny"
    REGISTRIES_VIEW = "registries.view"
    REGISTRIES_CHANGE = "registries.change"
    REGISTRIES_IMPORT = "registries.import"
    REGISTRIES_EXPORT = "registries.export"
    DUTIES_VIEW = "duties.view"
    DUTIES_CHANGE = "duties.change"
    DUTIES_IMPORT = "duties.import"
    DUTIES_EXPORT = "duties.export"
    CHARGES_BILL = "charges.bill"
    CHARGES_SETTLE = "charges.settle"
    CHARGES_WAIVE = "charges.waive"
    FLEET_VIEW = "fleet.view"
    FLEET_CHANGE = "fleet.change"
    FLEET_IMPORT = "fleet.import"
    FLEET_EXPORT = "fleet.export"
    WORK_REPORTS_ENTER = "work_reports.enter"
    VISITS_VIEW = "visits.view"
    TARIFFS_VIEW = "tariffs.view"
    TARIFFS_CHANGE = "tariffs.change"
    TARIFFS_APPROVE = "tariffs.approve"
    REPORTS_VIEW = "reports.view"
    REPORTS_EXPORT = "reports.export"
    COMMENTS_VIEW = "comments.view"
    COMMENTS_MODERATE = "comments.moderate"
    MESSAGES_VIEW = "messages.view"
    MESSAGES_RETRY = "messages.retry"
    MISREAD_TEXTS_VIEW = "misread_texts.view"
    MISREAD_TEXTS_LABEL = "misread_texts.label"
    OFFICES_VIEW = "offices.view"
    OFFICES_CHANGE = "offices.change"
    OFFICES_EXPORT = "offices.export"
    TILLS_CLOSE = "tills.close"
    USERS_VIEW = "users.view"
    USERS_CHANGE = "users.change"
    SUBSTITUTES_NAME = "substitutes.name"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_CHANGE = "settings.change"
    AUDIT_VIEW = "audit.view"
    AUDIT_EXPORT = "audit.export"
    HISTORY_VERIFY = "history.verify"


@dataclass(frozen=True, slots=True)
class RightRule:
    """Holders of a right, whether it may be used from outside, and whether it needs a fresh proof."""

    roles: frozenset[Role]
    """The roles of the staff that have it."""
    allowed_outside: bool = True
    """Whether it may be used from outside the organisation's networks."""
    needs_fresh_proof: bool = False
    """Whether who uses it must have proved lately who they are."""
    other_kinds: frozenset[ActorKind] = frozenset()
    """Other kinds of actors that have it: `system` are jobs, and whoever has a shell; `clerk` those of the counter
    offices."""

    def admits(self, actor: Actor) -> bool:
        """Return whether the actor has the right at all, from wherever."""
        return actor.kind in self.other_kinds or bool(self.roles & actor.role_names)


def _right_of(
    *roles: Role, allowed_outside: bool = True, needs_fresh_proof: bool = False, also: ActorKind | None = None
) -> RightRule:
    return RightRule(frozenset(roles), allowed_outside, needs_fresh_proof, frozenset({also} if also else ()))


_READER_ROLES = STAFF_ROLES - {Role.ADMIN}
_UNIT_ROLES = _READER_ROLES - {Role.AUDITOR}

RIGHTS: Mapping[Right, RightRule] = {
    Right.ACCOUNT: _right_of(*STAFF_ROLES),
    Right.ACCOUNT_CHANGE: _right_of(*STAFF_ROLES, needs_fresh_proof=True),
    Right.REQUESTS_VIEW: _right_of(*_READER_ROLES, also="system"),
    Right.REQUESTS_ACT: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_WAIVE: _right_of(*_UNIT_ROLES, needs_fresh_proof=True),
    Right.REQUESTS_ENTER: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_ASSIGN: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_ATTACH: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_MOBILE: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_MOBILE_OWED: _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    Right.REQUESTS_REOPEN: _right_of(*_UNIT_ROLES),
    Right.REQUESTS_NOTE: _right_of(*_UNIT_ROLES),
    Right.BILLS_RESEND: _right_of(*_UNIT_ROLES),
    Right.PERSONAL_DATA_ERASE: _right_of(Role.ADMIN, also="system"),
    Right.ALL_REQUESTS_VIEW: _right_of(Role.MANAGER, Role.AUDITOR),
    Right.ALL_REQUESTS_MANAGE: _right_of(Role.MANAGER),
    Right.PAYMENTS_RECORD: _right_of(Role.REVENUE),
    Right.PAYMENTS_RECORD_TERMINAL: _right_of(Role.REVENUE, also="clerk"),
    Right.PAYMENTS_REVERSE: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.MERGED_BILLS_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.REFUNDS_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.REFUNDS_PAY: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.REFUNDS_APPROVE: _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    Right.LEDGER_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.LEDGER_EXPORT: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    Right.LEDGER_POST: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.LEDGER_POST_COMMISSION: _right_of(Role.REVENUE, needs_fresh_proof=True, also="system"),
    Right.SUSPENSE_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.SUSPENSE_DECIDE: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.SUSPENSE_APPROVE: _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    Right.SETTLEMENT_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.SETTLEMENT_BRING: _right_of(Role.REVENUE),
    Right.SETTLEMENT_DROP: _right_of(Role.REVENUE, also="system"),
    Right.SETTLEMENT_BOOK: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.ATTEMPTS_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.ATTEMPTS_ASK: _right_of(Role.REVENUE, Role.MANAGER),
    Right.ATTEMPTS_DENY: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.REGISTRIES_VIEW: _right_of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR, also="system"),
    Right.REGISTRIES_CHANGE: _right_of(Role.TAXI_OFFICER, also="system"),
    Right.REGISTRIES_IMPORT: _right_of(Role.TAXI_OFFICER, also="system"),
    Right.REGISTRIES_EXPORT: _right_of(
        Role.TAXI_OFFICER, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True, also="system"
    ),
    Right.DUTIES_VIEW: _right_of(Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR, also="system"),
    Right.DUTIES_CHANGE: _right_of(Role.TAXI_OFFICER, Role.REVENUE, also="system"),
    Right.DUTIES_IMPORT: _right_of(Role.TAXI_OFFICER, Role.REVENUE, also="system"),
    Right.DUTIES_EXPORT: _right_of(
        Role.TAXI_OFFICER, Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True, also="system"
    ),
    Right.CHARGES_BILL: _right_of(Role.TAXI_OFFICER, Role.REVENUE, also="system"),
    Right.CHARGES_SETTLE: _right_of(Role.REVENUE, also="system"),
    Right.CHARGES_WAIVE: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.FLEET_VIEW: _right_of(Role.CIVIL, Role.MANAGER, Role.AUDITOR),
    Right.FLEET_CHANGE: _right_of(Role.CIVIL, also="system"),
    Right.FLEET_IMPORT: _right_of(Role.CIVIL, also="system"),
    Right.FLEET_EXPORT: _right_of(Role.CIVIL, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True, also="system"),
    Right.WORK_REPORTS_ENTER: _right_of(Role.CIVIL),
    Right.VISITS_VIEW: _right_of(Role.EXPERT, Role.SECRETARIAT, Role.MANAGER, Role.AUDITOR),
    Right.TARIFFS_VIEW: _right_of(Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.TARIFFS_CHANGE: _right_of(Role.REVENUE, needs_fresh_proof=True),
    Right.TARIFFS_APPROVE: _right_of(Role.REVENUE, Role.MANAGER, needs_fresh_proof=True),
    Right.REPORTS_VIEW: _right_of(*_READER_ROLES - {Role.SECRETARIAT}, also="system"),
    Right.REPORTS_EXPORT: _right_of(*_READER_ROLES - {Role.SECRETARIAT}, needs_fresh_proof=True, also="system"),
    Right.COMMENTS_VIEW: _right_of(*_READER_ROLES),
    Right.COMMENTS_MODERATE: _right_of(Role.MANAGER),
    Right.MESSAGES_VIEW: _right_of(Role.MANAGER, Role.AUDITOR, Role.ADMIN),
    Right.MESSAGES_RETRY: _right_of(Role.MANAGER, Role.ADMIN),
    Right.MISREAD_TEXTS_VIEW: _right_of(Role.SECRETARIAT, Role.MANAGER, Role.AUDITOR),
    Right.MISREAD_TEXTS_LABEL: _right_of(Role.SECRETARIAT),
    Right.OFFICES_VIEW: _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR),
    Right.OFFICES_CHANGE: _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, needs_fresh_proof=True, also="system"),
    Right.OFFICES_EXPORT: _right_of(Role.ADMIN, Role.REVENUE, Role.MANAGER, Role.AUDITOR, needs_fresh_proof=True),
    Right.TILLS_CLOSE: _right_of(Role.REVENUE, also="system"),
    Right.USERS_VIEW: _right_of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    Right.USERS_CHANGE: _right_of(Role.ADMIN, allowed_outside=False, needs_fresh_proof=True, also="system"),
    Right.SUBSTITUTES_NAME: _right_of(Role.ADMIN, Role.MANAGER, needs_fresh_proof=True),
    Right.SETTINGS_VIEW: _right_of(Role.ADMIN, Role.MANAGER, Role.AUDITOR),
    Right.SETTINGS_CHANGE: _right_of(Role.ADMIN, allowed_outside=False, needs_fresh_proof=True, also="system"),
    Right.AUDIT_VIEW: _right_of(Role.AUDITOR, Role.ADMIN, Role.MANAGER),
    Right.AUDIT_EXPORT: _right_of(Role.AUDITOR, Role.ADMIN, Role.MANAGER, needs_fresh_proof=True),
    Right.HISTORY_VERIFY: _right_of(Role.AUDITOR, Role.ADMIN),
}
"""Every right with its rule. `all_requests.…` are those of who oversees every unit: the requests of all services are
theirs to read, or to manage. `charges.settle` is to enter what was paid or waived elsewhere, before it was kept here,
and to change an amount that a tariff prices.
"""

RegistryRight = Literal["view", "change", "import", "export"]

_RIGHT_GROUPS: Mapping[str, str] = {"duty": "duties", "machines": "fleet", "operators": "fleet", "maintenance": "fleet"}


def registry_right(registry: str, access_kind: RegistryRight) -> Right:
    """Return the right that somebody needs for this with the rows of a registry."""
    return Right(f"{_RIGHT_GROUPS.get(registry, 'registries')}.{access_kind}")
