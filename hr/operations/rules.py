"""The rules of whole sets of stays, asked before anything is stored."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from core.db import code_key, today
from core.forms import day_text
from core.writing import Problem, Work
from hr import queries, staffing
from hr.models import Department, DepartmentAlias, DepartmentEmployeeLink, Employee, EmployeeAlias
from hr.operations.titles import title_problems
from hr.staffing import Employment, Segment, Stay

Link = DepartmentEmployeeLink


def check(work: Work) -> Iterator[Problem]:
    """What the touched stays would break, looking at all stays of the people and departments touched."""
    yield from _taken_keys(work)
    yield from title_problems(work)
    links = [one for one in work.touched if isinstance(one, Link)]
    people = [one for one in work.touched if isinstance(one, Employee) and not work.is_deleted(one)]
    if not links and not people:
        return
    before, after = _sets(work, links, people)
    employment = _employment(work, links, people)
    yield from _outside(after, employment, people)
    yield from _meetings(after)
    yield from _overloads(work, before, after)


def _number(link: Link) -> str:
    return link.employee.number if link.employee is not None else link.employee_number


def _code(link: Link) -> str:
    return link.department.code if link.department is not None else link.department_code


def _stay(link: Link) -> Stay:
    starts_on = link.starts_on or today()
    role = link.role or "member"
    return Stay(
        link, _number(link), _code(link), starts_on, link.ends_before, link.fte, role, bool(link.is_primary)
    )


def _renamed(work: Work, model: type[Employee] | type[Department], key: str) -> dict[str, str]:
    """The new key by the old one, where a key changes now: the stays are stored under the old one."""
    return {
        facts[key]: getattr(one, key)
        for one, facts in work.touched.items()
        if isinstance(one, model) and facts is not None and facts[key] != getattr(one, key)
    }


def _sets(work: Work, links: list[Link], people: list[Employee]) -> tuple[list[Stay], list[Stay]]:
    """All stays of the touched people, and all heads of the touched departments, before and after."""
    numbers, codes = _renamed(work, Employee, "number"), _renamed(work, Department, "code")

    def under_new_keys(stay: Stay) -> Stay:
        employee, department = stay.employee, stay.department
        return stay._replace(
            employee=numbers.get(employee, employee), department=codes.get(department, department)
        )

    wanted = {_number(link) for link in links} | {one.number for one in people}
    stored = queries.stays_of_people(wanted | numbers.keys())
    headed = {
        _code(link) for link in links if link.role in ("head", "acting head") and not work.is_deleted(link)
    }
    if headed:
        known = {stay.ref for stay in stored}
        heads = queries.heads_of_departments(headed | codes.keys())
        stored += [stay for stay in heads if stay.ref not in known]
    touched = {link.id for link in links if link.id is not None}
    untouched = [under_new_keys(stay) for stay in stored if stay.ref not in touched]
    was = [(link, facts) for link in links if (facts := work.touched[link]) is not None]
    keys = ("employee_number", "department_code", *Stay._fields[3:])
    before = untouched + [under_new_keys(Stay(link, *(facts[name] for name in keys))) for link, facts in was]
    after = untouched + [_stay(link) for link in links if not work.is_deleted(link)]
    return before, after


def _employment(work: Work, links: list[Link], people: list[Employee]) -> dict[str, Employment]:
    """From when to when the people are employed: as it is being stored, else read now, under the lock."""
    known = {one.number: Employment(one.hired_on, one.left_on) for one in people}
    missing = {_number(link) for link in links if not work.is_deleted(link)} - known.keys()
    return known | (queries.employment_of(missing) if missing else {})


def _touched(*stays: Stay) -> list[object]:
    return [stay.ref for stay in stays if isinstance(stay.ref, Link)]


def span(starts_on: date, ends_before: date | None) -> str:
    """A span in words, with its last day."""
    if ends_before is None:
        return f"from {day_text(starts_on)}, open"
    return f"{day_text(starts_on)} to {day_text(ends_before - timedelta(days=1))}"


def stay_facts(stay: Link) -> list[str]:
    """The days of a stay in words, and what else is stated of it: FTE, arrangement, a role."""
    facts = [span(stay.starts_on, stay.ends_before)]
    facts += [f"{stay.fte} FTE"] if stay.fte is not None else []
    facts += [stay.extra_data] if stay.extra_data else []
    return facts + ([stay.role] if stay.role != "member" else [])


def _outside(
    stays: list[Stay], employment: dict[str, Employment], people: list[Employee]
) -> Iterator[Problem]:
    changed = {one.number for one in people}
    for stay in stays:
        bounds = employment.get(stay.employee)
        if bounds is None or not (_touched(stay) or stay.employee in changed):
            continue
        match staffing.outside(stay, bounds):
            case "before" if bounds.hired_on:
                said = f"The first day is before the person was hired ({day_text(bounds.hired_on)})."
                yield _employment_problem(
                    stay, said, "Begin on that day, or correct the hiring date.", "hired_on"
                )
            case "after" if bounds.left_on:
                said = f"The stay goes on after the person left ({day_text(bounds.left_on)})."
                yield _employment_problem(
                    stay, said, "End it on that day, or correct the leaving date.", "left_on"
                )


def _employment_problem(stay: Stay, said: str, way_out: str, field: str) -> Problem:
    about = _touched(stay)
    if about:
        return Problem(f"{said} {way_out}", about=about)
    return Problem(
        f"{stay.department}, {span(stay.starts_on, stay.ends_before)}: {said} {way_out}", field=field
    )


def _meetings(stays: list[Stay]) -> Iterator[Problem]:
    """Rules 2 and 4, said at each touched row and naming the other one."""
    kinds = (
        (staffing.overlaps, "{who} is in {where} already, {when}: the two stays would meet."),
        (staffing.double_primaries, "The main department of {who} is {where} already, {when}."),
        (staffing.double_heads, "{where} has {who} as {role} already, {when}."),
    )
    for find, words in kinds:
        for pair in find(stays):
            for stay, other in (pair, pair[::-1]):
                if _touched(stay):
                    yield Problem(words.format(**_other_words(stay, other)), about=_touched(stay))


def _other_words(stay: Stay, other: Stay) -> dict[str, str]:
    """The other stay in words; what it shares with the touched one is called by its name."""
    link = stay.ref
    known = (
        {link.employee.number: str(link.employee), link.department.code: str(link.department)}
        if isinstance(link, Link)
        else {}
    )
    return {
        "who": known.get(other.employee, f"#{other.employee}"),
        "where": known.get(other.department, f"#{other.department}"),
        "when": span(other.starts_on, other.ends_before),
        "role": other.role,
    }


def _overloads(work: Work, before: list[Stay], after: list[Stay]) -> Iterator[Problem]:
    """Rule 3: above 2.000 is refused; above 1.000, where the sum rises, needs a confirmation and a reason."""
    sets: dict[str, tuple[list[Stay], list[Stay]]] = defaultdict(lambda: ([], []))
    for stay in before:
        sets[stay.employee][0].append(stay)
    for stay in after:
        sets[stay.employee][1].append(stay)
    for was, now in sets.values():
        if not any(_touched(stay) for stay in now):
            continue
        for segment in staffing.overloads(was, now):
            links = [
                stay.ref
                for stay in now
                if isinstance(stay.ref, Link)
                and stay.starts_on < (segment.ends_before or staffing.FOREVER)
                and segment.starts_on < stay.end
            ]
            if segment.fte > staffing.REFUSE_ABOVE:
                yield Problem(f"{_sum_words(links, segment)} More than 2.000 cannot be stored.", about=links)
            elif not any(_is_confirmed(work, link, segment) for link in links):
                said = f"{_sum_words(links, segment)} Say why, if it is meant."
                yield Problem(said, about=links, confirm=segment.fte, whose=links[0].employee)


def _sum_words(links: list[Link], segment: Segment) -> str:
    who = str(links[0].employee) if links else "This person"
    if segment.days is None:
        return f"{who} would be at {segment.fte} FTE {span(segment.starts_on, None)}."
    days = "1 day" if segment.days == 1 else f"{segment.days} days"
    return f"{who} would be at {segment.fte} FTE on {days}, {span(segment.starts_on, segment.ends_before)}."


def _is_confirmed(work: Work, link: Link, segment: Segment) -> bool:
    """Whether a person has allowed this sum: on a form by ticking it, elsewhere by giving a new reason."""
    if not link.overload_reason:
        return False
    if link in work.confirmed:
        return work.confirmed[link] >= segment.fte
    if work.change_set.undoes_id is not None:
        return False  # the reason comes back with the stay, and was given for what stood beside it then
    facts = work.touched.get(link)
    return facts is None or facts["overload_reason"] != link.overload_reason


# --- keys ------------------------------------------------------------------------------------------


def _taken_keys(work: Work) -> Iterator[Problem]:
    """A new number or code that somebody else had before is refused: it still leads there."""
    for model, name, had_before, alias in (
        (Employee, "number", queries.people_who_had, EmployeeAlias),
        (Department, "code", queries.departments_that_had, DepartmentAlias),
    ):
        new = {
            code_key(getattr(one, name)): one
            for one, facts in work.touched.items()
            if isinstance(one, model)
            and not work.is_deleted(one)
            and (facts or {}).get(name) != getattr(one, name)
        }
        let_go = {one.old_key for one in work.touched if isinstance(one, alias) and work.is_deleted(one)}
        for key, holder in had_before(new).items() if new else ():
            if holder is not new[key] and key not in let_go:
                said = f"{holder} had the {name} {getattr(new[key], name)} before, and it still leads there."
                yield Problem(said, field=name)
