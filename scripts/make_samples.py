"""Makes the recordings that ship in recordings/samples: the simulated limb, with the truth beside each."""

import json
import sys
from pathlib import Path

import recordings
from dsp import Placement, Samples, Side
from sensor.simulated import SCRIPTS, simulate

FOLDER = Path(__file__).resolve().parents[1] / "recordings" / "samples"
NAMES = ("fatigue", "reflex", "rhythm", "twitches", "calm")
RATE_HZ, SEED = 52.0, 7


def make(folder: Path) -> list[Path]:
    """Write every sample and its truth into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in NAMES:
        found = simulate(SCRIPTS[name], seed=SEED, rate_hz=RATE_HZ)
        made = recordings.Recording(
            path=None,
            format="simulated",
            samples=[Samples(xyz_g=found.xyz_g.round(4), rate_hz=RATE_HZ)],
            rate_hz=RATE_HZ,
            placement=Placement.CALF,
            side=Side.LEFT,
        )
        path = recordings.export("samples", folder / f"simulated-{name}-calf.csv", recording=made)
        truth = {
            "synthetic": True,
            "spans": [[round(s.start_s, 2), round(s.end_s, 2), s.label.value] for s in found.spans],
            "events": [[round(e.onset_s, 3), e.label.value] for e in found.events],
            "holds": [[round(h.start_s, 2), round(h.end_s, 2), round(h.degrees)] for h in found.holds],
        }
        path.with_suffix(".truth.json").write_text(json.dumps(truth, indent=1) + "\n")
        written.append(path)
    return written


if __name__ == "__main__":
    for each in make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(each.name, each.stat().st_size)
