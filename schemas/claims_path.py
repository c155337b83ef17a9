"""Claims path pointers: how a query and a wallet name one claim inside another.

A step is a member name, a position in an array, or ``None`` for every element of an
array. Source: [OID4VP §7].
"""

from collections.abc import Callable, Sequence
from typing import Any

from schemas.errors import InputError

ClaimPath = tuple[str | int, ...]
"""Where one claim is: names, and inside arrays positions as the issuer signed them."""

PathPointer = tuple[str | int | None, ...]
"""Which claims are meant; may name several at once."""


class DcqlError(InputError):
    """A query that is not one, or that cannot be applied to these claims."""

    code = "invalid_dcql"


class _Withheld:
    """The type of ``WITHHELD``."""

    def __repr__(self) -> str:
        return "WITHHELD"


WITHHELD = _Withheld()
"""Stands in an array for an element that was not disclosed, so that the others keep their
positions; never selected."""

_Selected = list[tuple[ClaimPath, Any]]


def resolve_path(claims: dict[str, Any], path: Sequence[str | int | None]) -> _Selected:
    """Each claim that ``path`` selects, with its own path; empty where there is none.

    Both outcomes that the specification calls an error, an empty selection and a step
    that does not fit, mean that the claim is not there; only the second is a reason to
    doubt the query, so only it raises.

    Raises:
        DcqlError: a step of a type that is not allowed, or not fit for what it meets.
    """
    selected: _Selected = [((), claims)]
    for step in path:
        selected = _step_of(step)(selected, step)
    return selected if path else []


def select_path(claims: dict[str, Any], path: Sequence[str | int | None]) -> list[Any]:
    """The values that ``path`` selects; empty where there are none.

    Raises:
        DcqlError: as ``resolve_path``.
    """
    return [value for _, value in resolve_path(claims, path)]


def _step_of(step: object) -> Callable[[_Selected, Any], _Selected]:
    # Types are compared exactly: True is an int to Python, and not to a query.
    if type(step) is str:
        return _member
    if step is None:
        return _every_element
    if type(step) is int and step >= 0:
        return _element
    raise DcqlError(f"a path cannot hold {type(step).__name__} or a negative number")


def _member(selected: _Selected, name: str) -> _Selected:
    if not all(isinstance(value, dict) for _, value in selected):
        raise DcqlError("a path asks for a member of what is no object")
    return [((*path, name), value[name]) for path, value in selected if name in value]


def _element(selected: _Selected, position: int) -> _Selected:
    return [found for found in _every_element(selected, None) if found[0][-1] == position]


def _every_element(selected: _Selected, _: None) -> _Selected:
    if not all(isinstance(value, list) for _, value in selected):
        raise DcqlError("a path asks for elements of what is no array")
    return [
        ((*path, position), element)
        for path, value in selected
        for position, element in enumerate(value)
        if element is not WITHHELD
    ]
