"""The logo of the municipality's letterhead."""

from base64 import b64encode
from pathlib import Path

LARGEST_LOGO = 512 * 1024
"""Bytes: a logo is inside every paper."""

_MEDIA_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def read_logo(logo_path: Path) -> str:
    """Return a picture as a `data:` address; `ValueError` says why it cannot be one (PNG and JPEG by their content)."""
    try:
        with logo_path.open("rb") as logo_file:
            picture_bytes = logo_file.read(LARGEST_LOGO + 1)
    except OSError as error:
        raise ValueError(str(error)) from error
    media_type = next(
        (media_type for signature, media_type in _MEDIA_TYPES.items() if picture_bytes.startswith(signature)), None
    )
    if media_type is None:
        raise ValueError(f"{logo_path}: neither PNG nor JPEG")
    if len(picture_bytes) > LARGEST_LOGO:
        raise ValueError(f"{logo_path}: larger than {LARGEST_LOGO // 1024} KB")
    return f"data:{media_type};base64,{b64encode(picture_bytes).decode()}"
