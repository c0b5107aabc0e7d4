#!/usr/bin/env bash
# Runs one command against a PostgreSQL server of its own, which is started in a temporary folder and thrown away afterwards:
#     tests/postgres.sh pytest tests/hr
# The command finds the server's address in TEST_DATABASE_URL. Wants PostgreSQL 15 or newer with its contrib modules.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "Usage: tests/postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi

# Debian keeps the server's programs out of the PATH, one folder per version; the newest one wins.
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$programs" ] || programs=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
if [ ! -x "$programs/initdb" ] || [ ! -x "$programs/pg_ctl" ]; then
    echo "PostgreSQL is not installed (on Debian: apt-get install postgresql postgresql-contrib)." >&2
    exit 1
fi

# PostgreSQL refuses to run as root, and so does initdb.
as_server=()
if [ "$(id -u)" -eq 0 ]; then
    if ! id postgres >/dev/null 2>&1; then
        echo "PostgreSQL does not run as root, and there is no user 'postgres' to run it as." >&2
        exit 1
    fi
    as_server=(runuser -u postgres --)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/joinery-postgres.XXXXXX")
[ ${#as_server[@]} -eq 0 ] || chown postgres "$folder"
stop() {
    (cd / && "${as_server[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(
    cd "$folder" # the postgres user may not be allowed to see the folder we came from
    echo "$password" | "${as_server[@]}" tee pwfile >/dev/null
    # ICU sorts "a B c" where SQLite sorts "B a c": a page that sorts by anything but its key columns is caught by this.
    "${as_server[@]}" "$programs/initdb" -D data -U joinery --pwfile=pwfile --auth=scram-sha-256 --encoding=UTF8 \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
)
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
started=no
for _ in 1 2 3; do # another program may take the port between our asking and the server's start
    port=$(free_port)
    # Nothing here has to survive a power cut, and the tests are several times faster for it.
    if (cd "$folder" && "${as_server[@]}" "$programs/pg_ctl" -D data -l server.log -w -t 60 start -o "-h 127.0.0.1 -p $port -k $folder \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" >/dev/null 2>&1); then
        started=yes
        break
    fi
done
if [ "$started" = no ]; then
    cat "$folder/server.log" >&2
    exit 1
fi

export TEST_DATABASE_URL="postgresql://joinery:$password@127.0.0.1:$port/postgres"
echo "PostgreSQL $("$programs/postgres" -V | awk '{print $3}') is up for this command only, on port $port." >&2
"$@"
