"""Actions: one table feeds menus, buttons, keys, the command palette and the `?` sheet."""

from dataclasses import dataclass
from enum import StrEnum

from gui.i18n import mark


class Needs(StrEnum):
    """What must be there before an action can be used."""

    NOTHING = "nothing"
    """Always usable."""
    SESSION = "session"
    """A running session."""
    DOCUMENT = "document"
    """An open recording."""
    SOMETHING = "something"
    """A session, running or ended, or an open recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a person can do.

    Attributes
    ----------
    id
        Name of the method of `gui.commands.Commands` that does it.
    text, about
        What it is called, and one sentence for the sheet.
    key
        Its key; empty when the palette and the menu are enough.
    group
        Menu it stands in.
    icon
        Drawing in the side bar; empty for what does not stand there.
    needs
        What must be there before it can be used.
    """

    id: str
    text: str
    about: str
    group: str
    key: str = ""
    icon: str = ""
    needs: Needs = Needs.NOTHING


VIEW, SESSION, RECORDING, APP = mark("View"), mark("Session"), mark("Recording"), mark("App")
GROUPS = (VIEW, SESSION, RECORDING, APP)


def _view(id: str, text: str, key: str, about: str, icon: str = "", needs: Needs = Needs.NOTHING) -> Action:  # noqa: A002 - as the field
    return Action(id=id, text=text, key=key, about=about, group=VIEW, icon=icon, needs=needs)


def _session(id: str, text: str, key: str, about: str, needs: Needs = Needs.SESSION) -> Action:  # noqa: A002 - as the field
    return Action(id=id, text=text, key=key, about=about, group=SESSION, needs=needs)


def _recording(id: str, text: str, key: str, about: str, needs: Needs = Needs.DOCUMENT) -> Action:  # noqa: A002 - as the field
    return Action(id=id, text=text, key=key, about=about, group=RECORDING, needs=needs)


def _app(id: str, text: str, key: str, about: str, icon: str = "") -> Action:  # noqa: A002 - as the field
    return Action(id=id, text=text, key=key, about=about, group=APP, icon=icon)


