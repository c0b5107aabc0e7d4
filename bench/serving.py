"""A server of its own for each contestant, and somebody who signs in there and asks for pages."""

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
TOKEN = re.compile(r'name="(?:csrf_token|csrfmiddlewaretoken)"[^>]*value="([^"]+)"')
PATIENCE = 120
# What the servers say meanwhile.
LOG = ROOT / "instance" / "bench" / "servers.log"


def memory_of(process: str, what: str) -> float:
    """What a process holds (VmRSS), or the most that it has held (VmHWM), in MB.

    What getrusage says of the most is that of the process which began this one, where that is higher.
    """
    told = re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(told.group(1)) / 1024 if told else 0.0


def _environment() -> dict[str, str]:
    """Ours, but that Python keeps what it has compiled, as it does where nobody forbids it.

    With the modules of an application compiled at each start, a start is mostly that.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost."""

    status: int
    seconds: float
    body: bytes
    travelled: int
    statements: str = ""
    location: str = ""

    @property
    def text(self) -> str:
        """The page as text."""
        return self.body.decode()


class Client:
    """One connection that is kept open, with its cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(self, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Fetch a page, or send a form; the time is that until the last byte."""
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        }
        sent = urlencode(fields) if fields is not None else None
        if sent is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            headers |= {"Referer": f"http://127.0.0.1:{self.port}{path}"}
        began = time.perf_counter()
        self.connection.request("POST" if sent is not None else "GET", path, sent, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        body = gzip.decompress(content) if response.headers["Content-Encoding"] == "gzip" else content
        told, to = response.headers["X-Statements"] or "", response.headers["Location"] or ""
        return Answer(response.status, seconds, body, len(content), told, to)

    def sign_in(self, path: str, fields: Mapping[str, str]) -> None:
        """As a person does: the form, then its answer."""
        token = TOKEN.search(self.ask(path).text)
        if token is None:
            sys.exit(f"{path} shows no form to sign in with.")
        name = "csrfmiddlewaretoken" if "csrfmiddlewaretoken" in token.group(0) else "csrf_token"
        answer = self.ask(path, {name: token.group(1), **fields})
        if answer.status not in (302, 303):
            sys.exit(f"Signing in at {path} was answered with {answer.status}.")


class Server:
    """Gunicorn with two workers, as operations.md says; ended with the block."""

    def __init__(
        self,
        app: str,
        *,
        python: str = sys.executable,
        folder: Path = ROOT,
        workers: int = 2,
        **settings: str,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            python,
            "-m",
            "gunicorn",
            "--workers",
            str(workers),
            "--threads",
            "4",
            "--no-control-socket",
        ]
        # A connection waits while the other contestants have their turn.
        command += ["--keep-alive", "900", "--log-level", "error", "--bind", f"127.0.0.1:{self.port}", app]
        self.began = time.perf_counter()
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env={**_environment(), **settings}, stdout=log, stderr=log
            )

    def __enter__(self) -> "Server":
        try:
            return self._answering()
        except BaseException:  # also when it is ended from outside
            self.__exit__()
            raise

    def _answering(self) -> "Server":
        while self.process.poll() is None and time.perf_counter() - self.began < PATIENCE:
            with suppress(OSError):
                client = Client(self.port)
                client.connection.connect()
                client.connection.close()
                return self
            time.sleep(0.02)
        sys.exit(f"The server did not start: see {LOG}.")

    def __exit__(self, *_: Any) -> None:
        self.process.terminate()
        self.process.wait(30)

    def memory(self) -> float:
        """What the largest worker holds now, in MB; 0 where the system does not tell."""
        held = [0.0]
        with suppress(OSError):
            held += [memory_of(worker, "VmRSS") for worker in self._workers()]
        return max(held)

    def spent(self) -> float:
        """Seconds that the workers have had a processor so far; 0 where the system does not tell."""
        with suppress(OSError):
            tasks = [one for pid in self._workers() for one in Path(f"/proc/{pid}/task").glob("*/schedstat")]
            return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
        return 0.0

    def _workers(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
