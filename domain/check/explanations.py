"""Explanation of each kind of flaw, in a sentence that says where to look and what to do; for texts, in which file.

`Flaw` itself is short and stable, for programs; this is what `pishkhan check` prints behind it.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from domain.check.flaws import Flaw
from domain.messages.catalogue import load_shipped_texts

EXPLANATIONS: Mapping[str, str] = {
    # Ways
    "unreachable": "no step that can be taken leads to state {subject}: add a transition into it, or remove the state",
    "dead_end": "from state {subject} no step leads to an end but the citizen's giving up: add a transition out of it",
    "final_state_left": "state {subject} has a final phase and is left for another phase: take that transition away",
    "no_deadline": "transition {subject} has the trigger DEADLINE: give it `reckon_deadline`",
    "never_taken": "nothing ever causes transition {subject}: its trigger, condition or place among steps is wrong",
    "endless_steps": "automatic steps lead from state {subject} back to it, and nothing proves that they end: let a"
    " person or a deadline take one of them",
    "unknown_state": "there is no state {subject}: declare it, or correct the name in transitions, papers or visits",
    "double_state": "two states are named {subject}: rename one",
    # Money
    "given_unpaid": "step {subject} gives what was ordered where its bill may be unpaid: guard it with BillsSettled,"
    " and let it begin only where a bill was made",
    "bill_left_open": "state {subject} is an end that may be reached with an open bill: add CloseOpenBills or"
    " WaiveBills to the steps into it",
    "payment_unheard": "in state {subject} a bill may be open and its payment moves nothing: add a transition with the"
    " trigger BILL_SETTLED, or a step guarded with BillsSettled",
    "expires_early": "transition {subject} closes a bill before its deadline and the settlement lag of the banks:"
    " reckon it by compute_payment_expiry, or later",
    "expires_while_paying": "transition {subject} closes a bill whose payment may be under way: guard it with"
    " NoPaymentUnresolved",
    "expiry_untold": "when transition {subject} closes a bill cannot be reckoned from the request and its bill alone:"
    " reckon it by compute_payment_expiry, or later",
    "lacks_kept_value": "what step {subject} needs of the request's data no effect before it has kept on every way: put"
    " one that keeps it (`Effect.stores`) before it",
    "band_declared": "what is priced by {subject} names a band: bands are made by the revenue unit, take `from` out of"
    " its dimensions",
    "sample_beyond": "a sample amount of {subject} is greater than its max_amount: correct one of them",
    "choice_unpriced": "nothing prices {subject}, which the form offers: add it to priced_items, or take the"
    " choice out",
    "same_priced_twice": "two priced items have the dimensions {subject}: remove one",
    "moment_untold": "the moment ({subject}) cannot be reckoned when a request comes into that state: let its function"
    " look only at what every request has by then",
    "register_of_two_services": "the register {subject} is another service's too: give this service one of its own",
    "double_rule": "another rule, of all services or of one, is named {subject} too: rename this one",
    "rule_of_another": "the rule {subject} says that it is another service's: give it this service's key",
    "rule_group_of_all": "the settings page has a group {subject} for all services: give the service another key",
    "unsound_rule": "the default of the rule {subject} is none that it may have: correct its default or its bounds",
    # Steps
    "no_role": "nobody of the staff or no role at all may take or print {subject}: name its roles",
    "triggered_with_role": "transition {subject} is the system's (it has a trigger): take its roles away",
    "role_takes_no_steps": "{subject} takes no steps of requests: take that role away from the transition",
    "command_without_citizen": "transition {subject} has a citizen's command, but no citizen may take it: add"
    " Role.CITIZEN to its roles, or awaited_may_take",
    "unknown_role": "there is no such role ({subject}): correct its name",
    "answer_refused": "transition {subject} has the command CONFIRM or DENY, which are taken only from whoever is"
    " asked: give it awaited_may_take",
    "answer_of_nobody": "transition {subject} waits for somebody's answer, and no effect says whose: let one keep"
    " ASKED_MOBILE (`may_store`) and set `request.awaits`",
    "command_lacks_input": "a citizen's command says nothing for input {subject}: make it optional, or take it away",
    "unlike_namesakes": "transitions named {subject} differ in roles, inputs or command: make them alike, or rename"
    " one",
    "effect_lacks_input": "an effect of {subject} needs that input: add a required Field of that name to the step's"
    " inputs",
    "effect_lacks_field": "an effect or guard of {subject} needs that field of the form: add it to the form, required"
    " in every channel",
    "words_not_noted": "people write to others in input {subject}: declare it with is_note, so that the history shows"
    " and an erasure takes it",
    "undo_minutes_beyond": "step {subject} may be taken back for no time, or for more than a day: correct its"
    " undo_minutes",
    "undo_of_no_staff": "nobody of the staff takes step {subject}, so nobody could take it back: take its"
    " undo_minutes away",
    "undo_ended": "step {subject} ends the request, and what is finished stays finished: take undo_minutes away",
    "undo_money": "step {subject} waives, closes or gives back money: take undo_minutes away",
    "undo_delivered": "step {subject} gives the citizen what was ordered: take undo_minutes away",
    "undo_lasts": "an effect of {subject}, or of an automatic step behind it, is not undoable: take undo_minutes away,"
    " or say by Effect.is_undoable that Effect.undo brings back what it touches beside the request's row",
    "several_lack_input": "whoever ticks several requests types nothing for {subject}: make it optional, or take"
    " for_several away from the step",
    "reads_unlocked": "guard {subject} reads rows of others, which two requests at once would both miss: say by"
    " Guard.locks what all who are counted together share (`domain/language/locks.py`)",
    "step_called_as_event": "the history calls something else {subject}, a note or the taking back of a step: rename"
    " the step",
    # Forms
    "double_field": "two fields are named {subject}: rename one",
    "unknown_field": "there is no field {subject}: declare it, or correct the name",
    "unknown_channel": "there is no channel {subject}: correct `deferred_in` of the field",
    "unknown_source": "nothing is known of the source {subject}: correct `autofill` of the field",
    "bad_name": "{subject} is no name for addresses, texts and programs: use small Latin letters, digits and _, a"
    " letter first",
    "bad_operation": "the operation {subject} is no name for counter offices: use Latin letters and digits, a capital"
    " first",
    "operation_twice": "the operation {subject} is called by two declarations: rename one",
    "service_twice": "two services have the key {subject}: rename one",
    "nobody_asked": "field {subject} is required, and no channel asks for it: take a channel out of `deferred_in`",
    "no_choices": "field {subject} offers no choices: give it `choices` or `find_choices`",
    "unsound_suggestion": "the suggestion ({subject}) is refused by its own field, or read as something else: correct"
    " it",
    "long_suggestion": "the suggestion ({subject}) is longer than a button's answer may be: shorten it",
    "word_of_two_services": "«{subject}» calls two services: take the word away from one of their intents",
    "word_of_two_intents": "the grammar cannot be built: {subject}: take the word away from one of the intents",
    "unknown_reference": "{subject}: the field or the registry does not exist: correct the reference",
    "no_summary": "{subject}: nothing says in the rows of queues what the work is: name fields of the form, or"
    " kept ones",
    "double_section": "two sections are named {subject}: rename one",
    "unknown_section_field": "a section has {subject}, which is no field that people are asked for: correct the name",
    "field_in_two_sections": "field {subject} is in two sections: take it out of one",
    "field_in_no_section": "field {subject} is in no section, so no page would ask for it: put it into one",
    "alternatives_apart": "what does as well as field {subject} is in another section: put them into one",
    "changes_in_no_state": "citizens may change the form in {subject}, which is no state, or an end: correct"
    " changeable",
    "changes_no_field": "{subject} may be changed, which is no field that people say, or the kind: correct changeable",
    "changes_alternatives_apart": "field {subject} and what does as well may not be changed together: name all of them",
    "changes_relied_field": "{subject} may be changed though a step that was taken relies on it: take the field out of"
    " changeable there, or say by Effect.relied_fields what the effect relies on",
    # Texts
    "no_text": "the text {subject} is missing: add it to {file}",
    "reasons_unlisted": "the reasons {subject} are not in `Service.reasons`, so nothing proves that they have words:"
    " name them there",
    "text_without_reason": "no error has the reason of the text {subject} in {file}: correct the key, or remove it",
    "text_twice": "the text {subject} is in more than one file ({files}): keep one of them, for which one counts is"
    " chance",
    "text_of_another": "{subject} in this service's file of texts is another service's: move it there",
    "bound_of_all": "{subject} in this service's file of texts would bound the texts of all services: write it under"
    " services.<its key> for its own texts, or in a shared file",
    "foreign_letter": "{subject} ({file}) has a letter or sign that is not Persian (an Arabic ye, kaf or digit, a"
    " tatweel): write the Persian one",
    "untidy_space": "{subject} ({file}) has a space where none belongs: at an end, twice, before a point",
    "latin_word": "{subject} ({file}) has a word in Latin letters: write it in Persian, but for an address or a size",
    "stop_unsaid": "citizens may stop texts of the class of {subject} ({file}): let the text end with the words for it"
    " (OPT_OUT_ENDING)",
    "stops_nothing": "{subject} ({file}) ends with the words that stop reminders, and they do not stop its class: take"
    " them away, or give it the class reminder",
    "reminder_of_other_class": "{subject} ({file}) is a reminder, and would be sent as a notice to those who stopped"
    " reminders too: give the text the class reminder",
    "variant_of_no_text": "{subject} ({file}) is said in place of a text that is not there: correct the key",
    "code_begins_line": "a line of {subject} ({file}) begins with a code, and phones would set it from left to right:"
    " let words begin it",
    "over_budget": "{subject} ({file}): shorten the text, or raise its `parts`",
    "too_long": "{subject} ({file}): shorten the text",
    "unbounded_placeholder": "no bound proves how long the text gets ({subject}, {file}): add that key with the longest"
    " real value, or a limit",
    "cuts_words": "{subject} ({file}): raise the limit, or let the text say that it cuts («{{name:60}}»)",
    "unfilled": "nobody fills that placeholder of the text ({subject}, {file}): take it out, or let an effect or"
    " guard of that step say by `provides` that it gives it",
    "unknown_fact": "nobody gives that fact to the paper ({subject}): let an effect keep it, or gather_facts find it"
    " and gathered_facts name it; or take it out of the text",
    "double_printout": "two papers are of the kind {subject}: rename one",
    "secret_shown": "{subject} is a token that only the paper may show: name it as token_field of its paper, and"
    " nowhere else",
    "token_never_kept": "no step keeps the token {subject}, so its paper is never issued: name another token_field, or"
    " let the effect that issues the paper store it",
    # Versions
    "version_below_one": "the version is {subject}: count from 1",
    "no_state_map": "state_maps has no map of {subject}: add one, though it be empty",
    "state_map_of_no_version": "there is a map or former states of {subject}, which is no earlier version: remove it",
    "no_former_states": "former_states lacks {subject}: name the states that it had, with their phases",
    "state_map_from_nowhere": "{subject} is no state of that version: correct the map, or former_states",
    "state_map_into_nowhere": "{subject}: the target is no state of the next version: correct the map",
    "finished_moved": "{subject}: what is finished must stay in its phase: correct the map",
    # Translations, registries, reports
    "no_such_text": "there is no Persian text {subject}: correct the key, or remove it",
    "other_kind_of_text": "{subject} is a list in one language and a text in the other: make them alike",
    "unreadable_text": "{subject}: close the brace, or double it where a brace is meant",
    "unknown_facts": "{subject}: the Persian text is not given these facts: take them out",
    "unknown_registry": "there is no registry {subject}: correct the reference",
    "contact_into_nowhere": "contact_path {subject} leads to no field: correct it",
    "figure_untold": "the facts of {subject} cannot be broken down so: take the figure out of the section",
}
"""Kind → what is wrong and what to do; `{subject}` is the flaw's own, `{file}` where its text is, or belongs."""

