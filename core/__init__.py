"""What both rooms need, and what is about the whole application."""
