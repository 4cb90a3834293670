"""A copy of the project with the folders of both worked examples: what lists services passes there as it is."""

from pathlib import Path

from tests.docs.worked_services import EXAMPLES
from tests.support.project_copy import ProjectCopy

LISTING_TESTS = (
    "tests/app/demo/test_demo.py::test_a_further_service_is_shown_in_a_few_states",
    "tests/channels/pishkhan_soap/test_contract_file.py::test_the_file_is_the_contract_of_the_services_that_it_has",
    "tests/domain/actions/reports/test_declarations.py::test_a_further_service_is_in_the_report_of_its_unit",
    "tests/domain/check/test_text_keys.py",
    "tests/domain/conversation/test_sentences.py::test_every_command_is_plain_with_courtesies_alone",
    "tests/domain/queues/test_queues.py",
    "tests/domain/services/test_service_folders.py",
    "tests/domain/tariffs/test_bands.py::test_only_what_is_counted_in_hours_or_square_metres_has_bands",
    "tests/test_docs.py::test_registries_are_documented",
    "tests/test_docs.py::test_states_and_steps_of_services_are_documented",
)
"""Those that go by lists of services, units, states, operations; `make test-services` runs all of the fast tests."""


def test_lists_of_services_have_room_for_both(tmp_path: Path) -> None:
    copy = ProjectCopy.make(tmp_path / "project")
    for add_example in EXAMPLES.values():
        add_example(copy)
    assert copy.run_tests(*LISTING_TESTS) > 90
