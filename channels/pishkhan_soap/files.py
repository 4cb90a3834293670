"""Files among the values of a call: prepared before its unit of work, each in the place of its bytes (`content`)."""

from collections.abc import Mapping
from typing import Any

from channels.pishkhan_soap.operation import PrepareFile


async def prepare_document(prepare_file: PrepareFile, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of one file with it prepared; domain errors say why it is not taken."""
    file_name = values.get("file_name", values["name"])
    return {**values, "content": await prepare_file(file_name, values["content"])}


async def prepare_documents(prepare_file: PrepareFile, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a call with all of its `documents` prepared."""
    documents = [await prepare_document(prepare_file, document) for document in values.get("documents", ())]
    return {**values, "documents": documents}
