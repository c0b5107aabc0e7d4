"""One page from everybody who has it, in turns, so that whatever else the machine does meets all of them."""

import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.pages import Page
from bench.serving import Answer, Client


@dataclass
class Measured:
    """All answers of one contestant to one page."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * statistics.median(one.seconds for one in self.answers)

    @property
    def p95(self) -> float:
        """In milliseconds: of twenty answers, one took longer."""
        taken = sorted(one.seconds for one in self.answers)
        return 1000 * taken[min(len(taken) - 1, int(0.95 * len(taken)))]


# By who answered: “joinery”, “floor” and “django”, “hundredth” (Joinery with 1 % of the data), and “beside”
# (Joinery, the other page that this one is laid beside).
Line = dict[str, Measured]


def measured(page: Page, clients: Mapping[str, Client], rounds: int, beside: str) -> Line:
    """The page from everybody who has it; the first answer of each does not count."""
    wanted = {
        name: (clients[name], getattr(page, name))
        for name in ("joinery", "floor", "django")
        if name in clients
    }
    if page.itself and "hundredth" in clients:
        wanted["hundredth"] = (clients["hundredth"], page.joinery)
    if beside:
        wanted["beside"] = (clients["joinery"], beside)
    wanted = {name: (client, url) for name, (client, url) in wanted.items() if url}
    line = {name: Measured() for name in wanted}
    for number in range(rounds + 1):
        for name, (client, url) in wanted.items():
            answer = client.ask(url)
            if answer.status != 200:
                sys.exit(f"{name} answered {url} with {answer.status}.")
            if number:
                line[name].answers.append(answer)
    return line
