"""What the tests of the store share."""

from pathlib import Path

import numpy as np

from dsp import Placement, Side
from recordings import Recorder, Recording, StreamMeta

STREAM = StreamMeta(
    label="left", family="test", device="Test", placement=Placement.CALF, side=Side.LEFT, nominal_hz=100.0,
    address="C0:FF:EE:00:00:01", serial="SN-4711",
)  # fmt: skip

FEEDER = """
import sys, time
from pathlib import Path
import numpy as np
from recordings import Recorder, StreamMeta
recorder = Recorder(Path(sys.argv[1]), sensors=[StreamMeta(label="left", nominal_hz=100.0)])
pause, i = float(sys.argv[2]), 0
while True:
    part = (np.arange(i * 10, i * 10 + 10)[:, None] + np.array([0.0, 0.25, 0.5])).astype(np.float32)
    recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0)
    i += 1
    sys.stdout.write(f"{i}\\n")
    sys.stdout.flush()
    time.sleep(pause)
"""
"""A program that records until it is killed; sample n holds n, n + 0.25, n + 0.5, and every packet is told."""


def blocks(seconds: float = 5.0, seed: int = 0) -> list[np.ndarray]:
    """Noise in packets of ten samples."""
    xyz_g = np.random.default_rng(seed).normal(size=(round(100 * seconds), 3)).astype(np.float32)
    return [xyz_g[i : i + 10] for i in range(0, len(xyz_g), 10)]


def record(where: Path, parts: list[np.ndarray], **options: object) -> Path:
    """Record packets that follow on, at 100 Hz."""
    recorder = Recorder(where, sensors=[STREAM], settings={"theme": "dark"}, app_version="0.1", start_ns=10**18)
    for i, part in enumerate(parts):
        recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0, **options)  # type: ignore[arg-type]
    return recorder.close()


def leave_part(final: Path, parts: list[np.ndarray]) -> Path:
    """Make what a program killed after `parts` leaves behind."""
    from recordings.store.protobuf import Packet
    from recordings.store.session_file import SessionFile

    session = SessionFile(final, sensors=[STREAM], head={}, zero_ns=10**18, identify=False)
    for i, part in enumerate(parts):
        packet = Packet(start_s=i * 0.1, rate_hz=100.0, samples=len(part))
        session.add_packet("left", packet, part, arrived_ns=0)
        if i % 5 == 4:
            session.write_chunk()
    session.part.close()
    return session.part.path


def joined(recording: Recording) -> np.ndarray:
    """All samples, gaps left out."""
    parts = [s.xyz_g for s in recording.samples]
    return np.concatenate(parts) if parts else np.empty((0, 3), np.float32)
