#!/bin/sh
# Installs the peers in a virtual environment of this folder, then measures them and Fovea: npm run bench:peers
set -e
here=$(dirname "$0")
[ -x "$here/.venv/bin/python" ] || python3 -m venv "$here/.venv"
"$here/.venv/bin/pip" install -qq --requirement "$here/requirements.txt"
exec "$here/.venv/bin/python" -B "$here/peers.py"
