"""Actions and keys: one table feeds the buttons, the shortcuts and the `?` sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a person can do.

    Attributes
    ----------
    id
        Name of the method of the main window that does it.
    text, key
        What it is called, and its key.
    about
        One sentence for the sheet.
    icon
        Sign in the side bar; empty for what stands in the top bar.
    """

    id: str
    text: str
    key: str
    about: str
    icon: str = ""


ACTIONS = (
    Action(id="mark", text="Mark", key="M", about="Drop a marker at the newest sample."),
    Action(id="toggle_pause", text="Pause view", key="P", about="Freeze the plots; the recording goes on."),
    Action(id="toggle_record", text="Record", key="R", about="Begin or end a recording of the raw samples."),
    Action(id="stop_session", text="Stop", key="S", about="End the session and show what it looks like."),
    Action(id="start_simulated", text="Live", key="L", about="Begin a session on the simulated leg.", icon="◉"),
    Action(id="open_file", text="Open", key="Ctrl+O", about="Replay a recording of any supported format.", icon="▶"),
    Action(
        id="make_report",
        text="Report",
        key="Ctrl+R",
        about="Write the HTML report and open it in the browser.",
        icon="▤",
    ),
    Action(id="toggle_theme", text="Colours", key="T", about="Change between light and dark colours.", icon="◐"),
    Action(id="show_keys", text="Keys", key="?", about="Show this sheet.", icon="?"),
)
