"""Requests of citizens: the entity with its phases, its timers and documents, its history as a hash chain, and the
ports to their repositories.

Imports `values`, `parsing`.
"""
