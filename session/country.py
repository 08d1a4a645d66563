"""Country: where this machine says it is, for the emergency number; asked of nobody, sent nowhere."""

import os
import re

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX lets one overrule the next."""


def country_here() -> str:
    """Two letters of the locale's country; empty when it names none."""
    chosen = next((value for name in VARIABLES if (value := os.environ.get(name))), "")
    found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", chosen)
    return found[1] if found else ""