ACTIONS = (
    _view("show_live", mark("Live"), "Ctrl+1", mark("What the sensor sees now."), "live"),
    _view("show_replay", mark("Replay"), "Ctrl+2", mark("A recording, with everything found in it."), "replay"),
    _view("show_library", mark("Library"), "Ctrl+3", mark("Your sessions, and how they change."), "library"),
    _view("show_guide", mark("Guide"), "Ctrl+4", mark("What it looks like, and what to do about it."), "guide"),
    _view(
        "make_report",
        mark("Report"),
        "Ctrl+R",
        mark("Write the report page and open it in the browser."),
        "report",
        Needs.SOMETHING,
    ),
    _view("toggle_bed_mode", mark("Bed mode"), "B", mark("One calm, dark view to be read from two metres.")),
    _view("toggle_theme", mark("Colours"), "T", mark("Change between light and dark colours.")),
    _view("zoom_in", mark("Zoom in"), "+", mark("Show less time of the recording."), needs=Needs.DOCUMENT),
    _view("zoom_out", mark("Zoom out"), "-", mark("Show more time of the recording."), needs=Needs.DOCUMENT),
    _session("choose_sensor", mark("Choose a sensor"), "D", mark("Find sensors around you, and begin."), Needs.NOTHING),
    _session(
        "start_simulated", mark("Simulated leg"), "Ctrl+L", mark("Begin a session on the simulated leg."), Needs.NOTHING
    ),
    _session(
        "guided_session",
        mark("Guided session"),
        "G",
        mark("Be led through a stretch, step by step, and see what each step showed."),
        Needs.NOTHING,
    ),
    _session("mark", mark("Mark"), "M", mark("Drop a marker at the newest sample.")),
    _session("toggle_pause", mark("Pause view"), "P", mark("Freeze the plots and scroll back; the recording goes on.")),
    _session("look_back", mark("Look back"), "PgUp", mark("Scroll the live plots back; the recording goes on.")),
    _session("look_on", mark("Look on"), "PgDown", mark("Scroll the live plots on.")),
    _session("toggle_record", mark("Record"), "R", mark("Begin or end a recording of the raw samples.")),
    _session("next_sensor", mark("Other sensor"), "O", mark("Show the other sensor of the session.")),
    _session("stop_session", mark("Stop"), "S", mark("End the session and show what it looks like.")),
    _recording("open_file", mark("Open"), "Ctrl+O", mark("Open a recording of any supported format."), Needs.NOTHING),
    _recording("toggle_play", mark("Play"), "K", mark("Play or pause the recording.")),
    _recording("jump_back", mark("Back 5 s"), "J", mark("Go five seconds back.")),
    _recording("jump_on", mark("On 5 s"), "L", mark("Go five seconds on.")),
    _recording("step_back", mark("Step back"), ",", mark("Go half a second back: one spectrum.")),
    _recording("step_on", mark("Step on"), ".", mark("Go half a second on: one spectrum.")),
    _recording("previous_event", mark("Event before"), "Shift+N", mark("Go to the event before.")),
    _recording("next_event", mark("Next event"), "N", mark("Go to the next event.")),
    _recording("toggle_loop", mark("Loop"), "I", mark("Play the selected span again and again.")),
    _recording("faster", mark("Faster"), "]", mark("Play at twice the speed.")),
    _recording("slower", mark("Slower"), "[", mark("Play at half the speed.")),
    _recording("play_as_live", mark("Play as live"), "Ctrl+P", mark("Play the recording through the live view.")),
    _recording("annotate", mark("Annotate"), "A", mark("Write a note on the selected span.")),
    _recording("undo", mark("Undo"), "Ctrl+Z", mark("Take the last annotation or label back.")),
    _recording("redo", mark("Redo"), "Ctrl+Shift+Z", mark("Do again what was taken back.")),
    _recording("compare_with", mark("Compare with…"), "Ctrl+T", mark("Put a second recording beside this one.")),
    _recording("export", mark("Export"), "Ctrl+E", mark("Save samples, spectra or findings for other programs.")),
    _recording(
        "copy_picture", mark("Copy picture"), "Ctrl+Shift+C", mark("Copy the window as a picture."), Needs.NOTHING
    ),
    _recording("copy_data", mark("Copy data"), "Ctrl+Shift+D", mark("Copy the samples in view as a table.")),
    _recording(
        "copy_spectrum", mark("Copy spectrum"), "Ctrl+Shift+S", mark("Copy the spectrum of the selection as a table.")
    ),
    _recording("other_sensor", mark("Other sensor of the file"), "", mark("Open the file's next sensor.")),
    _recording(
        "keep_in_library",
        mark("Keep in the library"),
        "",
        mark("Take the open recording into your library, with every sensor that it holds."),
    ),
    _recording(
        "delete_session",
        mark("Delete the session"),
        "",
        mark("Delete the session that is chosen in the library, for good."),
        Needs.NOTHING,
    ),
    _app("check_in", mark("Check-in"), "C", mark("Twenty seconds of questions that sharpen the advice.")),
    _app("analyse_library", mark("Analyse the library"), "", mark("Find out what the sessions show, for the trends.")),
    _app("repair_library", mark("Repair the library"), "", mark("Recover what a crash left behind.")),
    _app("show_palette", mark("Find an action"), "Ctrl+K", mark("Type what you want to do.")),
    _app("show_settings", mark("Settings"), "Ctrl+,", mark("Language, colours, scale, cues.")),
    _app("show_tour", mark("Tour"), "", mark("A short walk around the window on the simulated leg.")),
    _app("show_keys", mark("Keys"), "?", mark("Show every action with its key."), "help"),
    _app("quit_app", mark("Quit"), "Ctrl+Q", mark("End the session and close the window.")),
)
BY_ID = {a.id: a for a in ACTIONS}
