"""`flask backup FILE` while the application runs, and `flask restore FILE`, which is whole or not at all."""

from core.backup.commands import backup, restore

__all__ = ["backup", "restore"]
