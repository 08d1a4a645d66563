"""Speech: cues through the system's own voice; silence where there is none."""

import platform
import shutil
import subprocess

SPEAKERS = {"Linux": ("spd-say", "espeak-ng", "espeak"), "Darwin": ("say",), "Windows": ()}
"""Programs that speak a sentence given as their argument; Windows has none, so it stays silent there."""


class Speaker:
    """Says a sentence once, never two at a time."""

    def __init__(self) -> None:
        self.enabled = False
        self._said = ""
        self._voice: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> str | None:
        """The system's own voice; None where there is none."""
        for name in SPEAKERS.get(platform.system(), ()):
            if (found := shutil.which(name)) is not None:
                return found
        return None

    def say(self, text: str) -> None:
        """Say a sentence, unless it was the last one, or somebody still speaks."""
        if not self.enabled or text == self._said or (self._voice is not None and self._voice.poll() is None):
            return
        self._said = text
        program = self.program
        if program is None:
            return
        try:
            self._voice = subprocess.Popen(  # noqa: S603 - a program of the system, the sentence as one argument
                [program, text], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            self.enabled = False
