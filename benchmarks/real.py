"""The public recordings as sets of arrays, and real transients pasted into real stillness."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import recordings
from dsp import InputError, TremorscopeError

Floats = NDArray[np.float32]
DAILY = ("Climb_stairs", "Comb_hair", "Drink_glass", "Eat_meat", "Liedown_bed", "Use_telephone", "Walk")
LOGGERS = (
    "skdh/ax6_sample.cwa",
    "ggirread/ax6_testfile.cwa",
    "ggirread/ax3_testfile.cwa",
    "geneactiv-csv/demo_data.csv",
)
LONE_JUMP_S = 7.5, 9.0
"""In the recording of hopping, whose hops before it are a train: from the dip to where the body has settled."""
SENSORS = ("pocket", "chest", "waist", "wrist", "ankle")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One recording of a set."""

    name: str
    xyz_g: Floats
    rate_hz: float
    placement: str = "unknown"


def read(path: Path, placement: str = "unknown", sensor: str | None = None) -> Piece:
    recording = recordings.read(path, sensor=sensor) if sensor else recordings.read(path)
    return Piece(name=path.name, xyz_g=recording.to_array(), rate_hz=recording.rate_hz, placement=placement)


def shaker(data: Path) -> Iterator[tuple[Piece, float]]:
    """Devices of 40 Hz and more on the shaker, with its frequency (7 and 8 Hz are off by a tenth or more: README)."""
    for path in sorted((data / "shaker").glob("*.csv")):
        match = re.search(r"_(\d+)hz_shaken-at-(\d)hz", path.name)
        if match is not None and int(match[1]) >= 40 and 2 <= int(match[2]) <= 6:
            yield read(path), float(match[2])


def activity(data: Path, name: str) -> list[Piece]:
    """A folder of HMP: integers of 0 to 63, g = -1.5 + 3 v / 63, 32 Hz, wrist."""
    return [
        Piece(
            name=p.name, xyz_g=(-1.5 + 3.0 * np.loadtxt(p) / 63.0).astype(np.float32), rate_hz=32.0, placement="wrist"
        )
        for p in sorted((data / "hmp" / name).glob("*.txt"))
    ]


def umafall(data: Path, pattern: str) -> list[Piece]:
    """Files of UMAFall, a piece a sensor that the file has."""
    places = {"pocket": "thigh", "chest": "trunk", "waist": "trunk", "wrist": "wrist", "ankle": "ankle"}
    out = []
    for path in sorted((data / "umafall").glob(pattern)):
        for sensor in SENSORS:
            try:
                out.append(read(path, places[sensor], sensor))
            except (TremorscopeError, InputError):
                continue
    return out


