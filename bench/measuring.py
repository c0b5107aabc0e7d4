"""One page from everybody who has it, in turns, so that whatever else the machine does meets all of them."""

import statistics
import sys
from dataclasses import dataclass, field

from bench.contestants import Run
from bench.pages import Page
from bench.serving import Answer


@dataclass
class Measured:
    """All answers of one contestant to one page, and the seconds of a processor that each took its server."""

    answers: list[Answer] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """In milliseconds."""
        return 1000 * statistics.median(one.seconds for one in self.answers)

    def times(self, other: "Measured") -> float:
        """How many times as long as another one: the median of the rounds, in which they took turns.

        A processor that is now slow and now fast, as shared ones are, was the same for both in a round.
        """
        rounds = zip(self.answers, other.answers, strict=True)
        return statistics.median(mine.seconds / theirs.seconds for mine, theirs in rounds)

    @property
    def p95(self) -> float:
        """In milliseconds: of twenty answers, one took longer."""
        taken = sorted(one.seconds for one in self.answers)
        return 1000 * taken[min(len(taken) - 1, int(0.95 * len(taken)))]

    @property
    def processor(self) -> float:
        """In milliseconds, which depend less on what else goes on; 0 where the system does not tell."""
        return 1000 * statistics.median(self.spent or [0.0])


# By who answered: “joinery”, “floor” and “django”, “hundredth” (Joinery with 1 % of the data), and “beside”
# (Joinery, the other page that this one is laid beside).
Line = dict[str, Measured]


def measured(page: Page, run: Run, rounds: int, beside: str) -> Line:
    """The page from everybody who has it; the first answer of each does not count."""
    wanted = {name: (name, getattr(page, name)) for name in ("joinery", "floor", "django")}
    if page.itself:
        wanted["hundredth"] = ("hundredth", page.joinery)
    wanted["beside"] = ("joinery", beside)
    wanted = {name: (who, url) for name, (who, url) in wanted.items() if url and who in run.clients}
    line = {name: Measured() for name in wanted}
    for number in range(rounds + 1):
        for name, (who, url) in wanted.items():
            before = run.servers[who].spent()
            answer = run.clients[who].ask(url)
            spent = run.servers[who].spent() - before
            if answer.status != 200:
                sys.exit(f"{name} answered {url} with {answer.status}.")
            if number:
                line[name].answers.append(answer)
                line[name].spent.append(spent)
    return line
