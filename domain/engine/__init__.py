"""The engine that runs declarations: submits requests, takes transitions, previews a step.

Imports `language` and below; it knows no service and no block.
"""
