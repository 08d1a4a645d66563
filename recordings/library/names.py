"""Names of files as text: a name is bytes to the system, and not every one is UTF-8."""


def printable(name: str) -> str:
    """Give a name as text that can be printed and stored, bytes that are no UTF-8 in hexadecimal."""
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
