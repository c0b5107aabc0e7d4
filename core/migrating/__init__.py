"""What changes the tables: `flask db …`, and the migrations that a restore or a move runs.

| file | what it does |
|---|---|
| `asking.py` | stands where somebody asks for it, and loads the other file then |
| `alembic.py` | Flask-Migrate and Alembic, as they are used here |

No page migrates, and the two with all that they bring took a tenth of the time in which a worker starts.
"""

from core.migrating.asking import init_app, upgrade

__all__ = ["init_app", "upgrade"]
