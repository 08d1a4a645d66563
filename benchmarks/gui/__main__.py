"""What the app costs: drawing, long recordings, packet to pixel, a night's memory, the start (all synthetic).

python -m benchmarks.gui [--only draw,long,latency,night,start] [--seconds 20] [--hours 24] [--night 8]
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.gui.drawing import draw
from benchmarks.gui.latency import latency
from benchmarks.gui.long_recording import long_recording
from benchmarks.gui.night import night
from benchmarks.gui.start import start
from benchmarks.gui.window import Timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="draw,long,latency,night,start")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--night", type=float, default=8.0)
    options = parser.parse_args()
    wanted = options.only.split(",")
    app = Timed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "start" in wanted:
            start(folder)
        if "draw" in wanted:
            draw(app, folder, options.seconds)
        if "latency" in wanted:
            latency(app, folder, options.seconds)
        if "long" in wanted:
            long_recording(app, folder, options.hours)
        if "night" in wanted:
            night(app, folder, options.night)


if __name__ == "__main__":
    main()
