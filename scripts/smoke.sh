#!/usr/bin/env bash
# Runs the smoke tests (`pytest -m smoke`: the real process starts, every page and offered step of the staff's site by
# every role) on the oldest and the newest supported Python that this machine has, each in an environment of its own
# (.venv-3.11). The version of .venv is left out: `make test` has run everything on it.
#
#   scripts/smoke.sh             on the oldest and the newest
#   scripts/smoke.sh PYTHON …    on these
set -euo pipefail
cd "$(dirname "$0")/.."

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# An environment is made again when what goes into it has changed.
prepare() {
    local python=$1 venv=$2
    [ "$venv/.for-smoke" -nt requirements.lock ] && [ "$venv/.for-smoke" -nt requirements-dev.lock ] && return
    "$python" -m venv --clear "$venv"
    "$venv/bin/pip" --disable-pip-version-check --no-input --quiet install --require-hashes \
        --requirement requirements.lock --requirement requirements-dev.lock
    "$venv/bin/pip" --disable-pip-version-check --no-input --quiet install --no-deps --no-build-isolation --editable .
    touch "$venv/.for-smoke"
}

mapfile -t files < <(grep -rl --include='test_*.py' 'mark[.]smoke' tests)
pythons=("$@")
if [ ${#pythons[@]} -eq 0 ]; then
    unset PYTHON # it names the interpreter of .venv
    pythons=("$(scripts/find-python.sh oldest)" "$(scripts/find-python.sh newest)")
fi
done_already=" $(version_of .venv/bin/python) "
for python in "${pythons[@]}"; do
    version=$(version_of "$python")
    [[ $done_already != *" $version "* ]] || continue
    done_already+="$version "
    echo "Smoke tests on $("$python" --version) ($python)"
    prepare "$python" ".venv-$version"
    ".venv-$version/bin/python" -m pytest --quiet -m smoke --numprocesses="${JOBS:-2}" --dist=loadscope "${files[@]}"
done