def disturbed(piece: Piece, draws: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Give the recording begun up to 0.5 s later, to 7 % quicker or slower, to 10 % stronger or weaker, and noisier."""
    for _ in range(draws):
        xyz_g = piece.xyz_g[int(rng.integers(0, max(1, round(0.5 * piece.rate_hz)))) :]
        noisy = rng.uniform(0.9, 1.1) * xyz_g + rng.normal(scale=0.003, size=xyz_g.shape)
        yield replace(piece, xyz_g=noisy.astype(np.float32), rate_hz=piece.rate_hz * rng.uniform(0.93, 1.07))


def negatives(data: Path) -> dict[str, list[Piece]]:
    """Sets in which nothing sustained shakes on its own, by the name of their row."""
    vendor = data / "vendor"
    return {
        "daily life, wrist (HMP, 7 activities)": [p for a in DAILY for p in activity(data, a)],
        "desk work, wrist (E4)": [read(vendor / "empatica-e4/ACC.csv", "wrist")],
        "walking and freezing, ankle (Daphnet)": [
            read(data / f"daphnet/{n}.txt", "ankle") for n in ("S01R02", "S03R02", "S03R03")
        ],
        "daily life, loggers (AX3, AX6, GENEActiv)": [read(vendor / name) for name in LOGGERS],
    }


def still(data: Path) -> list[Piece]:
    """Real stillness: a device on a table, and the quietest stretches of worn loggers, desk work and standing."""
    vendor = data / "vendor"
    worn = [vendor / n for n in ("skdh/ax3_sample.cwa", "paradigma/axivity_test_data.CWA", "empatica-e4/ACC.csv")]
    worn += [data / f"daphnet/{n}.txt" for n in ("S01R02", "S03R02")]
    return [cut for path in (vendor / "mims/rest_on_table.csv", *worn) for cut in _quiet_parts(read(path))]


def _quiet_parts(piece: Piece, seconds: float = 10.0, most: int = 8) -> list[Piece]:
    """Cut the quietest pieces of 10 s out of a recording."""
    n = round(seconds * piece.rate_hz)
    cuts = [piece.xyz_g[at : at + n] for at in range(0, len(piece.xyz_g) - n, n)]
    cuts = [c for c in cuts if np.isfinite(c).all()]
    # The largest change within 50 ms: one movement in ten seconds already spoils a piece.
    lag = max(1, round(0.05 * piece.rate_hz))
    restless = [float(np.abs(c[lag:] - c[:-lag]).max()) for c in cuts]
    order = [i for i in np.argsort(restless) if restless[i] < 0.08][:most]
    return [Piece(name=piece.name, xyz_g=cuts[i], rate_hz=piece.rate_hz, placement=piece.placement) for i in order]


def transients(data: Path) -> list[tuple[Floats, float]]:
    """Impacts and starts cut out of real falls and daily life: 0.45 s each, gravity out, peak 1, with their rate.

    A transient is a change of more than 0.4 g in 50 ms that stands three times above the second before it.
    """
    out = []
    pieces = umafall(data, "*") + activity(data, "Liedown_bed") + activity(data, "Use_telephone")
    for piece in (p for p in pieces if p.rate_hz >= 25):
        rate, x = piece.rate_hz, piece.xyz_g.astype(np.float64)
        x = x[np.isfinite(x).all(axis=1)]
        lag = max(1, round(0.05 * rate))
        change = np.linalg.norm(x[lag:] - x[:-lag], axis=1)
        second = round(rate)
        at = second
        while at < len(change) - second:
            if change[at] > 0.4 and change[at] > 3 * change[at - second : at - round(0.2 * rate)].max():
                before = x[at - round(0.3 * rate) : at - round(0.05 * rate)].mean(axis=0)
                cut = x[at - round(0.05 * rate) : at + round(0.4 * rate)] - before
                # The limb comes back to rest: the last part fades out.
                t = np.arange(len(cut)) / rate
                cut = cut * (0.5 + 0.5 * np.cos(np.pi * np.clip((t - 0.2) / 0.25, 0.0, 1.0)))[:, None]
                out.append(((cut / np.linalg.norm(cut, axis=1).max()).astype(np.float32), rate))
                at += second
            at += 1
    return out


def pasted(data: Path, seed: int = 0) -> Iterator[tuple[Piece, list[float]]]:
    """Yield real stillness with real transients of 5 to 20 times its noise, two seconds apart or more, with onsets."""
    rng = np.random.default_rng(seed)
    cuts = transients(data)
    for piece in still(data):
        x, rate = piece.xyz_g.astype(np.float64).copy(), piece.rate_hz
        onsets: list[float] = []
        at_s = 3.0
        while at_s < len(x) / rate - 2.0:
            cut, cut_rate = cuts[int(rng.integers(len(cuts)))]
            seconds = len(cut) / cut_rate
            t = np.arange(round(seconds * rate)) / rate
            wave = np.stack([np.interp(t, np.arange(len(cut)) / cut_rate, cut[:, k]) for k in range(3)], axis=1)
            first = round(at_s * rate)
            local = piece.xyz_g[max(0, first - round(2 * rate)) : first].astype(np.float64)
            noise = float(np.sqrt(((local - local.mean(axis=0)) ** 2).sum(axis=1).mean()))
            size = max(noise, 1e-3) * np.exp(rng.uniform(np.log(5.0), np.log(20.0)))
            x[first : first + len(wave)] += size * wave
            # Nobody sees a start below the noise: the onset is where it stands out of it.
            shown = np.linalg.norm(wave, axis=1) > max(0.2, 2.0 * noise / size)
            onsets.append(at_s + float(np.argmax(shown)) / rate)
            at_s += rng.uniform(2.0, 4.0)
        yield Piece(name=piece.name, xyz_g=x.astype(np.float32), rate_hz=rate, placement=piece.placement), onsets
