#!/bin/sh
# Prints the first Python 3.11-3.13 that can make a virtual environment; fails when there is none.
# PYTHON names another one to try instead.
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    path=$(command -v "$candidate") || continue
    if "$path" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
        printf '%s\n' "$path"
        exit 0
    fi
done
exit 1
