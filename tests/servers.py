"""A real PostgreSQL primary with a synchronous standby that streams from it, for one test file.

The programs are found as in tests/postgres.sh, and run as the user postgres where the tests run as root.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

DATABASE = "joinery"
# They are thrown away afterwards, so nothing has to survive a power cut. That a process dies, it survives.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "wal_receiver_status_interval": "1",
}


def programs() -> Path:
    """The folder of the newest PostgreSQL that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    return found[-1].parent if found else Path(shutil.which("initdb") or "/nowhere/initdb").parent


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("this was waited for in vain")
        time.sleep(0.02)


class Server:
    """One server: its data, its port, and what can happen to it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.data, self.port = folder, folder / name, free_port()

    def tool(self, name: str, *words: str) -> None:
        """Run one of PostgreSQL's programs, as the user whose data it is."""
        as_server = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*as_server, str(programs() / name), *words]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if done.returncode:
            raise AssertionError(f"{name}: {done.stderr.decode()}")

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} "
        options += " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        log = f"{self.data}.log"
        self.tool("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        with suppress(AssertionError):
            self.tool("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """End it and everything of it at once, with no chance to say good-bye."""
        main = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def promote(self) -> None:
        self.tool("pg_ctl", "-D", str(self.data), "-w", "promote")

    def ask(self, statement: str) -> Any:
        """The first value that a statement gives."""
        address = f"host=127.0.0.1 port={self.port} user=joinery dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


class Pair:
    """A primary whose every commit waits for its standby."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="joinery-pair-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.primary, self.standby = Server(self.folder, "primary"), Server(self.folder, "standby")

    def __enter__(self) -> "Pair":
        primary, standby = self.primary, self.standby
        words = ["-U", "joinery", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        primary.tool("initdb", "-D", str(primary.data), *words)
        primary.start()
        primary.ask(f"CREATE DATABASE {DATABASE}")
        address = f"host=127.0.0.1 port={primary.port} user=joinery application_name=standby"
        words = ["-R", "-c", "fast", "-X", "stream", "--no-sync"]
        standby.tool("pg_basebackup", "-d", address, "-D", str(standby.data), *words)
        standby.start()
        # Only now: without a standby every commit would wait for one for ever.
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        until(lambda: primary.ask("SELECT sync_state FROM pg_stat_replication") == "sync")
        return self

    def __exit__(self, *_: object) -> None:
        self.standby.stop()
        self.primary.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Both servers, as people write them: whichever takes writes."""
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://joinery@{hosts}/{DATABASE}?target_session_attrs=read-write"

    @property
    def read_url(self) -> str:
        """The standby alone."""
        return f"postgresql://joinery@127.0.0.1:{self.standby.port}/{DATABASE}"
