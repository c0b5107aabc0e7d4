"""`flask work`: the worker as a process. The server starts it; it can also be started by hand."""

import logging

import click
from flask import current_app
from flask.cli import with_appcontext

from core.jobs.worker import work_off
from core.log import write_to_standard_error


@click.command("work", short_help="Do the long work that waits, then end.")
@with_appcontext
def work_command() -> None:
    """Do the long work that waits, one piece after the other, then end.

    The server starts this by itself where it is needed. Started by hand it does the same; where somebody is
    at work already it ends at once.
    """
    write_to_standard_error()
    current_app.logger.setLevel(logging.INFO)
    count = work_off()
    click.echo(f"{count} done." if count else "Nothing waits.")
