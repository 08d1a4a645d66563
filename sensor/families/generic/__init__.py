"""Sensors that a TOML file describes: no code of their own (firmware-notes/generic.md)."""

from sensor.families.generic.family import DescribedFamily, described_families

__all__ = ["DescribedFamily", "described_families"]
