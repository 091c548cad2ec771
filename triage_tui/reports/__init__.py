"""The report of a shift: what it says (`model`), from what (`facts`), and how it is written.

`compose.report_of` makes a `model.Report` of facts, without a clock, a network or a disk: the same
facts give the same report. `editing` lets a person leave out, note and redact before it is handed
over. What writes a report reads the `Report` only.
"""
