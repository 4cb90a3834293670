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

_WORDS = re.compile(
    rb"""<([^\s<>/!?]+)|>(\s+)(?=<)|[\s"']([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""",
)
"""Names of elements, white space between tags, attributes with their values: none of these reaches over a `<`."""

Result = TypeVar("Result")


class Vocabulary:
    """The words that were read so far in this thread: at most `room` bytes of them.

    Tags are remembered whole, for most messages consist of tags that were read before.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._known: set[bytes] = set()
        self._tags: set[bytes] = set()
        self._room = room

    def admits(self, raw: bytes) -> bool:
        """Tell whether a message in UTF-8 may be read here, and remember its words if so."""
        tags, words = self._unknown(raw)
        new = words - self._known
        size = sum(len(word) + OVERHEAD for one in (new, tags) for word in one)
        if size > self._room:
            return False
        if size:
            self._room -= size
            self._known |= new
            self._tags |= tags
        return True

    def _unknown(self, raw: bytes) -> tuple[set[bytes], set[bytes]]:
        """Return the tags that were not read before, and all words of these and between them."""
        tags: set[bytes] = set()
        words: set[bytes] = set()
        for piece in raw.split(b"<"):  # no attribute holds that sign: quotes of one piece say nothing of the next
            tag, _, text = piece.partition(b">")
            if text.isspace() and text not in self._known:
                words.add(text)
            if tag not in self._tags:
                words |= words_of(b"<" + piece)
                if _whole(tag):
                    tags.add(tag)
        return tags, words


def _whole(tag: bytes) -> bool:
    """Tell whether a tag surely ends where its first `>` stands, and not inside a value; what is no tag never does."""
    return (
        tag[:1] not in {b"?", b"!"}
        and not (b"'" in tag and b'"' in tag)
        and not (tag.count(b'"') + tag.count(b"'")) % 2
    )


def words_of(raw: bytes) -> set[bytes]:
    """Return all that a parser would keep of a message, and perhaps more: it is found without parsing.

    A value is kept only where it is the address of a namespace, so nonces and digests leave nothing behind.
    """
    words: set[bytes] = set()
    for name, blank, attribute, quoted, apostrophed in _WORDS.findall(raw):
        words.add(name or blank or attribute)
        if attribute.startswith(b"xmlns"):
            words.add(quoted or apostrophed)
    return words if b"<?" not in raw else words.union(_targets(raw))


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
