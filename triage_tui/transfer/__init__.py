"""Cases from a server into a file, and from a file into a workspace.

The file is a JSON:API document whose resources are those of the API, as the server sent them.
"""

from __future__ import annotations

FORMAT = "triage-tui export"
"""Says in the `meta` of a document who wrote it."""

VERSION = 1
"""Of the document; one with a higher number is not read."""
