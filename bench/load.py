"""Many at once: so many connections ask for one page, again and again."""

import threading
import time
from collections.abc import Mapping

from bench.serving import Client

CONNECTIONS = 16


def throughput(port: int, path: str, cookies: Mapping[str, str], seconds: float) -> tuple[float, int]:
    """Answers in a second, and how many were errors.

    One process with threads asks: it keeps up with every page that a framework makes, and not with the floor.
    """
    counts = [[0, 0] for _ in range(CONNECTIONS)]
    until = time.perf_counter() + seconds

    def ask(count: list[int]) -> None:
        client = Client(port)
        client.cookies = dict(cookies)
        while time.perf_counter() < until:
            count[client.ask(path).status != 200] += 1

    threads = [threading.Thread(target=ask, args=(count,)) for count in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(good for good, _ in counts) / seconds, sum(bad for _, bad in counts)