_TEXT_KEY = re.compile(r"[a-z_0-9]+(?:\.[a-z_0-9]+)+")
_UNKNOWN_FILE = "your file of texts"
OVERRIDES_FILE = "your file of texts, PISHKHAN_TEXTS"
"""Name of the municipality's own file."""


def explain_flaw(flaw: Flaw, overridden_keys: Collection[str] = ()) -> str:
    """Return the flaw with its sentence, as people read it; of a text that the municipality's own file overrides, the
    file is that one.
    """
    text_key = find_text_key(flaw)
    file_names = list(_list_files(text_key)) if text_key else []
    if text_key in overridden_keys:
        file_names.insert(0, OVERRIDES_FILE)
    sentence = EXPLANATIONS[flaw.kind].format(
        subject=flaw.subject,
        file=(file_names or [_find_nearest_file(text_key, flaw.service_key)])[0],
        files=", ".join(file_names) or "see PISHKHAN_TEXTS too",
    )
    return f"{flaw}: {sentence}"


def find_text_key(flaw: Flaw) -> str:
    """Return the key of the text that a flaw is of; empty where it is of none."""
    text_key = _TEXT_KEY.search(flaw.subject)
    return text_key[0] if text_key else ""


def _list_files(text_key: str) -> Iterator[str]:
    return (file_name for file_name, leaves in load_shipped_texts().items() if text_key in leaves)


def _find_nearest_file(text_key: str, service_key: str) -> str:
    """Return where a text belongs that is in no file: with the service's other texts, else with its own table's."""
    own_prefix = f"services.{service_key}."
    for prefix in (own_prefix, f"{text_key.rpartition('.')[0]}."):
        for file_name, leaves in load_shipped_texts().items():
            if any(key.startswith(prefix) for key in leaves):
                return file_name
    return _UNKNOWN_FILE
