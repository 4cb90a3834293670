"""The files of texts: a key is in one of them, and a service's own words and bounds nothing but that service.

Which of two files wins would be chance; and a bound of all texts in a service's file would weaken the proofs of others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from domain.check.flaws import NO_SERVICE, Flaw
from domain.messages.catalogue import find_service, is_bound
from domain.messages.text_files import find_file_owner


def text_file_flaws(leaves_by_file: Mapping[str, Mapping[str, Any]]) -> Iterator[Flaw]:
    """Find keys in two files, and in services' files what belongs to all or to another service."""
    counts = Counter(key for leaves in leaves_by_file.values() for key in leaves)
    yield from (Flaw("text_twice", NO_SERVICE, key) for key, count in counts.items() if count > 1)
    for file_name, leaves in leaves_by_file.items():
        if owner := find_file_owner(file_name):
            for key in leaves:
                service_key = find_service(key)
                if service_key not in {"", owner}:
                    yield Flaw("text_of_another", owner, key)
                elif is_bound(key) and not service_key:
                    yield Flaw("bound_of_all", owner, key)
