"""Speech: cues through the system's own voice; silence where there is none."""

import os
import platform
import shutil
import subprocess

from gui.i18n import spoken

VARIABLE = "TREMORSCOPE_SAYS"
SPEAKERS = {
    "Linux": (("spd-say", "-w", "-l", "{language}"), ("espeak-ng", "-v", "{language}"), ("espeak", "-v", "{language}")),
    "Darwin": (("say",),),
    "Windows": (("powershell", "-NoProfile", "-Command", "{windows}"),),
}
"""Programs of each system that speak; the sentence is their last argument, on Windows a variable of their own."""
WINDOWS = (
    "Add-Type -AssemblyName System.Speech; "
    f"(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($env:{VARIABLE})"
)


class Speaker:
    """Says a sentence once, never two at a time."""

    def __init__(self) -> None:
        self.enabled = False
        self._said = ""
        self._voice: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> list[str] | None:
        """The system's own voice; None where there is none."""
        for name, *options in SPEAKERS.get(platform.system(), ()):
            if (found := shutil.which(name)) is not None:
                return [found, *(o.format(language=spoken(), windows=WINDOWS) for o in options)]
        return None

    def say(self, text: str) -> None:
        """Say a sentence, unless it was the last one, or somebody still speaks."""
        if not self.enabled or text == self._said or (self._voice is not None and self._voice.poll() is None):
            return
        self._said = text
        program = self.program
        if program is None:
            return
        # A sentence is one argument, or a variable: it is never part of a command.
        last = [] if platform.system() == "Windows" else [text]
        try:
            self._voice = subprocess.Popen(  # noqa: S603 - a program of the system
                [*program, *last],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, VARIABLE: text},
            )
        except OSError:
            self.enabled = False
