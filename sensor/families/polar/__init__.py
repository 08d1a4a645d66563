"""Polar sensors: H10, OH1, Verity Sense, 360 and Loop, over the Polar Measurement Data service."""

from sensor.families.polar.family import PolarFamily

__all__ = ["PolarFamily"]
