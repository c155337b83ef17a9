"""What a form says, read without trust: text by name, several values of one name, files.

A name that is missing reads as empty, so a form that somebody made up is refused by the rule
that misses something, in words, and not by the reader.
"""

from typing import Any, Final

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import ClientException
from msgspec import Struct

from schemas.errors import InputError

MAX_TEXT_CHARACTERS: Final = 4_000
"""Of one field; each rule has its own, smaller limit."""
MAX_FILES: Final = 10
"""In one form."""


class AnswerMissingError(InputError):
    """A field is empty; ``sentence`` is a msgid for the page."""

    code = "answer_missing"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class TooManyFilesError(InputError):
    """More files than one form takes; none of them was kept."""

    code = "too_many_files"


class GivenFile(Struct, frozen=True):
    """A file as it was sent; neither its name nor its type has been checked."""

    field: str
    """The name of the form's field it was chosen in."""
    filename: str
    data: bytes


class Form:
    """The fields of one request."""

    def __init__(self, fields: dict[str, list[str]], files: list[GivenFile]) -> None:
        self._fields = fields
        self.files = files
        """Those with anything in them."""

    def text(self, name: str) -> str:
        """The value without spaces around it; of several the last one, as a browser adds it."""
        return self._fields.get(name, [""])[-1][:MAX_TEXT_CHARACTERS].strip()

    def several(self, name: str) -> list[str]:
        """Every value of a name, in the form's order."""
        return [value[:MAX_TEXT_CHARACTERS].strip() for value in self._fields.get(name, [])]

    def number(self, name: str) -> int:
        """A whole number of at most nine digits; -1 for anything else."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.text(name))


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The form of this request; a dependency named ``form``.

    Raises:
        TooManyFilesError: rather than to read some of them and say nothing of the others.
        ClientException: something in it is no text.
    """
    fields: dict[str, list[str]] = {}
    files: list[GivenFile] = []
    given: FormMultiDict = await request.form()
    # Not multi_items(), which gives the names in no order: documents stay as they were sent.
    for name, value in given.items():
        if isinstance(value, UploadFile):
            filename, data = _text(value.filename), await value.read()
            await value.close()
            # A file field that was left empty sends an empty file.
            if data and len(files) <= MAX_FILES:
                files.append(GivenFile(name, filename, data))
        else:
            fields.setdefault(name, []).append(_text(str(value)))
    if len(files) > MAX_FILES:
        raise TooManyFilesError(
            f"one form takes {MAX_FILES} files at most",
            remedy="Nothing was handed in. Send the files in several turns.",
        )
    return Form(fields, files)


def _text(given: str) -> str:
    """As it is: neither a NUL nor half a character can be kept in a register."""
    if "\0" in given or any("\ud800" <= character <= "\udfff" for character in given):
        raise ClientException("what was sent is no text")
    return given
