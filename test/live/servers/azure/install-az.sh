#!/usr/bin/env bash
# install-az.sh: Microsoft's command line az, from PyPI, into .cache/servers/azure/az (some 730 MB, three minutes).
# The test that compares az with our collector runs only where this has been done (or AZ names an az of your own).
set -euo pipefail

version=2.91.0
root=$(cd "$(dirname "$0")/../../../.." && pwd)
home=$root/.cache/servers/azure/az

if [ -x "$home/bin/az" ] && "$home/bin/pip" show azure-cli 2>/dev/null | grep -qx "Version: $version"; then
  echo "az $version is installed: $home/bin/az"
  exit 0
fi
command -v python3 >/dev/null || { echo "python3 is needed to install az" >&2; exit 1; }
mkdir -p "$(dirname "$home")"
rm -rf "$home"
python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check "azure-cli==$version"
echo "az $version is installed: $home/bin/az"
