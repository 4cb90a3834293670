"""Damage: one to four changes by chance of a message that was in order."""

import re
from collections.abc import Callable, Sequence
from random import Random

_ELEMENT = re.compile(rb"<([A-Za-z:]+)[^<>]*>[^<>]*</\1>")
_NAME = re.compile(rb"<([A-Za-z:]+)")
_ODD = (
    "\u200c",
    "\u202e",
    "\ufeff",
    "\x85",
    "\u2028",
    "é",
    "😀",
    "ي",
    "&",
    "<",
    ">",
    "\0",
    "\x0b",
    "]]>",
    "<!--",
    "<?x?>",
    "&#x1F;",
)
_XSI = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:'
_ATTRIBUTES = (
    b'xsi:nil="true"',
    _XSI + b'nil="true"',
    b'x="y"',
    b'xml:lang="fa"',
    b'xmlns=""',
    b'xmlns="urn:x"',
    b'xmlns:s="urn:x"',
    b'xml:space="preserve"',
    b'xml:base="http://127.0.0.1:1/"',
    _XSI + b'type="xsi:nothing"',
    _XSI + b'schemaLocation="urn:x file:///etc/passwd"',
    _XSI + b'noNamespaceSchemaLocation="http://127.0.0.1:1/"',
)


def mutated(message: bytes, chance: Random) -> bytes:
    """Return a message with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        message = chance.choice(WAYS)(message, chance)
    return message


def _flipped(message: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(message) or 1)
    return message[:at] + bytes([chance.randrange(256)]) + message[at + 1 :]


def _inserted(message: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(message) + 1)
    return message[:at] + chance.choice(_ODD).encode() + message[at:]


def _cut(message: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(message) + 1)
    return message[:at] + message[at + chance.randrange(30) :]


def _shortened(message: bytes, chance: Random) -> bytes:
    return message[: chance.randrange(len(message) + 1)]


def _one(found: Sequence[re.Match[bytes]], chance: Random) -> re.Match[bytes] | None:
    return chance.choice(found) if found else None


def _doubled(message: bytes, chance: Random) -> bytes:
    found = _one(list(_ELEMENT.finditer(message)), chance)
    return message if found is None else message[: found.end()] + found[0] + message[found.end() :]


def _removed(message: bytes, chance: Random) -> bytes:
    found = _one(list(_ELEMENT.finditer(message)), chance)
    return message if found is None else message[: found.start()] + message[found.end() :]


def _emptied(message: bytes, chance: Random) -> bytes:
    found = _one(list(_ELEMENT.finditer(message)), chance)
    return message if found is None else message[: found.start()] + b"<" + found[1] + b"/>" + message[found.end() :]


def _swapped(message: bytes, chance: Random) -> bytes:
    one, two = (_one(list(_ELEMENT.finditer(message)), chance) for _ in range(2))
    if one is None or two is None or one.end() > two.start():
        return message
    return message[: one.start()] + two[0] + message[one.end() : two.start()] + one[0] + message[two.end() :]


def _attributed(message: bytes, chance: Random) -> bytes:
    found = _one(list(_NAME.finditer(message)), chance)
    return (
        message
        if found is None
        else message[: found.end()] + b" " + chance.choice(_ATTRIBUTES) + message[found.end() :]
    )


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flipped,
    _inserted,
    _cut,
    _shortened,
    _doubled,
    _removed,
    _emptied,
    _swapped,
    _attributed,
)
"""Every kind of damage."""
