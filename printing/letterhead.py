"""The logo of the municipality's letterhead."""

from base64 import b64encode
from pathlib import Path

LARGEST_LOGO = 512 * 1024
"""Bytes: a logo is inside every paper."""

_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def read_logo(path: Path) -> str:
    """Return a picture as a `data:` address; `ValueError` says why it cannot be one (PNG and JPEG by their content)."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_LOGO + 1)
    except OSError as error:
        raise ValueError(str(error)) from error
    kind = next((kind for sign, kind in _KINDS.items() if content.startswith(sign)), None)
    if kind is None:
        raise ValueError(f"{path}: neither PNG nor JPEG")
    if len(content) > LARGEST_LOGO:
        raise ValueError(f"{path}: larger than {LARGEST_LOGO // 1024} KB")
    return f"data:{kind};base64,{b64encode(content).decode()}"
