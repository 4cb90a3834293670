"""The ticked rows of a list: each box sends what its row showed, and one box all of its page."""

import re
from dataclasses import dataclass

from channels.web.posted import PostedForm, read_text
from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import InvalidReason, MissingReason
from domain.values.tracking_codes import TrackingCode, parse_code
from domain.values.version_token import VersionToken

TICK_FIELD, ALL_FIELD = "code", "all"

_TICK_PATTERN = re.compile("([0-9]{9}):([0-9]{1,10})(?:-([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True)
class Tick:
    """A ticked request."""

    code: TrackingCode
    """Its tracking code."""
    version: VersionToken
    """The version that the list showed."""
    shown_price: int | None = None
    """What the row said that the tariff asks, in rials; None: it said nothing."""

    def __str__(self) -> str:
        """Return what the box sends."""
        quoted_part = "" if self.shown_price is None else f"-{self.shown_price}"
        return f"{self.code}:{self.version}{quoted_part}"


def read_ticks(form: PostedForm) -> list[Tick]:
    """Return the ticked requests; with the box of the whole page, every one that it had.

    Errors: `MissingField`, `InvalidField`, `CodeMistyped`.
    """
    ticked_values, page_values = form.getall(TICK_FIELD, []), read_text(form, ALL_FIELD).split()
    if not ticked_values and not page_values:
        raise MissingField(TICK_FIELD, MissingReason.NOTHING_TICKED)
    ticks = [*map(_read_tick, ticked_values)]
    page_ticks = [*map(_read_tick, page_values)]
    for one_kind in (ticks, page_ticks):
        if len({tick.code for tick in one_kind}) < len(one_kind):  # the same request twice
            raise InvalidField(TICK_FIELD, InvalidReason.BAD_TICK)
    return list({tick.code: tick for tick in (*page_ticks, *ticks)}.values())


def _read_tick(value: object) -> Tick:
    tick_match = _TICK_PATTERN.fullmatch(value) if isinstance(value, str) else None
    if tick_match is None:
        raise InvalidField(TICK_FIELD, InvalidReason.BAD_TICK)
    amount_text = tick_match[3]
    return Tick(parse_code(tick_match[1]), VersionToken(tick_match[2]), int(amount_text) if amount_text else None)
