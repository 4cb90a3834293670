"""What every file passes, whatever channel it came by, before the unit of work that stores it is opened.

First it is known by its own bytes, then a scanner looks at it as it was sent, then it is cleaned: a photo loses what it
knows of place and device, a PDF is looked through.
"""

from domain.actions.dependencies import Dependencies
from domain.actions.documents.scanning import refuse_malware
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.files import PreparedFile, detect_media_type


async def prepare_file(
    dependencies: Dependencies, store: Store, file_name: str, content: bytes, actor: Actor, about: str = ""
) -> PreparedFile:
    """Return a file that `actor` sent as it may be stored; `about` is the request, if there is one.

    Never called inside a unit of work. Errors: `TooLarge` over 7 MB, `DocumentRejected` for what is neither photo nor
    PDF, broken, locked, not harmless or of too many pixels, `Unavailable` where it cannot be examined now.
    """
    media_type = detect_media_type(content)
    await refuse_malware(dependencies, store, content, actor, about)
    cleaned_content = await dependencies.file_cleaner.clean_file(content, media_type)
    return PreparedFile.build(file_name, cleaned_content, content)
