"""The simulated limb: a reflex-loop joint, a script of what happens, and a live source that plays it."""

from sensor.simulated.limb import SimulatedSession, TrueEvent, TrueHold, TrueSpan, simulate
from sensor.simulated.script import SCRIPTS, Doing, LimbScript, Step
from sensor.simulated.source import SIMULATED, SIMULATED_HZ, SimulatedSource

__all__ = [
    "SCRIPTS",
    "SIMULATED",
    "SIMULATED_HZ",
    "Doing",
    "LimbScript",
    "SimulatedSession",
    "SimulatedSource",
    "Step",
    "TrueEvent",
    "TrueHold",
    "TrueSpan",
    "simulate",
]
