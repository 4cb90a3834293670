"""Keeps what strangers write out of a memory that never shrinks.

libxml2 keeps every name, namespace and run of white space that it reads in a table of the thread, to the thread's end
(measured: a message of 250 KB with names of its own leaves 0.3 MB behind, before anybody knows who sent it). So a
message is read in the event loop's thread only while what it would leave there is known or has room; any other is read
in a thread that ends with it. Honest clients send the same few dozen words in every call.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

ROOM = 1024 * 1024
"""Bytes that all messages together may leave behind."""

OVERHEAD = 64
"""Bytes that each word costs besides its own."""

_NAMES = re.compile(rb"<([^\s<>/!?]+)")
_BLANKS = re.compile(rb">(\s+)<")
_VALUE = re.compile(rb"\s*[\"']([^\"']*)")

Result = TypeVar("Result")


class Vocabulary:
    """The words that were read so far in this thread: at most `room` bytes of them."""

    def __init__(self, room: int = ROOM) -> None:
        self._known: set[bytes] = set()
        self._room = room

    def admits(self, raw: bytes) -> bool:
        """Tell whether a message in UTF-8 may be read here, and remember its words if so."""
        new = words_of(raw) - self._known
        size = sum(len(word) + OVERHEAD for word in new)
        if size > self._room:
            return False
        self._room -= size
        self._known |= new
        return True


def words_of(raw: bytes) -> set[bytes]:
    """Return all that a parser would keep of a message, and perhaps more: it is found without parsing."""
    return {*_NAMES.findall(raw), *_BLANKS.findall(raw), *_attributes(raw), *_targets(raw)}


def _attributes(raw: bytes) -> Iterator[bytes]:
    """Yield what stands before each equals sign, and behind it where that is the address of a namespace."""
    before, *parts = raw.split(b"=")
    for part in parts:
        name = (before.split()[-1:] or [b""])[0]
        yield name
        value = _VALUE.match(part) if name.startswith(b"xmlns") else None
        if value:
            yield value[1]
        before = part


def _targets(raw: bytes) -> Iterator[bytes]:
    """Yield the names of processing instructions."""
    for part in raw.split(b"<?")[1:]:
        yield (part[:1024].split(maxsplit=1) or [b""])[0]


async def in_a_passing_thread(work: Callable[..., Result], *given: object) -> Result:
    """Do something in a thread that ends with it, and takes along what libraries keep for a thread."""
    passing = ThreadPoolExecutor(1)
    try:
        return await asyncio.get_running_loop().run_in_executor(passing, work, *given)
    finally:
        passing.shutdown(wait=False)
