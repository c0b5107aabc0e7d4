"""What was changed, by whom, and how it is taken back: written down with every save.

    recording.py   each save writes down what it changed, from the session, in the same transaction
    reading.py     the history as people read it
    written.py     one change as the history has it
    ahead.py       the history of a long import, written down before its rows are stored, and told with them
    foretold.py    the same of what statements will change
    meanwhile.py   which saves were stored since one looked
    undo.py        one save taken back
    untouched.py   what of a save is taken back by statements
    long.py        a large save taken back as long work

A `ChangeSet` is one save, a `Change` what it did to one record: every fact before and after, as JSON. The
changes of a link are found from both records that it joins (`ChangeSubject`). Names are not written down
beside them but read from the records when the history is shown, so it says today's names.
"""
