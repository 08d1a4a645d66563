"""The command line: `tremorscope COMMAND`."""

from tremorscope.cli.app import main

__all__ = ["main"]
