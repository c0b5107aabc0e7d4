"""How migrations run: on the application's own engine, in one transaction, its links checked at the end."""

import warnings
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, String

from core.database_url import reached
from core.db import Exact, will_write
from core.parts import ENDING, PREFIX

migrate = current_app.extensions["migrate"]
metadata = migrate.db.metadata

# Alembic does not look at indexes on expressions, and so loses those of a table that a migration makes anew:
# such a migration makes them again, and the test that compares the catalogues says if one forgets.
warnings.filterwarnings("ignore", message="Skipped unsupported reflection of expression-based index")
warnings.filterwarnings("ignore", message="autogenerate skipping metadata-specified expression-based index")


def leave_out_empty_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no file when "flask db migrate" finds nothing to do."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()
        print("The models and the database agree: there is nothing to migrate.")  # noqa: T201


def written(kind: str, column_type: Any, autogenerate: Any) -> str | bool:
    """How our own column types stand in a revision: exact numbers as stored, key texts by name."""
    if kind == "type" and isinstance(column_type, Exact):
        return "sa.BigInteger()"
    variants = getattr(column_type, "_variant_mapping", {})
    if (
        kind == "type"
        and isinstance(column_type, String)
        and getattr(variants.get("postgresql"), "collation", "") == "C"
    ):
        autogenerate.imports.add("from core.db import KeyText")
        return f"KeyText({column_type.length})"
    return False


def is_compared(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out the indexes of parts of names: on SQLite they are tables, and of no model."""
    return not (
        (kind == "table" and (name or "").startswith(PREFIX))
        or (kind == "index" and (name or "").endswith(ENDING))
    )


def keep_foreign_keys(connection: Connection, on: bool) -> None:
    """Switch SQLite's foreign keys, which works between transactions only.

    A table is altered by making a new one and dropping the old one, and dropping it with the keys on would
    delete the rows that refer to it, without a word.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={int(on)}")


def refuse_orphans(connection: Connection) -> None:
    """With the keys off nothing stopped a migration from orphaning a row, so ask before it is committed."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            named = ", ".join(
                f"{table} row {row} (refers to {parent})" for table, row, parent, _ in orphans[:20]
            )
            raise RuntimeError(
                f"This migration would leave {len(orphans)} rows without what they refer to: {named}"
            )


def migrate_on(connection: Connection) -> None:
    """Bring the database to the revision that was asked for; a transaction that runs already goes on."""
    options = {
        "process_revision_directives": leave_out_empty_revision,
        "render_item": written,
        "include_object": is_compared,
        **migrate.configure_args,
    }
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, **options)
    with context.begin_transaction():
        context.run_migrations()
        refuse_orphans(connection)


def run() -> None:
    """Bring the application's database to the revision, or leave it as it was."""
    url = migrate.db.engine.url.render_as_string(hide_password=False)
    with reached(url), migrate.db.engine.connect() as connection:
        keep_foreign_keys(connection, on=False)
        writing = will_write.set(True)
        try:
            migrate_on(connection)
        finally:
            will_write.reset(writing)
            connection.rollback()  # after an error: the keys are switched outside a transaction only
            keep_foreign_keys(connection, on=True)


def write_sql() -> None:
    """Print the statements instead ("flask db upgrade --sql"), for those who may not run them themselves."""
    context.configure(url=migrate.db.engine.url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    write_sql()
elif "connection" in context.config.attributes:  # of a restore, which is whole or not at all
    migrate_on(context.config.attributes["connection"])
else:
    run()
