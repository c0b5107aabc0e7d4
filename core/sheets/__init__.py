"""Sheets: files of lines that become records. Reading, mapping, preview as a difference, apply.

| module | what it knows |
|---|---|
| `files` | bytes: encoding, delimiter, quotes, line numbers |
| `cells` | how one cell is read |
| `plan` | what a room says of a sheet, and what is going to be stored |
| `mapping` | which column means what, and the questions a file leaves open |
| `preview` | a file as a plan: each line added, changed, unchanged or refused |
| `apply` | a plan stored whole, or not at all |
| `bulk` | many rows read and written with few statements |
| `words` | a plan in sentences |
| `command` | `flask import` |

Which columns there are, and what a line becomes, stands in the `sheets` of each room.
"""
