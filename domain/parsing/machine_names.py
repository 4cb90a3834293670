"""Machine types of the fleet, as they are typed and misspelt.

The keys are the identifiers of channels.md. Spacing, joiners and letters that keyboards confuse need no entries.
"""

from domain.parsing.word_lists import words_of

MACHINE_NAMES: dict[str, tuple[str, ...]] = {
    "loader": words_of("values.machine_names.loader"),
    "grader": words_of("values.machine_names.grader"),
    "excavator": words_of("values.machine_names.excavator"),
    "backhoe": words_of("values.machine_names.backhoe"),
    "bulldozer": words_of("values.machine_names.bulldozer"),
    "roller": words_of("values.machine_names.roller"),
    "dump_truck": words_of("values.machine_names.dump_truck"),
    "crane": words_of("values.machine_names.crane"),
    "water_tanker": words_of("values.machine_names.water_tanker"),
    "skid_loader": words_of("values.machine_names.skid_loader"),
}
"""Machine types of the fleet to start with."""
