"""Rows to fill a store with: whole objects with sensible values, to be varied by keyword."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from domain.bills.bill import Bill, BillKind, BillState, Payment, PaymentMethod, PaymentOutcome, Refund, RefundState
from domain.fleet.resources import Booking, Resource, ResourceKind
from domain.gateways.attempt import AttemptState, BillShare, PaymentAttempt
from domain.gateways.refund_attempt import RefundAttempt
from domain.messages.records import InboundMessage, MessageClass, OutboxMessage
from domain.people.person import StaffMember
from domain.requests.history import GENESIS_HASH, HistoryEvent
from domain.requests.request import Phase, ServiceRequest
from domain.tariffs.tariff import TariffRow
from domain.values.actors import Role

NOW = datetime(2026, 11, 24, 6, 30, 15, 123456, tzinfo=UTC)
BIG = 2**63 - 1 - 10**9
MOBILE = "+989123456789"

_ids = count(BIG)
_numbers = count(1)


def new_id() -> int:
    """A number near the end of the 63-bit range, growing."""
    return next(_ids)


def a_request(**changes: Any) -> ServiceRequest:
    """A machinery request, just received."""
    values: dict[str, Any] = {
        "id": new_id(),
        "code": str(100_000_000 + next(_numbers)),
        "service": "machinery",
        "version": 1,
        "state": "submitted",
        "phase": Phase.RECEIVED,
        "channel": "sms",
        "mobile": MOBILE,
        "created_at": NOW,
        "updated_at": NOW,
        "fields": {"place": "خیابان امام، جنب پارک", "items": [{"machine": "loader", "hours": 4, "count": 1}]},
        "data": {"reference": BIG},
    }
    return ServiceRequest(**values | changes)


def an_event(request: ServiceRequest, seq: int, **changes: Any) -> HistoryEvent:
    """An event of a request; the hashes are only names here."""
    values: dict[str, Any] = {
        "request_id": request.id,
        "seq": seq,
        "at": NOW + timedelta(minutes=seq),
        "actor_kind": "citizen",
        "channel": "sms",
        "event": "submit",
        "from_state": None,
        "to_state": "submitted",
        "actor": f"citizen:{MOBILE}",
        "note": None,
        "payload": {"hours": 4},
        "salt": "00ff",
        "digest": f"digest-{seq}",
        "previous": f"hash-{seq - 1}" if seq > 1 else GENESIS_HASH,
        "hash": f"hash-{seq}",
    }
    return HistoryEvent(**values | changes)


def a_bill(**changes: Any) -> Bill:
    """An open bill of a request."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": new_id(),
        "file_number": number,
        "bill_id": f"{number}12360",
        "payment_id": "1770160",
        "amount": 99_999_999_000,
        "state": BillState.OPEN,
        "kind": BillKind.MAIN,
        "subject_kind": "request",
        "subject_id": BIG,
        "service": changes.get("subject_kind", "machinery"),
        "created_at": NOW,
        "deadline": NOW + timedelta(days=3),
        "explanation": {"lines": [{"amount": 99_999_999_000}]},
    }
    return Bill(**values | changes)


def a_payment(bill: Bill, **changes: Any) -> Payment:
    """A bank slip that settles a bill."""
    values: dict[str, Any] = {
        "id": new_id(),
        "bill_id": bill.id,
        "amount": bill.amount,
        "method": PaymentMethod.SLIP,
        "reference": "778899",
        "outcome": PaymentOutcome.SETTLED,
        "recorded_by": "staff:revenue",
        "at": NOW,
    }
    return Payment(**values | changes)


def an_attempt(*bills: Bill, **changes: Any) -> PaymentAttempt:
    """An attempt to pay bills that was just made."""
    values: dict[str, Any] = {
        "id": new_id(),
        "gateway": "sandbox",
        "order_number": next(_numbers),
        "shares": tuple(BillShare(bill.id, bill.amount) for bill in bills),
        "state": AttemptState.CREATED,
        "channel": "portal",
        "created_at": NOW,
        "session_ends_at": NOW + timedelta(minutes=15),
        "payer_mobile": MOBILE,
        "next_step_at": NOW,
    }
    return PaymentAttempt(**values | changes)


def a_card_refund(attempt: PaymentAttempt, **changes: Any) -> RefundAttempt:
    """A transfer of all that an attempt paid of its first bill back to the card, to be sent."""
    values: dict[str, Any] = {
        "id": new_id(),
        "gateway": attempt.gateway,
        "refund_number": next(_numbers),
        "attempt_id": attempt.id,
        "sale": attempt.sale,
        "bill_row_id": attempt.shares[0].bill_row_id,
        "amount": attempt.shares[0].amount,
        "requested_by": "staff:revenue",
        "created_at": NOW,
        "next_step_at": NOW,
    }
    return RefundAttempt(**values | changes)


def a_refund(bill: Bill, **changes: Any) -> Refund:
    """Money to return."""
    values: dict[str, Any] = {
        "id": new_id(),
        "bill_id": bill.id,
        "amount": 1000,
        "reason": "cancelled",
        "state": RefundState.DUE,
        "created_at": NOW,
    }
    return Refund(**values | changes)


def a_tariff(**changes: Any) -> TariffRow:
    """The price of a loader's hour."""
    values: dict[str, Any] = {
        "id": new_id(),
        "service": "machinery",
        "dimensions": {"machine": "loader"},
        "unit": "hour",
        "rate": 12_000_000,
        "minimum": 2,
        "vat_percent": 10,
        "valid_from": date(2026, 3, 21),
        "valid_to": None,
        "created_by": "staff:revenue",
        "created_at": NOW,
    }
    return TariffRow(**values | changes)


def a_machine(code: str, **changes: Any) -> Resource:
    """An active loader."""
    values: dict[str, Any] = {
        "id": new_id(),
        "code": code,
        "kind": ResourceKind.MACHINE,
        "type": "loader",
        "title": f"لودر {code}",
    }
    return Resource(**values | changes)


def a_booking(request: ServiceRequest, resource: Resource, **changes: Any) -> Booking:
    """Four hours of a resource, from eight o'clock."""
    start = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
    values: dict[str, Any] = {
        "id": new_id(),
        "request_id": request.id,
        "resource_id": resource.id,
        "start": start,
        "end": start + timedelta(hours=4),
        "hold": True,
    }
    return Booking(**values | changes)


def a_member(username: str, *roles: Role, **changes: Any) -> StaffMember:
    """An active member of the staff."""
    values: dict[str, Any] = {
        "username": username,
        "roles": frozenset(roles),
        "full_name": "مریم احمدی",
        "mobile": MOBILE,
        "password_hash": "$argon2id$",
        "active": True,
        "created_at": NOW,
    }
    return StaffMember(**values | changes)


def a_message(**changes: Any) -> OutboxMessage:
    """A reply to be sent at once."""
    values: dict[str, Any] = {
        "id": new_id(),
        "channel": "sms",
        "recipient": MOBILE,
        "cls": MessageClass.REPLY,
        "key": "sms.help",
        "text": "راهنما 😀",
        "created_at": NOW,
        "not_before": NOW,
    }
    return OutboxMessage(**values | changes)


def an_inbound(**changes: Any) -> InboundMessage:
    """A text that came by SMS."""
    values: dict[str, Any] = {
        "id": new_id(),
        "channel": "sms",
        "provider": "kavenegar",
        "provider_id": "85463238",
        "fingerprint": "85463238",
        "sender": MOBILE,
        "mobile": MOBILE,
        "recipient": "10004346",
        "text": "راهنما",
        "received_at": NOW,
    }
    return InboundMessage(**values | changes)
