"""What happened to a case, newest first: comments and, where they are known, changes of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.style import Style
from rich.text import Text

from triage_tui.models import HistoryEntry, TimelineCell
from triage_tui.text import absolute, ago, clean, plural
from triage_tui.ui.markdown import Markdown
from triage_tui.ui.paragraphs import Paragraph

MOST_TOGETHER = 200_000
"""Characters of all comments together that are laid out in full; later ones are cut short."""

_CUT_SHORT = 500

_LONG = ("title", "description")
"""Fields whose values are too long to stand beside each other."""


@dataclass(frozen=True)
class Timeline:
    """Writes timelines.

    Attributes:
        look: The style of a look by its name (see `looks`).
    """

    look: Callable[[str], Style]
    now: datetime

    def latest(
        self,
        cells: Sequence[TimelineCell] | None,
        most: int,
        *,
        count: int,
        problem: str | None,
    ) -> Iterator[Paragraph]:
        """The newest comments, and how many more there are.

        Args:
            cells: Newest first; None while they are not known.
            problem: Why they could not be read.
        """
        if problem:
            yield self._plain(clean(problem, limit=400), "bad")
        elif not cells:
            yield self._plain("Reading…" if cells is None and count else "None", "dim")
        for number, cell in enumerate((cells or ())[:most]):
            if number:
                yield _EMPTY
            yield from self._comment(cell, MOST_TOGETHER)
        if cells and len(cells) > most:
            yield _EMPTY
            yield self._plain(f"{len(cells) - most:,} older: see Timeline", "dim")

    def merged(
        self,
        cells: Sequence[TimelineCell] | None,
        history: Sequence[HistoryEntry] | None,
        *,
        count: int,
        problem: str | None,
        history_problem: str = "",
        left_out: str = "",
    ) -> Iterator[Paragraph]:
        """Comments and changes by time.

        Args:
            cells: Newest first; None while they are not known.
            history: Oldest first; None while it is not known.
            count: Comments that the case says it has.
            problem, history_problem: Why they could not be read.
            left_out: Said at the end.
        """
        for sentence in filter(None, (problem, history_problem)):
            yield self._plain(clean(sentence, limit=400), "bad")
        if cells is None and count and not problem:
            yield self._plain("Reading…", "dim")
        told = [(cell.created_at, cell) for cell in cells or ()]
        # A comment is shown as it is, so that it was added or edited need not be said again.
        changes = [(one.at, one) for one in reversed(history or ()) if one.field != "comment"]
        room, before = MOST_TOGETHER, False
        both: list[tuple[datetime, TimelineCell | HistoryEntry]] = [*told, *changes]
        both.sort(key=lambda pair: pair[0], reverse=True)
        for number, (_, one) in enumerate(both):
            comment = isinstance(one, TimelineCell)
            if number and (comment or before):
                yield _EMPTY
            before = comment
            if isinstance(one, TimelineCell):
                yield from self._comment(one, room)
                room -= min(room, len(one.message))
            else:
                yield self._change(one)
        if not both and (cells is not None or not count) and not problem:
            yield self._plain("No comments yet", "dim")
        if cells and count > len(cells):
            yield _EMPTY
            yield self._plain(f"{plural(count - len(cells), 'older comment')} not shown", "dim")
        if left_out:
            yield _EMPTY
            yield self._plain(left_out, "faint")

    def _comment(self, cell: TimelineCell, room: int) -> Iterator[Paragraph]:
        head = self._text(clean(cell.author.label, limit=80), "strong")
        if cell.type != "COMMENT":
            head.append(f"  {clean(cell.type, limit=40).replace('_', ' ').lower()}")
        when = f"  {ago(cell.created_at, self.now)} · {absolute(cell.created_at)}"
        edited = cell.modified_at and cell.modified_at != cell.created_at
        yield Paragraph(
            Text(), head.append(when + ("  edited" if edited else ""), self.look("dim"))
        )
        if not cell.message.strip():
            yield self._plain("(empty)", "dim")
            return
        markdown = Markdown(self.look)
        if room > 0:
            yield from markdown.paragraphs(cell.message)
        else:
            yield from markdown.paragraphs(cell.message, _CUT_SHORT)

    def _change(self, entry: HistoryEntry) -> Paragraph:
        text = self._text(clean(entry.by.label if entry.by else "somebody", limit=80), "strong")
        text.append(" ")
        text.append_text(self._told(entry))
        when = f"  {ago(entry.at, self.now)} · {absolute(entry.at)}"
        return Paragraph(self._text("→ ", "dim"), text.append(when, self.look("dim")))

    def _told(self, entry: HistoryEntry) -> Text:
        """What a change did: "priority P3 → P1"."""
        name = clean(entry.field, limit=40).replace("_", " ")
        if entry.field == "created":
            return Text("created the case")
        if entry.field == "archived":
            return Text("archived it" if entry.new else "brought it back from the archive")
        if entry.field == "link":
            words = "linked it: " if entry.new else "took a link away: "
            return Text(words + said(entry.new or entry.old))
        if entry.field == "watcher":
            words = (
                f"made {said(entry.new)} watch it"
                if entry.new
                else (f"made {said(entry.old)} watch it no more")
            )
            return Text(words)
        if entry.field in _LONG and entry.old and entry.new:
            old, new = str(entry.old), str(entry.new)
            if entry.field == "description" or len(old) + len(new) > 120:
                return Text(f"{name} changed, {len(old):,} → {len(new):,} characters")
        text = Text(f"{name} ")
        text.append(said(entry.old), self.look("dim"))
        text.append(" → ", self.look("dim"))
        return text.append(said(entry.new), self.look("emphasis"))

    def _text(self, text: str, look: str) -> Text:
        return Text().append(text, self.look(look))

    def _plain(self, text: str, look: str) -> Paragraph:
        return Paragraph(Text(), self._text(text, look))


_EMPTY = Paragraph(Text(), Text())


def said(value: object, limit: int = 80) -> str:
    """A value as a history has it, in words."""
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, Mapping):
        if "relationship" in value:
            relationship = str(value["relationship"]).replace("_", " ").lower()
            # The beginning of an id is enough to tell two links apart.
            end = f"{value.get('child_entity_type')} {str(value.get('child_entity_id'))[:13]}"
            return clean(f"{relationship} {end.lower()}", limit=limit)
        for name in ("name", "key", "value"):
            if value.get(name):
                return said(value[name], limit)
        return clean(
            "; ".join(f"{key} {said(one, limit)}" for key, one in value.items()), limit=limit
        )
    if isinstance(value, (list, tuple)):
        return clean(", ".join(said(one, limit) for one in value[:20]), limit=limit)
    return clean("not set" if value == "NOT_DEFINED" else str(value), limit=limit)
