"""Many at once: so many connections ask for a page or save something, again and again."""

import threading
import time
from collections.abc import Callable
from http.client import HTTPException

from bench.serving import Client

CONNECTIONS = 16
# What one of them does, told which of them it is; whether it was answered as it should be.
Deed = Callable[[Client, int], bool]


def throughput(like: Client, deed: Deed, seconds: float) -> tuple[float, int]:
    """Deeds in a second, and how many ended with an error; everybody is signed in as `like`.

    One process with threads asks: it keeps up with every page that a framework makes, and not with the floor.
    """
    counts = [[0, 0] for _ in range(CONNECTIONS)]
    began = time.perf_counter()

    def ask(place: int) -> None:
        client = Client(like.port)
        client.cookies = dict(like.cookies)
        while time.perf_counter() < began + seconds:
            try:
                good = deed(client, place)
            except (OSError, HTTPException):
                good = False
                client.connection.close()
            counts[place][not good] += 1

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    return sum(good for good, _ in counts) / spent, sum(bad for _, bad in counts)
