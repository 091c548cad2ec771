"""What help tells beside the keys: how to write a query, and what the signs mean."""

from __future__ import annotations

from collections.abc import Mapping

from triage_tui.query import FIELDS
from triage_tui.seen import News
from triage_tui.ui.looks import PRIORITY_GLYPHS, STATUS_LOOKS
from triage_tui.ui.widgets.case_list import NEWS_SIGNS

Entries = Mapping[str, Mapping[str, str]]
"""Under each heading what is written, and what it means."""


def query_words() -> Entries:
    """The query language."""
    return {
        "Cases": {
            "disk full": "with both words in title or description",
            '"disk full"': "with exactly these words",
            "status:open": "that are open; or any status, by its name",
            "status:open priority:P1": "that are both",
            "priority:(P1 OR P2)": "that are either",
            "-team:payments": "that are not",
            "-assignee:*": "that have no assignee",
            "title:*time?out*": "with wildcards: * any characters, ? one",
            "created_at:>now-2d": "of the last two days; units m h d w",
            "comment_count:>=5": "with at least five comments",
            "archived:true": "that are archived; others leave them out",
        },
        "Keys": {f"{key}:": field.about for key, field in FIELDS.items()},
        "Beside them": {
            "any other key:": "an attribute of the case: team:, service:, env: …",
            "( )": "group; AND is understood, OR is written",
            "\\": "takes the next character as it is",
        },
    }


def signs() -> Entries:
    """What stands for what."""
    groups = {"SG_OPEN": "open", "SG_IN_PROGRESS": "in progress", "SG_CLOSED": "closed"}
    return {
        "Status": {STATUS_LOOKS[group][0]: name for group, name in groups.items()},
        "Before a case": {
            "✓": "marked: decisions are about all that are",
            "↑": "decided here, not confirmed by the server yet",
            "!": "somebody was faster: there is something to decide",
            NEWS_SIGNS[News.NEW]: "new since you looked last",
            NEWS_SIGNS[News.CHANGED]: "changed since you looked at it",
            NEWS_SIGNS[News.BACK]: "back, because its snooze is over",
            NEWS_SIGNS[News.SNOOZED]: "snoozed: hidden here, unless all that are snoozed are shown",
            "▪": "archived",
        },
        "In its row": {
            " ".join(PRIORITY_GLYPHS.values()): "the priority: the higher, the more urgent",
            "·": "no priority",
            "–": "nobody has it",
            "italic": "it does not belong into the list any more, or is out of date",
            "lit": "it was changed a moment ago, by somebody else",
        },
        "Before a case of the hand-over": {
            "✓": "settled: it does not belong there any more",
            "✎": "you noted something on it",
            "✗": "left out of the text",
        },
        "Elsewhere": {
            "▲ ▼": "what the list is sorted by, and which way",
            "●": "in the facets: chosen",
            "−": "in the facets: excluded",
            "▸": "folded; or the section that is shown",
            "…": "more than there is room for",
        },
    }
