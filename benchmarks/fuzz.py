"""Mutated packets for every sensor family: each gives samples or one defined error, in bounded time and memory.

python -m benchmarks.fuzz [--packets 1000000] [--family NAME ...] [--seed 0]

Packets are cut, lengthened, and have bits flipped, bytes replaced, or pieces of one another; decoders that keep bytes
from one packet to the next are kept for a thousand packets. What is counted as wrong: any other error, values that are
not finite, more samples than a packet can hold, bytes kept without bound.
"""

import argparse
import resource
import struct
import time
from collections.abc import Callable

import numpy as np

from sensor.families import DecodedPacket, Decoder, FrameError
from sensor.families.espruino.frames import EspruinoDecoder, check_of
from sensor.families.generic import described_families
from sensor.families.generic.family import DescribedDecoder
from sensor.families.metamotion import MetaMotionDecoder
from sensor.families.movesense import MovesenseDecoder
from sensor.families.muse import MuseDecoder
from sensor.families.polar.frames import PolarDecoder
from sensor.families.witmotion import WitMotionDecoder

LIFE_PACKETS = 1000
MOST_SAMPLES = 1400 + 170
"""A frame of 512 bytes of one-bit differences, and what a decoder may have kept from the one before."""


def seeds() -> dict[str, tuple[Callable[[], Decoder], list[bytes]]]:
    """A decoder and good packets of each family."""
    rows = np.arange(24, dtype="<i2").reshape(-1, 3)
    body = struct.pack("<HIB", 7, 1000, len(rows)) + rows.tobytes()
    polar_raw = b"\x02" + struct.pack("<Q", 10**18) + b"\x01" + rows.tobytes()
    polar_delta = bytes.fromhex("02660000000000000081f1ff1400f00306017b0f08")
    polar_long = (
        b"\x02" + bytes(8) + b"\x80" + bytes(6) + bytes([7, 40]) + bytes(105) + bytes([10, 20]) + bytes(range(75))
    )
    wit = b"".join(b"\x55\x61" + struct.pack("<9h", *range(i, i + 9)) for i in range(5))
    floats = np.tile(np.array([0.1, 0.2, 9.8], "<f4"), 8).tobytes()
    found: dict[str, tuple[Callable[[], Decoder], list[bytes]]] = {
        "polar": (lambda: PolarDecoder(factor=0.000244, range_g=8.0), [polar_raw, polar_delta, polar_long]),
        "movesense": (
            lambda: MovesenseDecoder(104.0),
            [b"\x02\x63" + struct.pack("<I", 5) + floats, b"\x03\x63" + floats[:24], b"\x01\x63\xc8\x00"],
        ),
        "witmotion": (WitMotionDecoder, [wit, wit[:33], b"\x55\x71" + bytes(18)]),
        "espruino": (
            lambda: EspruinoDecoder(1 / 8192),
            [b"\xf5\x54" + body + bytes([check_of(body)]), b"TS1 50 8192\r\n", body[:9]],
        ),
        "metamotion": (
            lambda: MetaMotionDecoder(8.0),
            [bytes.fromhex("031c62b7530de9fd16d04d0e57028affa1050a01"), bytes.fromhex("030416c494a22ad0")],
        ),
        "muse": (MuseDecoder, [struct.pack(">H9h", 9, *range(9))]),
    }
    for family in described_families():
        frame = family.described.frame
        size = frame.header_bytes + frame.stride * (frame.samples or 4) + frame.trailer_bytes
        found[family.name] = (
            lambda d=family.described: DescribedDecoder(d, d.rate[0].hz),  # type: ignore[misc]
            [bytes(range(size))],
        )
    return found


def mutate(rng: np.random.Generator, good: list[bytes], draws: list[int]) -> bytes:
    """One mutated packet."""
    data = bytearray(good[draws[0] % len(good)])
    for kind, where, what in zip(draws[1::3], draws[2::3], draws[3::3], strict=False):
        size = max(1, len(data))
        match kind % 8:
            case 0 | 1 | 2:
                if data:
                    data[where % size] ^= 1 << (what % 8)
            case 3:
                if data:
                    data[where % size] = what % 256
            case 4:
                del data[where % size :]
            case 5:
                data += bytes([what % 256]) * (where % 40)
            case 6:
                other = good[what % len(good)]
                data[where % size : where % size] = other[: where % (len(other) + 1)]
            case _:
                data = bytearray(rng.bytes(where % 600))
    return bytes(data)


def torment(make: Callable[[], Decoder], good: list[bytes], packets: int, seed: int) -> dict[str, float]:
    """Feed mutated packets; what came of them."""
    rng = np.random.default_rng(seed)
    decoder = make()
    out = {"samples": 0, "empty": 0, "refused": 0, "wrong": 0}
    slowest_s = total_s = 0.0
    most = 0
    numbers: list[list[int]] = []
    for i in range(packets):
        if i % LIFE_PACKETS == 0:
            decoder = make()
            width = 1 + 3 * 3
            numbers = rng.integers(0, 1 << 31, size=(LIFE_PACKETS, width)).tolist()
        draws = numbers[i % LIFE_PACKETS]
        data = mutate(rng, good, draws[: 1 + 3 * (1 + draws[0] % 3)])
        begin = time.perf_counter()
        try:
            decoded = decoder.feed(data, "", i)
        except FrameError:
            decoded = None
        except Exception as error:  # noqa: BLE001 - what is looked for
            out["wrong"] += 1
            print(f"{type(error).__name__}: {error} from {data.hex()}")
            continue
        took = time.perf_counter() - begin
        total_s += took
        slowest_s = max(slowest_s, took)
        if decoded is None:
            out["refused"] += 1
            continue
        found = [p for p in decoded if isinstance(p, DecodedPacket)]
        count = sum(len(p.xyz_g) for p in found)
        most = max(most, count)
        good_values = all(np.isfinite(p.xyz_g).all() for p in found)
        out["wrong"] += not good_values or count > MOST_SAMPLES * 50
        out["samples" if count else "empty"] += 1
    return {**out, "us": 1e6 * total_s / packets, "slowest_ms": 1e3 * slowest_s, "most": most}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.packets} mutated packets a family (synthetic), seed {options.seed}")
    print("| family     | samples |   empty | refused | wrong | mean us | slowest ms | most samples | memory grew |")
    wrong = 0
    for name, (make, good) in seeds().items():
        if options.family and name not in options.family:
            continue
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        r = torment(make, good, options.packets, options.seed)
        grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        wrong += int(r["wrong"])
        print(
            f"| {name:<10} | {r['samples']:7.0f} | {r['empty']:7.0f} | {r['refused']:7.0f} | {r['wrong']:5.0f} "
            f"| {r['us']:7.1f} | {r['slowest_ms']:10.2f} | {r['most']:12.0f} | {grew:8.1f} MB |",
            flush=True,
        )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
