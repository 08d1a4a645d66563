"""Sample clock: when each sample was taken, from the sensor's stamps, its counter, or the arrival of its packets."""

from sensor.clock.sample_clock import ClockHealth, SampleClock, TimedPacket

__all__ = ["ClockHealth", "SampleClock", "TimedPacket"]
