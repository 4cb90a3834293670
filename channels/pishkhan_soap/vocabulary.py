"""Keeps what strangers write out of a memory that never shrinks.

libxml2 keeps every name, namespace and run of white space that it reads in a table of the thread, to the thread's end
(measured: a message of 250 KB with names of its own leaves 0.3 MB behind, before anybody knows who sent it). So a
message is read in the event loop's thread only while what it would leave there is known or fits; any other is read
in a thread that ends with it. Honest clients send the same few dozen words in every call.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

CAPACITY_BYTES = 1024 * 1024
"""Bytes that all messages together may leave behind."""

WORD_OVERHEAD = 64
"""Bytes that each word costs besides its own."""

_WORD_PATTERN = re.compile(
    rb"""<([^\s<>/!?]+)|>(\s+)(?=<)|[\s"']([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""",
)
"""Names of elements, white space between tags, attributes with their values: none of these reaches over a `<`."""

Result = TypeVar("Result")


class Vocabulary:
    """The words that were read so far in this thread: at most `capacity_bytes` of them.

    Tags are remembered whole, as many bytes of them at most, for most messages consist of tags that were read before.
    Those that do not (somebody numbers his tags) are looked through for words each time.
    """

    def __init__(self, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._stored_words: set[bytes] = set()
        self._stored_tags: set[bytes] = set()
        self._word_capacity = self._tag_capacity = capacity_bytes

    def admits_message(self, utf8_message: bytes) -> bool:
        """Return whether a message in UTF-8 may be read here, and remember its words if so."""
        unread_pieces = self._find_unread_pieces(utf8_message)
        if not unread_pieces:
            return True
        new_words = extract_words(b"<" + b"<".join(unread_pieces) + b"<") - self._stored_words
        needed_bytes = _memory_size(new_words)
        if needed_bytes > self._word_capacity:
            return False
        self._word_capacity -= needed_bytes
        self._stored_words |= new_words
        self._remember_tags(unread_pieces)
        return True

    def _find_unread_pieces(self, utf8_message: bytes) -> list[bytes]:
        """Return the tags, each with what precedes the next one, that may hold words which were not read yet.

        No attribute holds a `<`: quotes of one such piece say nothing of the next.
        """
        stored_tags = self._stored_tags
        split_pieces = [
            (piece, *piece.partition(b">")) for piece in utf8_message.split(b"<") if piece not in stored_tags
        ]
        return [
            piece
            for piece, tag_content, _, following_text in split_pieces
            if tag_content not in stored_tags or following_text.isspace()
        ]

    def _remember_tags(self, unread_pieces: list[bytes]) -> None:
        """Remember the tags of these, alone and with white space or nothing behind them."""
        new_tags = set()
        for unread_piece in unread_pieces:
            tag_content, _, following_text = unread_piece.partition(b">")
            if _is_complete_tag(tag_content):
                new_tags |= {tag_content, tag_content if following_text.strip() else unread_piece}
        needed_bytes = _memory_size(new_tags)
        if needed_bytes <= self._tag_capacity:
            self._tag_capacity -= needed_bytes
            self._stored_tags |= new_tags


def _memory_size(stored_words: set[bytes]) -> int:
    return sum(map(len, stored_words)) + WORD_OVERHEAD * len(stored_words)


def _is_complete_tag(tag_content: bytes) -> bool:
    """Return whether a tag surely ends at its first `>`, and not inside a value; what is no tag never
    does.
    """
    return (
        tag_content[:1] not in {b"?", b"!"}
        and not (b"'" in tag_content and b'"' in tag_content)
        and not (tag_content.count(b'"') + tag_content.count(b"'")) % 2
    )


def extract_words(utf8_message: bytes) -> set[bytes]:
    """Return all that a parser would keep of a message, and perhaps more: it is found without parsing.

    A value is kept only where it is the address of a namespace, so nonces and digests leave nothing behind.
    """
    possible_words: set[bytes] = set()
    for element_name, blank_run, attribute_name, quoted_value, apostrophed_value in _WORD_PATTERN.findall(utf8_message):
        possible_words.add(element_name or blank_run or attribute_name)
        if attribute_name.startswith(b"xmlns"):
            possible_words.add(quoted_value or apostrophed_value)
    return possible_words if b"<?" not in utf8_message else possible_words.union(_find_instruction_names(utf8_message))


def _find_instruction_names(utf8_message: bytes) -> Iterator[bytes]:
    """Yield the names of processing instructions."""
    for instruction in utf8_message.split(b"<?")[1:]:
        yield (instruction[:1024].split(maxsplit=1) or [b""])[0]


async def run_in_passing_thread(blocking_call: Callable[..., Result], *arguments: object) -> Result:
    """Do something in a thread that ends with it, and takes along what libraries keep for a thread."""
    executor = ThreadPoolExecutor(1)
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, blocking_call, *arguments)
    finally:
        executor.shutdown(wait=False)
