"""Stored fields of a leave beside its form: its people, as they were when it was asked for."""

from domain.fields.stored import stored_flag, stored_text
from domain.fields.types import Choice, Identifier

REQUESTER_KINDS = ("driver", "other_driver", "owner", "national_code", "desk")
"""Kinds of persons who may have asked for a leave: by mobile the first three, else with a national code, or at a desk.
"""

LEAVE_DRIVER, DRIVER_NAME = stored_text("driver", Identifier("national_code")), stored_text("driver_name")

OWNER_NAME, OWNER_MOBILE = stored_text("owner_name"), stored_text("owner_mobile", Identifier("mobile"))

ASKED_BY = stored_text("asked_by", Choice("asked_by"), REQUESTER_KINDS)
"""Person who asked for it, of `REQUESTER_KINDS`."""

NOTIFIED_DRIVER = stored_text("told_driver")
"""The mobile of the driver for whom somebody else asked: that driver is notified, and may withdraw it."""

NEEDS_CONSENT = stored_flag("needs_consent")
"""Whether the owner must agree first."""
