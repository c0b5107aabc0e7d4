"""Sheets: files of lines that become records. Reading, mapping, preview as a difference, apply.

| module | what it knows |
|---|---|
| `files` | a file as a table: what it is, delimiter, quotes, line numbers |
| `encodings` | which bytes stand for which letters: certain, or a question |
| `worksheets`, `worksheet_cells`, `tags` | a spreadsheet: whether it may be read, and its cells as text |
| `limits` | what a file may be at most |
| `days` | how a file writes its days: settled by its lines, or a question |
| `sources` | what was said of a file, and last time of one like it |
| `cells` | how one cell is read |
| `plan` | what a room says of a sheet, and what is going to be stored |
| `mapping` | which column means what, and the questions a file leaves open |
| `questions` | what a file leaves open and a person settles |
| `layout` | lines about no record: headings, sums, the names of the columns again |
| `absent` | stored links that the file lacks: left, ended or deleted |
| `preview` | a file as a plan: each line added, changed, unchanged or refused |
| `apply` | a plan stored whole, or not at all |
| `bulk` | many rows read and written with few statements |
| `words` | a plan in sentences |
| `command` | `flask import` |

Which columns there are, and what a line becomes, stands in the `sheets` of each room.
"""
