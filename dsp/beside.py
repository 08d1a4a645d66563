"""Beside: what goes on beside a short burst, measured in the window without the burst.

One twitch in the midst of a tremor fills the spectrum of all the windows of four seconds that hold it, and makes their
size and their envelope its own. Where the rest of such a window shakes on one frequency, the frame is asked about that;
the twitch itself is found in the time domain. Movement has no frequency of its own beside its largest swings, so that
nothing of it is left out; and a still limb beside a kick is known by `dsp.centre`.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from dsp import centre
from dsp.bridge import Bridge, widened
from dsp.features import burst_features, burst_levels
from dsp.grid import Grid, cut_steps
from dsp.parameters import Parameters
from dsp.rows import ordered, sums
from dsp.steps import sums_of_steps

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Measure = Callable[[Floats, Floats], dict[str, Floats]]
"""From windows, (3, rows, window), g, to their features; fills their spectra, (rows, m)."""

RING_STEPS = 8
"""A twitch rings for 0.3 to 1 s (3-9 Hz), and swells for less."""
LOOKED_AT = ("middle_g", "prominence_db", "crest", "low_rms_g", "centre_g", "centre_low_g")
TOGETHER = 512
"""Frames measured again at once: so many that the calls do not count, so few that memory does not (measured)."""
TINY = np.float32(1e-14)
"""Square of a level that no sensor resolves (0.1 ug)."""


class Beside:
    """Puts what goes on beside bursts in the place of what they make of their windows.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    look, measure
        How the peaks of windows are looked at, and how windows are measured.
    """

    def __init__(self, grid: Grid, parameters: Parameters, look: Measure, measure: Measure) -> None:
        self._grid, self._parameters, self._look, self._measure = grid, parameters, look, measure

    def put(
        self, values: dict[str, Floats], psd: Floats, windows_g: Floats, change: Floats, step_energy: Floats
    ) -> None:
        """Measure frames again that shake beside a burst, each from its own window alone.

        Parameters
        ----------
        values
            Features of frames; those that are found again are overwritten.
        psd
            Their spectra, (frames, m), likewise.
        windows_g
            (3, frames, window), g.
        change
            Squared first differences in these windows, (frames, window), g^2.
        step_energy
            Mean square of the jerk path in each step of them, (frames, steps), g^2.
        """
        rows = self._may_hide(values)
        for at in range(0, len(rows), TOGETHER):
            self._put(rows[at : at + TOGETHER], values, psd, windows_g, change, step_energy)

    def _put(
        self,
        rows: NDArray[np.intp],
        values: dict[str, Floats],
        psd: Floats,
        windows_g: Floats,
        change: Floats,
        step_energy: Floats,
    ) -> None:
        """Measure those of some frames again in which something goes on beside a burst; as `put`."""
        energy = step_energy[rows]
        loud = self._loud_steps(change[rows], energy)
        whole = self._goes_on(energy, loud)
        rows, energy, loud = rows[whole], energy[whole], loud[whole]
        if not len(rows):
            return
        windows_g = np.ascontiguousarray(windows_g[:, rows])
        bridge = Bridge(self._grid, windows_g, loud)
        spectra = np.empty((len(rows), psd.shape[1]), np.float32)
        shakes = self._look(bridge.open(), spectra)
        hidden = shakes["prominence_db"] >= np.float32(self._parameters.entry["prominence_db"])
        hidden &= shakes["share"] >= np.float32(self._parameters.beside["share"])
        hidden &= shakes["peak_hz"] >= np.float32(self._parameters.entry["from_hz"])
        if not hidden.any():
            return
        closed = bridge.closed(shakes["peak_hz"], np.nonzero(hidden)[0])
        rows, energy, loud, spectra = rows[hidden], energy[hidden], loud[hidden], spectra[hidden]
        again = self._measure(closed, spectra)
        typical = np.square(values["middle_g"][rows])[:, None]
        again |= burst_features(burst_levels(np.where(loud, typical, energy)))
        for name, column in again.items():
            values[name][rows] = column
        psd[rows] = spectra

    def _may_hide(self, values: Mapping[str, Floats]) -> NDArray[np.intp]:
        """Find frames in which a burst may hide shaking: it stands out of what is loud itself and has a peak still."""
        p, still = self._parameters.beside, self._parameters.still
        rows = np.nonzero(values["crest"] >= np.float32(p["crest"]))[0]
        if not len(rows):
            return rows
        # The first question leaves few.
        few = {name: values[name][rows] for name in LOOKED_AT}
        may = few["middle_g"] >= np.float32(1e-3 * still["floor_mg"])
        # The power of a burst that is large enough buries any peak.
        least_db = np.where(few["crest"] >= np.float32(p["buries"]), p["buried_db"], p["prominence_db"])
        may &= few["prominence_db"] >= least_db.astype(np.float32)
        may &= ~centre.is_quiet_beside_loud(few, self._parameters)
        return rows[may]

    def _goes_on(self, energy: Floats, loud: Bools) -> Bools:
        """Whether the bursts are short and something goes on beside them, (rows,): the ring of a kick soon is over."""
        p, steps = self._parameters.beside, energy.shape[1]
        typical = ordered(energy)[:, steps // 2]
        quiet = energy < (np.float32(p["quiet"] ** 2) * typical)[:, None]
        bursts, pauses = (sums(part.astype(np.float32)) for part in (loud, quiet & ~loud))
        goes_on = bursts <= np.float32(p["most"] * steps)
        goes_on &= pauses <= np.float32(p["pauses"]) * (np.float32(steps) - bursts)
        return np.asarray(goes_on)

    def _loud_steps(self, change: Floats, energy: Floats) -> Bools:
        """Find the steps of bursts, (rows, steps): well above the typical step, and what rings beside these.

        Second differences are strongest at 8 Hz and would miss a kick of 3 Hz, so that first ones are looked at too.
        """
        p, g = self._parameters.beside, self._grid
        cut = cut_steps(0, energy.shape[1], g)
        moved = sums_of_steps(change[:, : cut.end], cut)
        out = np.zeros(energy.shape, bool)
        for part in (moved / cut.sizes, energy):
            over = part / (ordered(part)[:, part.shape[1] // 2] + TINY)[:, None]
            loud, rings = over > np.float32(p["loud"] ** 2), over > np.float32(p["rings"] ** 2)
            for _ in range(RING_STEPS):
                loud |= widened(loud) & rings
            out |= loud
        return out
