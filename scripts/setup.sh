#!/usr/bin/env bash
# Makes .venv: the locked requirements, verified by hash and compiled, and bastide itself in place.
# Says in one sentence what is missing when it cannot. uv does the work in seconds; where it does not run, pip does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH
venv=.venv
bin=$venv/bin

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or later is needed: ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1 || true)." \
        "Install one, or name it: make setup PYTHON=/path/to/python3"
}

# Debian and Ubuntu leave ensurepip out of python3; only root may mend that here.
ensure_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    local package
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $package"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } >&2 || true
    fi
    "$1" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install $package"
}

# uv reads none of pip's configuration: the registry and the certificates are handed on.
configure_uv() {
    local settings index cert
    settings=$("$bin/python" -m pip config list 2>/dev/null || true)
    index=$(pip_setting index-url <<<"$settings")
    cert=$(pip_setting cert <<<"$settings")
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    [ -z "$cert" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"
    export UV_NO_PROGRESS=1 VIRTUAL_ENV="$PWD/$venv"
}

# The last one counts: pip lists its files from the weakest to the strongest, and the environment after them.
pip_setting() { awk -F"'" -v end=".$1=" 'substr($1, length($1) - length(end) + 1) == end { value = $2 } END { print value }'; }

install_with_uv() {
    "$bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt &&
        configure_uv &&
        "$bin/uv" pip sync -q --compile-bytecode --require-hashes requirements/dev.txt &&
        "$bin/uv" pip install -q --no-deps --no-build-isolation -e .
}

install_with_pip() {
    "$bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt &&
        "$bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
}

if ! is_new_enough "$bin/python"; then
    python=$(find_python)
    ensure_venv "$python"
    rm -rf "$venv"
    say "making $venv with $("$python" --version)"
    "$python" -m venv "$venv"
fi
say "installing the locked requirements"
install_with_uv || { say "uv did not do it; trying pip, which takes a minute"; install_with_pip; } ||
    fail "the requirements could not be installed; the lines above say why. Is the package registry reachable?"
"$bin/python" -m compileall -q src
say "ready: $bin/bastide"
