"""The app on a real X server, driven by real key presses and mouse clicks of another program."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ENOUGH_BYTES = 12_000
"""Of a recording with some seconds of samples in it."""
PATIENCE_S = 90.0
"""For a machine that has much else to do."""
needs_screen = pytest.mark.skipif(
    not (sys.platform == "linux" and shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs Xvfb and xdotool",
)


class Person:
    """Presses keys and clicks, and reads the title of the window."""

    def __init__(self, display: str) -> None:
        self.env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.window = ""

    def do(self, *words: str) -> str:
        run = subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        return run.stdout.strip()

    def find(self) -> bool:
        self.window = self.do("search", "--onlyvisible", "--name", "^Tremorscope").partition("\n")[0]
        return bool(self.window)

    def press(self, *keys: str) -> None:
        self.do("windowfocus", "--sync", self.window)
        for key in keys:
            self.do("key", key)

    def click(self, x: int, y: int) -> None:
        self.do("mousemove", "--window", self.window, "--sync", str(x), str(y))
        self.do("click", "1")
        # Away from the button: without a window manager its tool tip takes the next key.
        self.do("mousemove", "--window", self.window, "--sync", "660", "420")

    @property
    def title(self) -> str:
        return self.do("getwindowname", self.window)

    def see(self, words: str) -> None:
        wait(lambda: words in self.title, f"the title is {self.title!r}, not {words!r}")


def wait(until: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


@pytest.fixture
def person() -> Iterator[Person]:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield Person(f":{number}")
    server.terminate()
    server.wait(PATIENCE_S)


@needs_screen
def test_a_first_evening_by_keys_and_mouse_alone(person: Person, home: Path) -> None:
    command = [str(Path(sys.executable).with_name("tremorscope")), "demo", "--home", str(home)]
    with subprocess.Popen(command, env=person.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as app:
        try:
            wait(person.find, "no window came")
            person.see("Live")
            wait((home / "app.lock").exists, "the home has no lock")
            # The tour of the first start: the button that goes on has the keyboard.
            tour_done = lambda: '"tour_done": true' in text_of(home / "settings.json")  # noqa: E731 - asked again and again
            end = time.monotonic() + PATIENCE_S
            while not tour_done() and time.monotonic() < end:
                person.press("space")
                time.sleep(0.3)
            assert tour_done()
            person.press("r")
            wait(lambda: bool(list((home / "recordings").glob("*.part"))), "nothing is recorded")
            person.press("m")
            person.press("b")
            person.see("Bed mode")
            person.press("Escape")
            person.see("Live")
            person.click(32, 222)
            person.see("Library")
            person.press("ctrl+1")
            person.see("Live")
            wait(lambda: size_of_parts(home) > ENOUGH_BYTES, "no samples come")
            person.press("s")
            person.see("Guide")
            assert len(list((home / "recordings").glob("*.mcap"))) == 1
            person.press("ctrl+q")
            assert app.wait(PATIENCE_S) == 0
        finally:
            app.kill()


def size_of_parts(home: Path) -> int:
    return sum(p.stat().st_size for p in (home / "recordings").glob("*.part"))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
