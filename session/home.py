"""Home: the one folder where library, settings, reports and logs live."""

import os
from dataclasses import dataclass
from pathlib import Path

from dsp import StorageError

ENVIRONMENT_VARIABLE = "TREMORSCOPE_HOME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folders of one person on one machine.

    Attributes
    ----------
    root
        Everything Tremorscope writes without being told where lies below it.
    """

    root: Path

    @property
    def recordings(self) -> Path:
        """Native recordings, one file a session."""
        return self.root / "recordings"

    @property
    def reports(self) -> Path:
        """HTML reports."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """Log files, without personal ids."""
        return self.root / "logs"

    @property
    def settings(self) -> Path:
        """Settings of the app."""
        return self.root / "settings.json"

    @property
    def sensors(self) -> Path:
        """Folder of the person's own generic sensors (TOML)."""
        return self.root / "sensors"

    def make(self, folder: Path) -> Path:
        """Create `folder` (below the home) and return it.

        Raises
        ------
        StorageError
            When it cannot be created; names the way out.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"cannot create the folder {folder}: {error.strerror}; choose another home with --home DIR"
            raise StorageError(msg) from error
        return folder


def find_home(chosen: Path | None = None) -> Home:
    """Home that `chosen`, the environment variable or the platform's custom names, in this order."""
    if chosen is not None:
        return Home(root=chosen.expanduser().absolute())
    if from_environment := os.environ.get(ENVIRONMENT_VARIABLE):
        return Home(root=Path(from_environment).expanduser().absolute())
    from platformdirs import user_data_path  # noqa: PLC0415 - only when nobody names a home

    return Home(root=user_data_path("tremorscope", appauthor=False))
