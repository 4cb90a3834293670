"""Real chance: ids, tracking payloads, tokens and jitter, all from the operating system's random source.

An id has 63 bits: milliseconds since 2024 (42 bits, until the year 2163), 12 bits that distinguish processes, and 9
bits that begin at random and count up within a millisecond. So ids sort by time, fit a BIGINT and every provider's own
reference field, and grow strictly within a process. Two processes of one machine differ by their process id; those of
different machines or containers by the host's name, or else (once in 4096) by the random bits.
"""

import os
import secrets
import socket
import time
import zlib
from collections.abc import Callable

from domain.values.tracking_codes import HIGHEST_PAYLOAD, LOWEST_PAYLOAD

EPOCH_MILLISECONDS = 1_704_067_200_000
"""2024-01-01T00:00Z, since 1970."""

_PROCESS_BITS = 12
_COUNT_BITS = 9
_HOST_HASH = zlib.crc32(socket.gethostname().encode())


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class RandomIds:
    """Implements `domain.unit_of_work.Ids`. `milliseconds` returns the time since 1970."""

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._moment = 0
        self._count = 0

    def new_id(self) -> int:
        """Return a new id; when the clock stops or goes back, ids still grow."""
        moment = self._milliseconds() - EPOCH_MILLISECONDS
        self._count += 1
        if moment > self._moment or self._count >> _COUNT_BITS:
            self._moment = max(moment, self._moment + 1)
            self._count = secrets.randbits(_COUNT_BITS - 1)  # from the lower half: the upper one is left to count
        process_number = (_HOST_HASH + os.getpid()) % (1 << _PROCESS_BITS)
        return ((self._moment << _PROCESS_BITS) | process_number) << _COUNT_BITS | self._count

    def new_tracking_payload(self) -> int:
        return LOWEST_PAYLOAD + secrets.randbelow(HIGHEST_PAYLOAD - LOWEST_PAYLOAD + 1)

    def new_token(self) -> str:
        return secrets.token_hex(16)

    def random_fraction(self) -> float:
        return secrets.randbits(53) / (1 << 53)


def first_id_since(seconds: int) -> int:
    """Return a bound that every id made from that moment on (seconds since 1970) reaches."""
    return (seconds * 1000 - EPOCH_MILLISECONDS) << (_PROCESS_BITS + _COUNT_BITS)
