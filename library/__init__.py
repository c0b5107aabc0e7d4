"""Books: who made which book, in which order, at what royalty."""
