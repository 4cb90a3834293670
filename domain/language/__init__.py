"""The declaration language: service, state, transition, guard, effect, notice, intent, printed paper; and the wording
of requests and errors.

Imports the subjects, `unit_of_work` and below.
"""
