"""Backend: which radio bleak uses underneath."""

from typing import Any


def backend_option(backend: type[Any] | None) -> dict[str, Any]:
    """Give the option that has bleak use a backend; none at all for the one that it chooses by itself.

    Left out, it cannot be in the way of a program that has taken bleak's classes over.
    """
    return {} if backend is None else {"backend": backend}
