"""What the tests of the SMS providers share: a text to send, and a Kavenegar client of a panel on loopback."""

from datetime import UTC, datetime

from channels.sms.providers import PROVIDERS
from channels.sms.providers.kavenegar import Kavenegar
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
    arguments = {"api_key": KEY, "sender": "10004346", "webhook_secret": SECRET, "base_url": base_url}
    provider = PROVIDERS["kavenegar"](**(arguments | changed))
    assert isinstance(provider, Kavenegar)
    return provider
