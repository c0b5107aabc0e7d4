"""What is kept about a person: all of it as a file for the person, and how it is forgotten.

    parts.py     what is kept, one table for each kind, as selects
    files.py     these as JSON, or as CSV files in one archive, while they are read
    names.py     what somebody is called, found in texts and replaced there
    history.py   what the history, notes, jobs and waiting files know of it
    pages.py     the two pages, for every kind of person that a room has

Whose records they are, and which of their facts say who somebody is, each room says itself (`Person`).
"""

from core.privacy.names import Person, token_of
from core.privacy.parts import Part, columns_of

__all__ = ["Part", "Person", "columns_of", "token_of"]
