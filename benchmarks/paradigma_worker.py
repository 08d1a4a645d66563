"""paradigma's tremor features on a file of samples, in its own environment: ``FILE HOP_S``.

Runs where Tremorscope is not installed: only numpy, pandas and paradigma are there.
"""

import importlib
import importlib.metadata
import json
import logging
import re
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

RATE_HZ = 100.0


def peak_mb() -> float:
    """Most memory that this process has held since it began; as in `speed_worker`."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def main() -> None:
    logging.disable(logging.CRITICAL)
    pipeline = importlib.import_module("paradigma.pipelines.tremor_pipeline")
    config = importlib.import_module("paradigma.config").TremorConfig()
    imports_mb = peak_mb()
    # It needs a gyroscope: the motion, scaled to the turns of a wrist, stands in for one; the work is the same.
    turns = 100.0 * (np.load(sys.argv[1]) - np.float32([0, 0, 1]))
    frame = pd.DataFrame(turns, columns=[f"gyroscope_{axis}" for axis in "xyz"]).astype(np.float64)
    frame.insert(0, "time", np.arange(len(frame)) / RATE_HZ)
    getattr(config, "_set_sampling_frequency_detected", print)(RATE_HZ)
    config.window_step_length_s = float(sys.argv[2])
    begin = time.process_time()
    pipeline.extract_tremor_features(frame, config)
    features_s = time.process_time() - begin
    version = importlib.metadata.version("paradigma")
    print(json.dumps({"features_s": features_s, "peak_mb": peak_mb() - imports_mb, "version": version}))


if __name__ == "__main__":
    main()
