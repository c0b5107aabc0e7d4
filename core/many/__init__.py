"""Deeds on very many: the same pages, asked in the same words, previewed and done as long work.

What fits a page is tried and stored inside its request (`core/deeds.py`). Above `MOST_AT_ONCE` a job looks
at what would change, portion after portion, with the functions of the small deed itself: the operation of
the room, who may do it, the rules of the whole sets, the words. Nothing of that is stored, and nobody waits
for it. What it found is kept (`KeptDeed`): counts, the first effects and refusals for the page, all of them
as a file, and the statements that would store it (`core/statements.py`). Done, their history is written down
ahead, and they are stored in one short transaction, if what they were found from is still there; else it is
looked at anew, and stored only when it is still what was shown.

A room says in its `room.py` which of its pages can do so:

    many={"hr.end_stays": Many(STAYS, EndForm, end)}

| file | what it does |
|---|---|
| `choice.py` | what a room says of such a deed, and of what it is done with |
| `looking.py` | what would change, found in portions |
| `outcome.py` | what was found: counted, the first of it in words, all of it as statements |
| `kept.py` | the outcome as it is kept, and read again |
| `basis.py` | from what it was found: whether that is still there |
| `storing.py` | the jobs |
| `pages.py` | the page |
"""

from core.many.choice import Choice, Chosen, Many, Rows, Said

__all__ = ["Choice", "Chosen", "Many", "Rows", "Said"]
