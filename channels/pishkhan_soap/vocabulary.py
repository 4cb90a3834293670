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

    Tags are remembered whole, as many bytes of them at most, for most messages consist of tags that were read before.
    Those that do not (somebody numbers his tags) are looked through for words each time.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._words: set[bytes] = set()
        self._tags: set[bytes] = set()
        self._room = self._room_for_tags = room

    def admits(self, raw: bytes) -> bool:
        """Tell whether a message in UTF-8 may be read here, and remember its words if so."""
        new = self._unread(raw)
        if not new:
            return True
        words = words_of(b"<" + b"<".join(new) + b"<") - self._words
        size = _size(words)
        if size > self._room:
            return False
        self._room -= size
        self._words |= words
        self._remember(new)
        return True

    def _unread(self, raw: bytes) -> list[bytes]:
        """Return the tags, each with what stands before the next one, that may hold words which were not read yet.

        No attribute holds a `<`: quotes of one such piece say nothing of the next.
        """
        tags = self._tags
        split = [(piece, *piece.partition(b">")) for piece in raw.split(b"<") if piece not in tags]
        return [piece for piece, tag, _, text in split if tag not in tags or text.isspace()]

    def _remember(self, pieces: list[bytes]) -> None:
        """Remember the tags of these, alone and with white space or nothing behind them."""
        tags = set()
        for piece in pieces:
            tag, _, text = piece.partition(b">")
            if _whole(tag):
                tags |= {tag, tag if text.strip() else piece}
        size = _size(tags)
        if size <= self._room_for_tags:
            self._room_for_tags -= size
            self._tags |= tags


def _size(words: set[bytes]) -> int:
    return sum(map(len, words)) + OVERHEAD * len(words)


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
