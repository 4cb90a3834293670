"""The files of the form that adds papers: chosen ones and shots of the camera, stored together or not at all."""

from collections.abc import Sequence

from channels.web.posted import PostedForm, UploadedFile
from channels.web.refused_forms import RefusedForm
from domain.actions.dependencies import Dependencies
from domain.actions.documents.preparing import prepare_file
from domain.language.wording import Wording
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.errors import DomainError, MissingField
from domain.values.files import MAX_DOCUMENT_BYTES, PreparedFile
from domain.values.reasons import MissingReason
from domain.values.tracking_codes import TrackingCode

ATTACH_FORM = "attach"
"""Its name on the page of a request."""

MAX_FILE_FORM_BYTES = 3 * MAX_DOCUMENT_BYTES + 64 * 1024
"""Bytes of the form: some photos at once, as phones take them; where scripts run they are made smaller before."""

_FILE_INPUTS = ("file", "camera")


def has_files(form: PostedForm) -> bool:
    """Return whether any file was chosen."""
    return bool(_list_files(form))


async def prepare_files(
    dependencies: Dependencies, store: Store, form: PostedForm, actor: Actor, code: TrackingCode
) -> list[PreparedFile]:
    """Return all files of the form as they may be stored. Where any cannot be taken, the refusals of all those are one
    error, each about a file's name; `MissingField("document")` without a file.
    """
    files, refusals = _list_files(form), list[DomainError]()
    if not files:
        raise MissingField("document", MissingReason.NO_FILE)
    prepared_files = []
    for file in files:
        try:
            prepared_files.append(await prepare_file(dependencies, store, file.name, file.content, actor, code))
        except DomainError as error:
            refusals.append(error.about_field(file.name))
    if refusals:
        raise refusals[0].with_other_faults(refusals[1:])
    return prepared_files


def describe_refused_files(wording: Wording, refused_form: RefusedForm | None) -> Sequence[tuple[str, str]]:
    """Return which of several files were not taken, each with the reason in words; of a single one the page says it."""
    if refused_form is None:
        return ()
    files = _list_files(refused_form.posted_form)
    file_names = {file.name for file in files} if len(files) > 1 else set()
    return [
        (fault.field, wording.render_error(fault))
        for fault in refused_form.error.faults
        if fault.field and fault.field in file_names
    ]


def _list_files(form: PostedForm) -> list[UploadedFile]:
    """Return the files; an input that was left alone posts an empty one."""
    values = [value for input_name in _FILE_INPUTS for value in form.getall(input_name, [])]
    return [value for value in values if isinstance(value, UploadedFile) and value.is_chosen]
