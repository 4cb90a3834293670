"""Photos cleaned: decoded whole, turned upright, and written again without anything but their pixels and colours.

EXIF (place, device, time, thumbnail), XMP, comments, further frames and whatever hung behind the picture are gone with
that. A JPEG is written with the tables that it came with, so that nothing is lost that eyes would see. Only the worker
process imports this.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pi_heif import register_heif_opener
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from app.documents.unacceptable import UnacceptableFileError
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.reasons import DocumentReason

MAX_PIXELS = 50_000_000
"""Pixels of a picture, known before anything of it is decoded: the largest that phones make by themselves."""

FULL_PIXELS = 25_000_000
"""A photo with more is stored at half its width and height: what stands on a paper is read from far fewer."""

_PILLOW_FORMATS: Mapping[str, str] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
_KEPT_INFO = ("icc_profile", "transparency")
"""Metadata that a picture needs beside its pixels to look as it did."""

_PROFILE_COLOUR_SPACE = slice(16, 20)
"""Place in a colour profile that names its colours."""

_GREY_MODES = frozenset({"1", "L", "LA", "I;16"})
"""The pictures whose colours are greys."""

_JPEG_MODES = frozenset({"L", "RGB"})
_QUALITY = 92
"""Of a photo whose own tables cannot be taken over."""

_SMALLER_QUALITY = 85


def clean_photo(content: bytes, media_type: str) -> bytes:
    """Return a photo upright and without metadata; one of iPhones (HEIC) as JPEG, which every browser shows.

    `UnacceptableFileError`: broken_photo, too_many_pixels.
    """
    register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow about odd files: they are taken or not
            return _clean(content, media_type)
    except UnacceptableFileError:
        raise
    except Image.DecompressionBombError:
        raise UnacceptableFileError(DocumentReason.TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001 - decoders raise whatever they stumble over
        raise UnacceptableFileError(DocumentReason.BROKEN_PHOTO) from None


def _clean(content: bytes, media_type: str) -> bytes:
    with Image.open(BytesIO(content), formats=(_PILLOW_FORMATS[media_type],)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise UnacceptableFileError(DocumentReason.TOO_MANY_PIXELS)
        options = _read_jpeg_options(picture)
        pixels = _decode(picture, media_type)
    pixels.info = {name: pixels.info[name] for name in _KEPT_INFO if name in pixels.info}
    if media_type in {"image/png", "image/webp"}:
        cleaned_content = _encode(pixels, _PILLOW_FORMATS[media_type], {"quality": _QUALITY})
        if len(cleaned_content) <= MAX_DOCUMENT_BYTES:
            return cleaned_content
    return _encode_jpeg(pixels, options)


def _read_jpeg_options(picture: Image.Image) -> Mapping[str, Any]:
    """Return how a JPEG is written so that no more is lost than was before."""
    if not isinstance(picture, JpegImageFile) or picture.mode not in _JPEG_MODES:
        return {"quality": _QUALITY}
    sampling = get_sampling(picture)
    return {"qtables": picture.quantization, **({"subsampling": sampling} if sampling >= 0 else {})}


def _decode(picture: Image.Image, media_type: str) -> Image.Image:
    """Return all pixels upright; of a larger photo every second one."""
    is_large = media_type != "image/png" and picture.width * picture.height > FULL_PIXELS
    if is_large:
        picture.draft(None, (picture.width // 2, picture.height // 2))  # a JPEG is then never decoded at its full size
    picture.load()
    pixels = ImageOps.exif_transpose(picture)
    return pixels.reduce(2) if is_large and pixels.width * pixels.height > FULL_PIXELS else pixels


def _encode_jpeg(pixels: Image.Image, options: Mapping[str, Any]) -> bytes:
    """Return a JPEG of as many bytes as may be stored: a larger one is written with fewer details, then smaller."""
    opaque_pixels = pixels if pixels.mode in _JPEG_MODES else _flatten(pixels)
    cleaned_content = _encode(opaque_pixels, "JPEG", options)
    while len(cleaned_content) > MAX_DOCUMENT_BYTES:
        cleaned_content = _encode(opaque_pixels, "JPEG", {"quality": _SMALLER_QUALITY})
        opaque_pixels = opaque_pixels.reduce(2)
    return cleaned_content


def _flatten(pixels: Image.Image) -> Image.Image:
    """Return a picture as paper would show it: what is transparent is white."""
    if not pixels.has_transparency_data:
        return pixels.convert("RGB")
    coloured_pixels = pixels.convert("RGBA")
    paper = Image.new("RGB", pixels.size, "white")
    paper.paste(coloured_pixels, mask=coloured_pixels.getchannel("A"))
    return paper


def _encode(pixels: Image.Image, format_name: str, options: Mapping[str, Any]) -> bytes:
    written, colour_profile = BytesIO(), pixels.info.get("icc_profile") or b""
    if colour_profile[_PROFILE_COLOUR_SPACE] != (b"GRAY" if pixels.mode in _GREY_MODES else b"RGB "):
        colour_profile = None  # of colours that the picture had before (CMYK): with it these would look wrong
    pixels.save(written, format_name, optimize=format_name == "JPEG", icc_profile=colour_profile, **options)
    return written.getvalue()
