"""Mutated packets for every sensor family: each gives samples or one defined error, in bounded time and memory.

python -m benchmarks.fuzz [--packets 1000000] [--family NAME ...] [--seed 0]

Packets are cut, lengthened, and have bits flipped, bytes replaced, or pieces of one another; decoders that keep bytes
from one packet to the next are kept for a thousand packets. What is counted as wrong: any other error, values that are
not finite or that no sensor shows, more samples than packets can hold, more kept than a decoder may hold back. The
answers of a control point are tormented like packets. Times are of the processor, so that other work does not show.
"""

import argparse
import contextlib
import resource
import struct
import time
from collections.abc import Callable

import numpy as np

from sensor.families import Decoded, DecodedPacket, Decoder, FrameError
from sensor.families.common import MOST_G
from sensor.families.espruino.frames import EspruinoDecoder, check_of
from sensor.families.generic import described_families
from sensor.families.generic.family import DescribedDecoder
from sensor.families.metamotion import MetaMotionDecoder
from sensor.families.movesense import MovesenseDecoder
from sensor.families.muse import MuseDecoder
from sensor.families.polar.control import Answer, factor_of, parse_indication, parse_settings
from sensor.families.polar.frames import PolarDecoder
from sensor.families.witmotion import WitMotionDecoder

LIFE_PACKETS = 1000
MOST_SAMPLES = 50 * 43
"""What Movesense's decoder may hold back until it knows the unit: fifty packets of 512 bytes. Others give at most one
frame of 512 bytes in one-bit differences: 1,400."""
MOST_KEPT = 1024
"""Bytes, or packets, that a decoder may keep for the next packet: two frames."""


COLUMNS = (
    "family       ",
    "samples",
    "  empty",
    "refused",
    "wrong",
    "mean us",
    "slowest ms",
    "most samples",
    "most kept",
    "memory grew",
)


class PolarAnswers(Decoder):
    """The control point's side of Polar's protocol, to be tormented like a decoder; what it says has no samples."""

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        del char, host_ns
        answer = parse_indication(data)
        if isinstance(answer, Answer):
            settings = parse_settings(answer.content)
            factor_of(settings)
        return []


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
        "polar answers": (
            PolarAnswers,
            [
                bytes.fromhex("f0010200000004190032006400c80001011000020302000400 0800".replace(" ", "")),
                bytes.fromhex("f0020200000501 40da7f39".replace(" ", "")),
                bytes.fromhex("010102"),
            ],
        ),
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
    for each in good:
        # What numpy loads with its first use is no matter of the decoder's.
        with contextlib.suppress(FrameError):
            decoder.feed(each, "", 0)
    out = {"samples": 0, "empty": 0, "refused": 0, "wrong": 0}
    slowest_s = total_s = 0.0
    most = kept = 0
    numbers: list[list[int]] = []
    for i in range(packets):
        if i % LIFE_PACKETS == 0:
            kept = max(kept, held_back(decoder))
            decoder = make()
            width = 1 + 3 * 3
            numbers = rng.integers(0, 1 << 31, size=(LIFE_PACKETS, width)).tolist()
        draws = numbers[i % LIFE_PACKETS]
        data = mutate(rng, good, draws[: 1 + 3 * (1 + draws[0] % 3)])
        begin = time.thread_time()
        try:
            decoded = decoder.feed(data, "", i)
        except FrameError:
            decoded = None
        except Exception as error:  # noqa: BLE001 - what is looked for
            out["wrong"] += 1
            print(f"{type(error).__name__}: {error} from {data.hex()}")
            continue
        took = time.thread_time() - begin
        total_s += took
        slowest_s = max(slowest_s, took)
        if decoded is None:
            out["refused"] += 1
            continue
        found = [p for p in decoded if isinstance(p, DecodedPacket)]
        count = sum(len(p.xyz_g) for p in found)
        most = max(most, count)
        # A comparison with NaN is false, so this finds NaN and infinity too.
        good_values = all((np.abs(p.xyz_g) <= MOST_G).all() for p in found)
        out["wrong"] += not good_values or count > MOST_SAMPLES or held_back(decoder) > MOST_KEPT
        out["samples" if count else "empty"] += 1
    return {**out, "us": 1e6 * total_s / packets, "slowest_ms": 1e3 * slowest_s, "most": most, "kept": kept}


def held_back(decoder: Decoder) -> int:
    """Bytes and packets that a decoder keeps for later."""
    return sum(len(v) for v in vars(decoder).values() if isinstance(v, bytes | list))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.packets} mutated packets a family (synthetic), seed {options.seed}")
    print("| " + " | ".join(COLUMNS) + " |")
    print("| " + " | ".join("-" * (len(c) - 1) + ":" for c in COLUMNS) + " |")
    wrong = 0
    for name, (make, good) in seeds().items():
        if options.family and name not in options.family:
            continue
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        r = torment(make, good, options.packets, options.seed)
        grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        wrong += int(r["wrong"])
        print(
            f"| {name:<13} | {r['samples']:7.0f} | {r['empty']:7.0f} | {r['refused']:7.0f} | {r['wrong']:5.0f} "
            f"| {r['us']:7.1f} | {r['slowest_ms']:10.2f} | {r['most']:12.0f} | {r['kept']:9.0f} | {grew:8.1f} MB |",
            flush=True,
        )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
