"""Choice: the sensors that a person named, found among those around."""

import threading
from collections.abc import Sequence

import sensor
from dsp import SensorError
from sensor import SensorInfo

SCAN_S = 8.0
"""A worn sensor advertises at least once a second; one that has not shown by then sleeps or is elsewhere."""
RIVALS_S = 4.0
"""How long to go on listening for others that fit as well, once one has been heard for each name."""


def matches(wanted: str, info: SensorInfo) -> bool:
    """Whether `wanted` names a sensor: its address, its name, or a part of either."""
    text = wanted.casefold()
    return text in info.name.casefold() or text in info.key.casefold()


def choose(wanted: str, around: Sequence[SensorInfo]) -> SensorInfo | None:
    """Choose the sensor that `wanted` names; an exact name or address wins over a part of one.

    Parameters
    ----------
    wanted
        A name, an address, or a unique part of one.
    around
        What a scan has found.

    Returns
    -------
    SensorInfo or None
        None while nothing fits.

    Raises
    ------
    SensorError
        When several fit: nobody may stream from a neighbour's sensor by accident.
    """
    fitting = [i for i in around if matches(wanted, i)]
    exact = [i for i in fitting if wanted.casefold() in (i.name.casefold(), i.key.casefold())]
    found = exact or fitting
    if len(found) > 1:
        names = ", ".join(sorted(i.name or i.family for i in found))
        msg = f"{wanted!r} fits {len(found)} sensors ({names}); give more of the name, or the address from the scan"
        raise SensorError(msg)
    return found[0] if found else None


def find_sensors(radio: "sensor.Radio", wanted: Sequence[str], seconds: float = SCAN_S) -> list[SensorInfo]:
    """Look around until every sensor named in `wanted` has shown.

    Parameters
    ----------
    radio
        Scans.
    wanted
        Names, addresses, or unique parts of one; each must fit a sensor of its own.
    seconds
        How long to look at most.

    Returns
    -------
    list of SensorInfo
        In the order of `wanted`.

    Raises
    ------
    RadioError
        When the radio cannot be used; says why and what mends it.
    SensorError
        When one does not show, or a name fits several, or two names fit the same.
    """
    seen: dict[str, SensorInfo] = {}
    rivals = threading.Timer(min(RIVALS_S, seconds), radio.cancel_scan)
    rivals.daemon = True

    def look(info: SensorInfo) -> None:
        seen[info.key] = info
        around = list(seen.values())
        if all(_fits_exactly(name, around) for name in wanted):
            radio.cancel_scan()
        elif rivals.ident is None and all(any(matches(name, i) for i in around) for name in wanted):
            rivals.start()

    try:
        around = radio.scan(seconds, look)
    finally:
        rivals.cancel()
    chosen = []
    for name in wanted:
        info = choose(name, around)
        if info is None:
            others = ", ".join(sorted(i.name or i.family for i in around)) or "nothing that streams acceleration"
            msg = (
                f"{name!r} did not show within {seconds:g} s (around: {others}); wear it or press its button, "
                "close the maker's app, bring it nearer, and look with `tremorscope scan`"
            )
            raise SensorError(msg)
        if info in chosen:
            msg = f"{name!r} names the same sensor twice ({info.name}); name two different ones"
            raise SensorError(msg)
        chosen.append(info)
    return chosen


def _fits_exactly(wanted: str, around: Sequence[SensorInfo]) -> bool:
    """Whether looking on could change nothing: an exact name or address is there."""
    return any(wanted.casefold() in (i.name.casefold(), i.key.casefold()) for i in around)
