"""The errors that every room raises; the rooms above re-use these instead of inventing their own."""


class TremorscopeError(Exception):
    """Something went wrong that a person can understand; the message says what, with which value, and what to do."""


class InputError(TremorscopeError, ValueError):
    """An argument, a setting or an array is not what the function takes."""


class FileFormatError(TremorscopeError):
    """A file cannot be read: unknown format, damaged beyond saving, or not raw acceleration."""


class UnitError(FileFormatError):
    """The unit of the acceleration is neither in the file nor certain from the data; the caller must name it."""


class RateError(TremorscopeError, ValueError):
    """The sampling rate is missing, absurd, or too low to show tremor."""


class SensorError(TremorscopeError):
    """A sensor cannot be found, connected, started or understood."""


class StorageError(TremorscopeError):
    """A recording, library or settings file cannot be written or opened."""


class MissingExtraError(TremorscopeError, ImportError):
    """A feature needs a package that the base installation leaves out; the message names the extra to install."""
