#!/usr/bin/env bash
# Installs the Debian packages that tests start or load: a PostgreSQL server, and what WeasyPrint draws PDF with.
# Says in one sentence what is missing when it cannot; does nothing where all of it is there.
set -euo pipefail

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
libraries=$(ldconfig -p 2>/dev/null || true)
case $libraries in *libpango-1.0*) ;; *) missing+=(libpango-1.0-0) ;; esac
case $libraries in *libpangoft2-1.0*) ;; *) missing+=(libpangoft2-1.0-0) ;; esac
# Where packages are installed without what they recommend, this one does not come by itself.
case $libraries in *libharfbuzz-subset*) ;; *) missing+=(libharfbuzz-subset0) ;; esac
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "packages: installing ${missing[*]}" >&2
    # No cluster of the machine's own: the tests make theirs, in folders of their own.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"; } >&2 && exit 0
fi
echo "packages: tests need ${missing[*]}. On Debian or Ubuntu: sudo apt-get install ${missing[*]}" >&2
exit 1
