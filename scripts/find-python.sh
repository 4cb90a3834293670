#!/bin/sh
# Prints the newest Python 3.11-3.14 that can make a virtual environment (with `oldest` the oldest); fails when there is
# none. PYTHON names another one to try instead.
case ${1:-newest} in
    oldest) candidates="python3.11 python3.12 python3.13 python3.14 python3" ;;
    newest) candidates="python3.14 python3.13 python3.12 python3.11 python3" ;;
    *) echo "usage: $0 [oldest|newest]" >&2; exit 2 ;;
esac
for candidate in ${PYTHON:-$candidates}; do
    path=$(command -v "$candidate") || continue
    if "$path" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
        printf '%s\n' "$path"
        exit 0
    fi
done
exit 1
