#!/usr/bin/env bash
# Brings a bare machine to the point where the project runs.
#   setup.sh python              the environment in .venv, exactly as requirements.lock says
#   setup.sh libraries run|test  Debian libraries that Qt (and the tests) need, where they are missing
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

# Installs Debian packages when that is possible without asking, otherwise prints the one line that does it.
install_debian() {
    local line="apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null || { say "Please install with your system's package manager: $*"; return 1; }
    local run=()
    if [ "$(id -u)" -ne 0 ]; then
        if sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
            run=(sudo)
        else
            say "Missing system libraries. This line installs them:"
            say "    sudo $line"
            return 1
        fi
    fi
    say "Installing system libraries: $*"
    local log; log=$(mktemp)
    if "${run[@]}" apt-get update -qq >"$log" 2>&1 &&
        "${run[@]}" env DEBIAN_FRONTEND=noninteractive $line -qq >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 5 "$log" >&2
        say "That did not work. This line installs them by hand:"
        say "    sudo $line"
        rm -f "$log"
        return 1
    fi
}

missing_debian() {
    local name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$name"
    done
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "Tremorscope needs Python 3.11 to 3.14; none was found."
    exit 1
}

set_up_python() {
    local python; python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        install_debian python3-venv || exit 1
    fi
    # Interpreters moved or upgraded since leave a broken environment behind: start afresh then.
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        say "Creating the environment in .venv"
        rm -rf .venv
        "$python" -m venv .venv
    fi
    say "Installing the locked packages"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r scripts/bootstrap.lock
    .venv/bin/uv pip sync -q --python .venv/bin/python --require-hashes requirements.lock
    # `uv pip sync` removes what the lock does not name, pip among it; the next set-up looks for it.
    .venv/bin/python -m ensurepip -q >/dev/null 2>&1 || true
    .venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
}

# What Qt 6 loads at start, offscreen and on X11 (found by adding them one by one to a minimal Debian 12).
qt=(libgl1 libegl1 libfontconfig1 fonts-dejavu-core libxkbcommon0 libdbus-1-3 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0)
# What only the tests use: a virtual screen with keys and mouse, a browser for the report, Node and a C++ compiler
# for the programs that run on the sensors.
for_tests=(xvfb xdotool chromium nodejs g++)

set_up_libraries() {
    command -v dpkg-query >/dev/null || return 0
    local wanted=("${qt[@]}")
    [ "$1" = test ] && wanted+=("${for_tests[@]}")
    # Debian 13 and Ubuntu 24.04 renamed this one; either name will do.
    dpkg-query -W -f='${Status}' libglib2.0-0t64 2>/dev/null | grep -q 'ok installed' || wanted+=(libglib2.0-0)
    # A compiler or Node that is not Debian's own serves as well.
    if command -v node >/dev/null; then wanted=("${wanted[@]/nodejs/}"); fi
    if command -v g++ >/dev/null; then wanted=("${wanted[@]/g++/}"); fi
    local list=() name
    for name in "${wanted[@]}"; do [ -n "$name" ] && list+=("$name"); done
    local lacking; mapfile -t lacking < <(missing_debian "${list[@]}")
    [ "${#lacking[@]}" -eq 0 ] || install_debian "${lacking[@]}" || say "Going on without them."
}

case "${1:-}" in
    python) set_up_python ;;
    libraries) set_up_libraries "${2:-run}" ;;
    *) say "usage: setup.sh python | libraries run|test"; exit 2 ;;
esac
