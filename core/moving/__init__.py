"""`flask move-database SOURCE TARGET`: everything that is stored, from one database to another of any kind.

The source is only read, in one snapshot. The target gets all of it in one transaction, is read back in that
transaction, and keeps it only if every table has the rows and the checksum of the source.

| file | what it does |
|---|---|
| `values.py` | rows in the form that is the same for both databases, and their checksum |
| `places.py` | opens the two databases, and refuses what does not fit |
| `copying.py` | copies the tables, lets numbers go on where they were, and reads back |
| `command.py` | what a person types |
"""

from core.moving.command import move_database

__all__ = ["move_database"]
