"""What a declaration names and needs: fields, prices, registers, rules, kept values and moments that there are.

Imports the ways through a service (`domain/check/walk.py`) and the language of declarations.
"""
