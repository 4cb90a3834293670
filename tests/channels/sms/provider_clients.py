"""Parts shared by the tests of the SMS providers: a text to send, and a Kavenegar client of a panel on loopback."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from channels.sms.providers.kavenegar import Kavenegar, KavenegarSettings
from domain.messages.carriers import WebhookCall
from domain.messages.records import MessageClass, OutboxMessage

KEY = "4B65792F6F6E6C79"
SECRET = "inbound-secret"
PERSIAN = "درخواست شما با کد ۱۲۳ ۴۵۶ ۷۸۹ ثبت شد."


def outgoing(message_id: int, text: str = PERSIAN, recipient: str = "+989121234567") -> OutboxMessage:
    """A queued text."""
    moment = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    return OutboxMessage(
        id=message_id,
        channel="sms",
        recipient=recipient,
        cls=MessageClass.REPLY,
        key="received",
        text=text,
        created_at=moment,
        not_before=moment,
    )


def kavenegar(base_url: str, **changed: float | str) -> Kavenegar:
    """A client of the panel at that address, built as settings would."""
    values = {"api_key": KEY, "sender": "10004346", "base_url": base_url}
    return KavenegarSettings.model_validate(values | changed).build_provider(SECRET)


def as_query(fields: Mapping[str, str]) -> WebhookCall:
    """The call of a webhook by GET, with these fields as its query."""
    return WebhookCall(query=urlencode(fields))
