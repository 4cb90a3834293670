"""A copy of the project with the folders of all worked examples: what covers every service passes there as it is."""

from pathlib import Path

from tests.docs.worked_services import EXAMPLES
from tests.support.project_copy import ProjectCopy

LISTING_TESTS = (
    "tests/app/demo/test_demo.py::test_a_further_service_is_shown_in_a_few_states",
    "tests/app/demo/test_kept_values.py",
    "tests/channels/admin/requests/test_request_matrix.py::test_inside[civil]",
    "tests/channels/admin/requests/test_request_matrix.py::test_outside_without_the_code[civil]",
    "tests/channels/pishkhan_soap/test_contract_file.py::test_the_file_is_the_contract_of_the_services_that_it_has",
    "tests/channels/pishkhan_soap/test_fuzz.py::"
    "test_no_value_that_the_schema_allows_is_our_fault_or_refused_for_its_form[SubmitHallHire]",
    "tests/domain/actions/reports/test_declarations.py::test_a_further_service_is_in_the_report_of_its_unit",
    "tests/domain/check/test_text_keys.py",
    "tests/domain/check/test_turkmen_texts.py",
    "tests/domain/conversation/test_sentences.py::test_every_command_is_plain_with_courtesies_alone",
    "tests/domain/queues/test_queues.py",
    "tests/domain/services/test_service_folders.py",
    "tests/domain/tariffs/test_bands.py::test_only_what_is_counted_in_hours_or_square_metres_has_bands",
    "tests/properties/test_walks.py::test_the_rules_hold_to_every_step_and_from_there"
    "[hall_hire-with_manager-allow_many-allowed-allow]",
    "tests/test_docs.py::test_registries_are_documented",
    "tests/test_docs.py::test_states_and_steps_of_services_are_documented",
)
"""Tests that go by lists of services, units, states, operations, or try whatever a service declares; all of the fast
ones are run by `make test-services`.
"""


def test_further_services_fit_in(tmp_path: Path) -> None:
    copy = ProjectCopy.make(tmp_path / "project")
    for add_example in EXAMPLES.values():
        add_example(copy)
    assert copy.run_tests(*LISTING_TESTS) > 2 * len(LISTING_TESTS)
