"""Later: a field of a frozen dataclass that is worked out when it is first read.

Most segments of a night are never looked at one by one; what makes their sentences is kept, the sentences are not.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, cast

Value = TypeVar("Value")


class Later(Generic[Value]):
    """A field that takes its value, or what works it out.

    Parameters
    ----------
    usual
        Value when none is given.
    """

    def __init__(self, usual: Value) -> None:
        self._usual = usual
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, item: object | None, owner: type | None = None) -> Value:
        if item is None:
            # So a dataclass asks for the value that a field has when none is given.
            return self._usual
        held = item.__dict__[self._name]
        if callable(held):
            held = item.__dict__[self._name] = held()
        return cast("Value", held)

    def __set__(self, item: object, value: Value | Callable[[], Value]) -> None:
        item.__dict__[self._name] = value


class Worked:
    """What holds such fields: a copy of it, in memory or in a file, holds the values."""

    def __getstate__(self) -> dict[str, Any]:
        """Everything, worked out."""
        return {name: getattr(self, name) for name in self.__dict__}

    @classmethod
    def of(cls, **fields: object) -> Self:
        """Make one of all its fields, none left out: a frozen dataclass sets one after the other, in twice the time."""
        out = object.__new__(cls)
        out.__dict__.update(fields)
        return out

    def but(self, **fields: object) -> Self:
        """Give the same with some fields changed; what is worked out when it is read is not for this."""
        out = object.__new__(type(self))
        out.__dict__.update(self.__dict__, **fields)
        return out
