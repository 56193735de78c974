"""Tables people keep (CSV, XLSX, ODS) read into rows of named cells. No Django, no database, no clock.

`reading` opens a file, `columns` finds its header, `repairs` reads one cell. What they refuse comes with a sentence.
"""
