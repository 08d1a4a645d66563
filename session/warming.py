"""Warming up: what the analysis needs is loaded while the sensors are still being looked for."""

import threading

import numpy as np

import dsp

WARM_UP_S = 6.0
"""Longer than the longest window (4 s), so that every part of the analysis has run once."""
WARM_UP_HZ = 100.0


def warm_up() -> threading.Thread:
    """Analyse a few seconds of stillness on a thread; the first second of a session would wait for it otherwise.

    Returns
    -------
    threading.Thread
        Ends by itself.
    """
    thread = threading.Thread(target=_analyse_stillness, name="warm-up", daemon=True)
    thread.start()
    return thread


def _analyse_stillness() -> None:
    still_g = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (round(WARM_UP_S * WARM_UP_HZ), 1))
    analyzer = dsp.Analyzer(rate_hz=WARM_UP_HZ, keep_spectra=False)
    analyzer.push(still_g)
    analyzer.finish()
