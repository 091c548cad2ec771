"""The resources in a JSON:API document of any size, one after the other."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from triage_tui.errors import TriageError

RECORD_LIMIT = 4 * 1024 * 1024
"""Characters one resource may have."""

_CHUNK = 64 * 1024


class NotADocument(TriageError):
    """What was read is no JSON:API document; the text says where that shows."""


@dataclass(frozen=True, slots=True)
class Record:
    """One resource of a document.

    Attributes:
        place: Where it stands: "data[17]".
        value: What stands there, which may be anything.
    """

    place: str
    value: Any


class Document:
    """A document in a file that can be read from its start again and again.

    Attributes:
        meta: What the document says about itself; known after all records.
        size: Bytes read so far, of the last reading.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.meta: dict[str, Any] = {}
        self.size = 0
        self._file = file

    def records(self) -> Iterator[Record]:
        """The resources in `data` and in `included`, in the order of the document.

        Only one is held at a time.

        Raises:
            NotADocument: When that shows, which may be after many resources.
        """
        self._file.seek(0)
        self.size = 0
        text = _Text(self)
        if text.next() != "{":
            text.fail("It does not begin with {")
        text.take("{")
        found = False
        while (text.next()) != "}":
            name = text.value()
            if not isinstance(name, str):
                text.fail("A name is not a text")
            text.take(":")
            if name in ("data", "included") and text.next() == "[":
                yield from self._listed(name, text)
            elif name == "data":
                text.place = "data"
                one = text.value()
                if one is not None:
                    yield Record("data", one)
            else:
                value = text.value()
                if name == "meta" and isinstance(value, dict):
                    self.meta = value
            found = found or name == "data"
            text.place = f"{name}, which is read to its end" if len(name) < 50 else "a long name"
            if text.next() != ",":
                break
            text.take(",")
        text.take("}")
        if text.next():
            text.fail("There is more after its end")
        if not found:
            raise NotADocument('The document has no "data".')

    def read(self) -> bytes:
        """The next bytes of the file, none at its end."""
        chunk = self._file.read(_CHUNK)
        self.size += len(chunk)
        return chunk

    def _listed(self, name: str, text: _Text) -> Iterator[Record]:
        text.take("[")
        number = 0
        while text.next() != "]":
            text.place = f"{name}[{number}]"
            yield Record(text.place, text.value())
            number += 1
            if text.next() != ",":
                break
            text.take(",")
            if text.next() == "]":
                text.fail("A comma is followed by nothing")
        text.take("]")


class _Text:
    """JSON of which only a part is in memory."""

    def __init__(self, document: Document) -> None:
        self.place = "its start"
        self._document = document
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_constant=_refuse)
        self._text = ""
        self._at = 0
        self._ended = False

    def next(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in " \t\r\n":
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._more()

    def take(self, char: str) -> None:
        """Go past this character."""
        found = self.next()
        if found != char:
            self.fail(f"{char} is missing")
        self._at += 1

    def value(self) -> Any:
        """The next value as a whole."""
        self.next()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                self.fail("It is nested too deep")
            except json.JSONDecodeError as error:
                if self._ended:
                    self.fail(error.msg)
            except ValueError as error:
                self.fail(str(error).partition(";")[0])
            else:
                # A number may go on in what was not read yet.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > RECORD_LIMIT:
                self.fail(f"It has more than {RECORD_LIMIT} characters, or is no JSON")
            # Twice as much each time, so that a long value is not begun too often.
            for _ in range(max(1, (len(self._text) - self._at) // _CHUNK)):
                self._more()

    def fail(self, why: str) -> NoReturn:
        raise NotADocument(f"The document cannot be read at {self.place}: {why}.")

    def _more(self) -> None:
        chunk = self._document.read()
        self._ended = not chunk
        try:
            text = self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            self.fail("It is not UTF-8")
        self._text = self._text[self._at :] + text
        self._at = 0


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
