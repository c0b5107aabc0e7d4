"""Staffing: who works in which department, at what FTE, from when to when."""
