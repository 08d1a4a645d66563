"""Espruino devices: Bangle.js and Puck.js, with our own program sent at every start (firmware-notes/espruino.md)."""

from sensor.families.espruino.family import EspruinoFamily

__all__ = ["EspruinoFamily"]
