"""Everything a triager can do, in one table: the source of bindings, key hints, help and palette.

An action's id is stable for ever, because users' key maps hold it.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_KEY = "<disabled>"
"""Stands in place of the keys of an action that has none: the name of a key nobody can press."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do with a key.

    Attributes:
        id: `noun.verb`, the name used in the `[keys]` section of the configuration.
        keys: Default keys, comma separated, in Textual's names; `NO_KEY` if there are none.
        does: The Textual action that the key runs.
        label: What it does, as help and palette show it.
        group: Heading under which help lists it.
        hint: One or two words for the bottom line, or "" to leave it out there.
        scope: "list" works in every list and in the detail pane; "facets" only there;
            "triage" anywhere on the main screen; "activity" and "review" on those screens.
        on_case: True if it needs a case under the cursor or marked cases.
        writes: True if it changes cases.
    """

    id: str
    keys: str
    does: str
    label: str
    group: str
    hint: str = ""
    scope: str = "triage"
    on_case: bool = False
    writes: bool = False


def _write(id: str, keys: str, does: str, label: str, hint: str = "") -> Action:
    return Action(id, keys, does, label, "Decide", hint, on_case=True, writes=True)


def _on_activity(
    id: str, keys: str, does: str, label: str, hint: str = "", *, writes: bool = False
) -> Action:
    return Action(
        f"activity.{id}", keys, does, label, "Activity", hint, scope="activity", writes=writes
    )


def _on_review(
    id: str, keys: str, does: str, label: str, hint: str = "", *, writes: bool = False
) -> Action:
    return Action(
        f"review.{id}", keys, does, label, "Hand over", hint, scope="review", writes=writes
    )


_MOVE = (
    Action("list.down", "j,down", "step(1)", "Next row", "Move", scope="list"),
    Action("list.up", "k,up", "step(-1)", "Previous row", "Move", scope="list"),
    Action("list.top", "g,home", "top", "First row", "Move", scope="list"),
    Action("list.bottom", "G,end", "bottom", "Last row, loading the rest", "Move", scope="list"),
    Action("list.half_down", "ctrl+d", "half(1)", "Half a page down", "Move", scope="list"),
    Action("list.half_up", "ctrl+u", "half(-1)", "Half a page up", "Move", scope="list"),
    Action("list.page_down", "pagedown", "page(1)", "A page down", "Move", scope="list"),
    Action("list.page_up", "pageup", "page(-1)", "A page up", "Move", scope="list"),
    Action("pane.next", "l,right,tab", "pane(1)", "Next pane", "Move"),
    Action("pane.previous", "h,left,shift+tab", "pane(-1)", "Previous pane", "Move"),
    Action(
        "case.open",
        "enter",
        "open",
        "Open the case; in its detail: follow a link",
        "Move",
        "open",
        on_case=True,
    ),
    Action("detail.down", "J", "detail(1)", "Scroll the detail down", "Move"),
    Action("detail.up", "K", "detail(-1)", "Scroll the detail up", "Move"),
    Action(
        "detail.next",
        "right_curly_bracket,shift+right",
        "tab(1)",
        "Next section of the case",
        "Move",
    ),
    Action(
        "detail.previous", "left_curly_bracket,shift+left", "tab(-1)", "Section before it", "Move"
    ),
    Action("pane.zoom", "z", "zoom", "Give the pane the whole screen, and back", "Move"),
    Action("pane.larger", "greater_than_sign", "size_pane(1)", "Make the pane larger", "Move"),
    Action("pane.smaller", "less_than_sign", "size_pane(-1)", "Make it smaller", "Move"),
    Action("pane.usual", NO_KEY, "usual_sizes", "Give the panes their usual sizes", "Move"),
    Action("go.back", "escape", "back", "Step back: zoom, marks, focus", "Move"),
)

_FIND = (
    Action("query.edit", "slash", "query", "Edit the query", "Find", "query"),
    Action("query.previous", "minus", "previous_query", "Back to the previous query", "Find"),
    Action("facets.toggle", "b", "facets", "Show or hide the facets", "Find", "facets"),
    Action(
        "facets.only", "enter", "choose", "Only this value, or lift it", "Facets", "only", "facets"
    ),
    Action(
        "facets.exclude",
        "x",
        "exclude",
        "Exclude this value, or lift it",
        "Facets",
        "exclude",
        "facets",
    ),
    Action(
        "facets.add", "space", "add", "This value too (OR), or lift it", "Facets", "or", "facets"
    ),
    Action("list.filter", "f", "filter", "Only loaded rows with these words", "Find"),
    Action("facets.find", "f", "seek", "Find a value of this facet", "Facets", "find", "facets"),
    Action("facets.fold", "o", "fold", "Fold the facet, or unfold it", "Facets", "fold", "facets"),
    Action("facets.arrange", "C", "arrange", "Choose and order the facets", "Facets", "", "facets"),
    Action("facets.cross", "T", "cross", "Count by two fields, as a heat map", "Find"),
    Action("query.by_case", "F", "by_case", "Filter by what this case has", "Find", on_case=True),
    Action(
        "list.walk",
        "L",
        "walk",
        "Triage mode: case by case through this list; again: leave it",
        "Find",
        "triage",
    ),
    Action("list.sort", "S", "sort", "Sort the list", "Find"),
    Action("list.columns", "C", "columns", "Choose the columns, and group the rows", "Find"),
    Action("list.group", NO_KEY, "group", "Group the loaded rows by a field", "Find"),
    Action("list.unseen", "n", "unseen(1)", "Next case that is new or changed", "Find"),
    Action("list.unseen_up", "N", "unseen(-1)", "The one before it", "Find"),
    Action("list.refresh", "r", "refresh", "Read the list again", "Find"),
    Action(
        "list.pause_refresh",
        "ctrl+r",
        "pause_refresh",
        "Do not read the list by itself, or do so again",
        "Find",
    ),
    Action("list.reload", "R", "reload", "Read list, facets, users and detail again", "Find"),
)

_VIEWS = (
    Action("view.next", "right_square_bracket", "view(1)", "Next view", "Views"),
    Action("view.previous", "left_square_bracket", "view(-1)", "Previous view", "Views"),
    *(
        Action(f"view.{n}", f"alt+{n}", f"view_at({n})", f"View number {n}", "Views")
        for n in range(1, 10)
    ),
    Action("view.mine", "t", "mine", "Only my cases, or all again", "Views"),
    Action("view.write", "w", "write_view", "Save the query as a view", "Views", writes=True),
    Action("view.rename", NO_KEY, "rename_view", "Rename the view", "Views", writes=True),
    Action("view.delete", NO_KEY, "delete_view", "Delete the view", "Views", writes=True),
    Action("project.switch", "P", "switch_project", "Work on one project, or on all", "Views"),
    Action("project.list", NO_KEY, "projects", "Projects: look, create, like, delete", "Views"),
)

_MARK = (
    Action(
        "mark.toggle",
        "x,space",
        "mark",
        "Mark the case and move down",
        "Mark",
        "mark",
        on_case=True,
    ),
    Action("mark.range", "V", "mark_range", "Mark from here; again: to here", "Mark", on_case=True),
    Action(
        "mark.all",
        "X",
        "mark_all",
        "Mark all loaded cases; again: all that match; none",
        "Mark",
        on_case=True,
    ),
)

_DECIDE = (
    _write("case.status", "s", "status", "Set a status", "status"),
    _write("case.done", "d", "done", "Done: move to a closed status", "done"),
    _write("case.take", "I", "take", "Take it: assign to me and set in progress", "take"),
    _write("case.assign", "a", "assign", "Assign to somebody", "assign"),
    _write("case.assign_me", "i", "assign_me", "Assign to me"),
    _write("case.unassign", "A", "unassign", "Assign to nobody"),
    *(
        _write(f"priority.p{n}", str(n), f"set_priority('P{n}')", f"Set priority P{n}")
        for n in range(1, 6)
    ),
    _write("priority.none", "0", "set_priority('NOT_DEFINED')", "Set no priority"),
    _write("case.priority", "p", "priority", "Set a priority from a menu", "prio"),
    _write("case.archive", "e", "archive", "Archive, or bring back", "archive"),
    _write("case.comment", "m", "comment", "Comment", "comment"),
    _write("comment.edit", "M", "own_comments", "Change or delete a comment of yours"),
    _write("case.fields", "equals_sign", "fields", "Fields: title, due date, attributes …"),
    _write("case.edit", "E", "external_edit", "Edit title and description in your editor"),
    _write("case.move", "v", "move_project", "Move to another project"),
    _write("case.watch", "W", "watch", "Watch, or stop watching"),
    Action("case.create", "c", "create", "Create a case", "Decide", writes=True),
    Action(
        "case.snooze",
        "Z",
        "snooze",
        "Snooze: hide it here until a time; again: wake it",
        "Decide",
        on_case=True,
    ),
    Action("list.snoozed", NO_KEY, "show_snoozed", "Show snoozed cases, or hide them", "Find"),
    Action(
        "edit.retry",
        "full_stop",
        "repeat",
        "The last decision again, on this case; or what was refused of it",
        "Decide",
        writes=True,
    ),
    Action("edit.undo", "u", "undo", "Undo", "Decide", "undo", writes=True),
    Action("edit.redo", "U", "redo", "Do again what was undone", "Decide", writes=True),
    Action(
        "edit.decide",
        "exclamation_mark",
        "settle",
        "Decide about writes that were not sent",
        "Decide",
        writes=True,
    ),
)

_ACTIVITY = (
    Action("app.activity", "at", "activity", "What was sent, waits, and failed", "Activity"),
    _on_activity("show", "f,tab", "turn(1)", "Show all, failed, pending, one step", "show"),
    _on_activity("find", "slash", "find", "Only entries with a text in them", "find"),
    _on_activity("step", "s", "step", "All cases of the same key press", "step"),
    _on_activity("retry", "r", "retry", "Do it on the case as it is now", "retry", writes=True),
    _on_activity("drop", "d", "drop", "Take it back before it is sent", "drop", writes=True),
    _on_activity("undo", "u", "undo", "Undo what was done", "undo", writes=True),
    _on_activity("copy", "y", "copy", "Copy all that is known of it", "copy"),
    _on_activity("open", "enter,o", "open", "Go to the case", "case"),
    _on_activity("detail_down", "J", "detail(1)", "Scroll the entry down"),
    _on_activity("detail_up", "K", "detail(-1)", "Scroll the entry up"),
    _on_activity("help", "question_mark,f1", "help", "Help: keys, query, signs", "help"),
    _on_activity("close", "escape,q,at", "close", "Step back: the text, the step, the screen"),
)

_REVIEW = (
    Action("app.review", "H", "review", "Review the shift, and hand it over", "Hand over"),
    _on_review("open", "enter", "open", "Look at the case; fold or unfold a heading", "open"),
    _on_review("next", "right_curly_bracket,shift+right", "heading(1)", "Next heading"),
    _on_review("previous", "left_curly_bracket,shift+left", "heading(-1)", "Heading before it"),
    _on_review("fold", "h,left", "fold(True)", "Fold what the cursor is in"),
    _on_review("unfold", "l,right", "fold(False)", "Unfold it"),
    _on_review("fold_all", "z", "fold_all", "Fold everything, or unfold it"),
    _on_review("note", "n", "note", "Note on the case, for whoever comes next", "note"),
    _on_review("notes", "N", "notes", "Notes of your own: near misses, changes, tips", "notes"),
    _on_review(
        "leave_out",
        "space,x",
        "leave_out",
        "Leave out the case or the section, or not",
        "leave out",
    ),
    _on_review("redact", "X", "redact", "Hide titles, comments and addresses, or not"),
    _on_review("window", "t", "window", "Choose the time that it is about", "time"),
    _on_review("query", "slash", "query", "Choose the cases that it is about"),
    _on_review("refresh", "r", "refresh", "Read everything again", "read again"),
    _on_review("preview", "P", "preview", "See the text that is handed over", "preview"),
    _on_review("copy", "c", "copy", "Copy the text as Markdown", "copy"),
    _on_review("write", "w", "write", "Write it to a file", "file"),
    _on_review("comment", "C", "comment", "Add it to a case as a comment", writes=True),
    _on_review("sign", "S", "sign", "Sign off", "sign off"),
    _on_review("case", "L", "case", "Go to the case in the list"),
    _on_review("detail_down", "J", "detail(1)", "Scroll the case down"),
    _on_review("detail_up", "K", "detail(-1)", "Scroll the case up"),
    _on_review("help", "question_mark,f1", "help", "Help: keys, query, signs", "help"),
    _on_review("close", "escape,q,H", "close", "Step back: the reading, the case, the screen"),
)

_REST = (
    Action(
        "case.duplicates",
        "D",
        "duplicates",
        "Similar cases; mark as a duplicate",
        "Decide",
        on_case=True,
    ),
    Action("copy.key", "y", "copy_key", "Copy the case key", "Share", on_case=True),
    Action("copy.url", "Y", "copy_url", "Copy the case's web address", "Share", on_case=True),
    Action("case.browse", "o", "browse", "Open the case in the browser", "Share", on_case=True),
    Action("app.palette", "colon,ctrl+p", "palette", "Find an action by name", "App"),
    Action("app.theme", NO_KEY, "theme", "Theme: choose the colours", "App"),
    Action(
        "app.repaint", "ctrl+l", "repaint", "Paint all again, if something wrote over it", "App"
    ),
    Action("app.tour", NO_KEY, "tour", "Show the tour again", "App"),
    Action("app.help", "question_mark,f1", "help", "Help: keys, query, signs", "App", "help"),
    Action("app.quit", "q", "leave", "Quit; asks while writes are unsent", "App", "quit"),
)

ACTIONS: tuple[Action, ...] = _MOVE + _FIND + _VIEWS + _MARK + _DECIDE + _ACTIVITY + _REVIEW + _REST
"""Every action, in the order in which help lists them."""

MACROS = "Macros"
"""The group of the actions that a person made of others."""

IN_REVIEW = frozenset(
    action.id
    for action in ACTIONS
    if (action.scope == "triage" and action.on_case and action.group in ("Decide", "Share"))
    or action.id in ("edit.retry", "edit.undo", "edit.redo", "edit.decide", "app.activity")
)
"""Actions of the main screen that work on the case under the cursor of the review too."""


def in_review(action: Action) -> bool:
    """True for what works there, as what a person made of such actions does."""
    return action.id in IN_REVIEW or action.group == MACROS


_SCOPES = {action.id: action.scope for action in ACTIONS}


def meet(one: str, other: str) -> bool:
    """True if actions, by their ids, are at hand on the same screen: they cannot share a key."""
    scopes = {_SCOPES.get(one), _SCOPES.get(other)}
    if "activity" in scopes:
        return scopes <= {"activity", "list"}
    if "review" in scopes:
        return scopes <= {"review", "list"} or bool(IN_REVIEW & {one, other})
    return True


def keys_for(digits: str) -> dict[str, str]:
    """What takes the place of default keys, by action ids: digits may be for "views"."""
    if digits != "views":
        return {}
    priorities = [action.id for action in ACTIONS if action.id.startswith("priority.")]
    return {f"view.{n}": str(n) for n in range(1, 10)} | dict.fromkeys(priorities, "")
