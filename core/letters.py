"""What Joinery writes to people."""

from core import tickets
from core.mail import Letter, link
from core.models import User


def invitation(user: User, by: str) -> Letter:
    """To somebody who has an account and no password yet."""
    url = link("core.invitation", token=tickets.ticket(tickets.INVITATION, user))
    return Letter(
        user.name,
        user.email,
        "Your account at Joinery",
        f"Hello {user.name},\n\n"
        f"{by} has made an account at Joinery for you. Choose your password here:\n\n"
        f"{url}\n\n"
        "The link works once, for seven days. If you know nothing of this, leave it:\n"
        "nobody can use the account without the link.\n",
    )


def reset(user: User) -> Letter:
    """To somebody who has forgotten the password, or whom an administrator helps."""
    url = link("core.reset_password", token=tickets.ticket(tickets.RESET, user))
    return Letter(
        user.name,
        user.email,
        "A new password for Joinery",
        f"Hello {user.name},\n\n"
        "here you can choose a new password for Joinery:\n\n"
        f"{url}\n\n"
        "The link works once, for an hour. If you did not ask for it, leave it:\n"
        "your password stays as it is.\n",
    )
