"""Polar's data frames against the vendor's own vectors (firmware-notes/polar.md, "Data frames")."""

import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.families import FrameError
from sensor.families.polar.frames import PolarDecoder, decode_delta, decode_frame, decode_raw

UNUSABLE_FRAMES = (
    b"",
    b"\x02" * 9,
    b"\x02" + bytes(8) + b"\x7f" + bytes(6),
    b"\x02" + bytes(8) + b"\x82" + bytes(16),
    b"\x02" + bytes(8) + b"\x01",
    b"\x02" + bytes(8) + b"\x01" + bytes(5),
    b"\x02" + bytes(8) + b"\x81" + bytes(5),
    b"\x02" + bytes(8) + b"\x81" + bytes(6) + b"\x00\x04" + bytes(6),
    b"\x02" + bytes(8) + b"\x81" + bytes(6) + b"\x21\x01" + bytes(13),
    b"\x02" + bytes(8) + b"\x81" + bytes(6) + b"\x08",
    b"\x02" + bytes(8) + b"\x81" + bytes(6) + b"\x08\x00",
    b"\x02" + bytes(8) + b"\x81" + bytes(6) + b"\x08\x02" + bytes(5),
    b"\x02" + bytes(512),
)


def encode(counts: np.ndarray, widths: list[int], counts_in: list[int], size: int = 2) -> bytes:
    """The differences of `counts` in blocks of given widths and lengths, as the vendor describes them."""
    out = counts[0].astype(f"<i{size}").tobytes()
    at = 0
    for width, n in zip(widths, counts_in, strict=True):
        bits = "".join(
            format(int(v) & ((1 << width) - 1), f"0{width}b")[::-1]
            for row in np.diff(counts, axis=0)[at : at + n]
            for v in row
        )
        bits += "0" * (-len(bits) % 8)
        out += bytes([width, n]) + bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))
        at += n
    return out


@st.composite
def blocks(draw: st.DrawFn) -> tuple[np.ndarray, list[int], list[int]]:
    widths = draw(st.lists(st.integers(1, 32), min_size=0, max_size=4))
    lengths = [draw(st.integers(1, 20)) for _ in widths]
    rows = [draw(st.lists(st.integers(-500, 500), min_size=3, max_size=3))]
    for width, n in zip(widths, lengths, strict=True):
        low, high = -(1 << (width - 1)), (1 << (width - 1)) - 1
        for _ in range(n):
            step = draw(st.lists(st.integers(low, high), min_size=3, max_size=3))
            rows.append([a + b for a, b in zip(rows[-1], step, strict=True)])
    return np.array(rows, np.int64), widths, lengths


def test_every_vector_of_the_vendor_decodes_bit_for_bit(data: Path) -> None:
    vectors = json.loads((data / "pmd" / "pmd_acc_vectors.json").read_text())
    assert len(vectors) == 5
    for vector in vectors:
        content = bytes.fromhex(vector["hex"])
        wanted = np.array(vector["raw"])
        if vector.get("ts") is None:
            assert np.array_equal(decode_delta(content, resolution_bits=16), wanted), vector["name"]
            continue
        frame = decode_frame(content, vector["factor"])
        assert frame is not None
        assert frame.stamp_ns == vector["ts"]
        assert np.array_equal(frame.counts, wanted), vector["name"]


def test_reference_samples_are_signed_little_endian() -> None:
    content = bytes.fromhex("ffff0000ff7f0080")
    assert decode_delta(content, resolution_bits=16, channels=4).tolist() == [[-1, 0, 32767, -32768]]


def test_the_frame_that_the_vendors_document_prints_decodes_as_far_as_it_is_printed() -> None:
    # Figure 3, Verity Sense: 29 samples of 8 bits are announced, five are printed.
    printed = bytes.fromhex("d0ff6501e40f0805fc07ff0c13f211f11af9eef8ef0c03")
    assert decode_delta(printed, resolution_bits=16).tolist() == [
        [-48, 357, 4068],
        [-52, 364, 4067],
        [-40, 383, 4053],
        [-23, 368, 4079],
        [-30, 350, 4071],
        [-47, 362, 4074],
    ]


@pytest.mark.parametrize(
    ("start", "reference", "told"),
    [
        ("029c58291384577307 81 faff2100f403 063b 83d0ebc6f1ef3af21bfdef", [-6, 33, 1012], "59 samples of 6 bits"),
        ("0200416fc4124593 0a 81 ee021ffe82ff 080a 10da20d6a30b", [750, -481, -126], "10 samples of 8 bits"),
    ],
)
def test_frames_that_people_have_posted_begin_as_they_should(start: str, reference: list[int], told: str) -> None:
    # Vendor's issues #331 and #443: newer firmware without a factor; only the beginnings are known.
    frame = bytes.fromhex(start.replace(" ", ""))
    whole = decode_frame(frame[:16])
    assert whole is not None
    assert whole.counts.tolist() == [reference]
    with pytest.raises(FrameError, match=told):
        decode_frame(frame)


def test_the_vendors_whole_milli_g_are_ours_without_their_fractions(data: Path) -> None:
    vectors = {v["name"]: v for v in json.loads((data / "pmd" / "pmd_acc_vectors.json").read_text())}
    frame = bytes.fromhex(vectors["SDK compressed type0"]["hex"])
    (packet,) = PolarDecoder(factor=2.44e-4).feed(frame, "")
    milli_g = np.trunc(packet.xyz_g[:2].astype(np.float64) * 1000)
    assert milli_g.tolist() == [[464, 6679, -7144], [511, 6654, -7165]]
    assert packet.device_ns == 2_000_000_000


def test_milli_g_keep_their_fractions() -> None:
    # "SDK compressed type0": the vendor cuts 464.82 mg to 464; nothing is cut here.
    frame = bytes.fromhex("02 00943577 00000000 80 7107 f06a 9e8d".replace(" ", ""))
    decoded = decode_frame(frame, 0.000244)
    assert decoded is not None
    assert decoded.counts.tolist() == [[1905, 27376, -29282]]
    (packet,) = PolarDecoder(factor=0.000244).feed(frame, "", 7)
    assert packet.xyz_g[0] == pytest.approx([0.46482, 6.679744, -7.144808], rel=1e-6)
    assert packet.host_ns == 7


def test_type_0x81_counts_in_milli_g() -> None:
    # "SDK compressed type1": 02 66 .. 81 f1ff 1400 f003 | 06 01 7b 0f 08
    (packet,) = PolarDecoder().feed(bytes.fromhex("02660000000000000081f1ff1400f00306017b0f08"), "")
    assert packet.xyz_g.tolist() == pytest.approx(np.array([[-15, 20, 1008], [-20, 17, 1008]]) / 1000)
    assert packet.device_ns == 102


def test_wide_differences_are_read_as_signed_numbers() -> None:
    # Gyroscope vector of the vendor: 32-bit reference, one block of 28-bit differences.
    content = bytes.fromhex("0000803f000020410000a0411c010000a001000008cdccec0d")
    decoded = decode_delta(content, resolution_bits=32)
    reference = np.array([0x3F800000, 0x41200000, 0x41A00000], np.int64)
    step = np.array([0x1A00000, 0x800000, 0xFDECCCCD - (1 << 32)], np.int64)
    assert decoded.astype(np.int64).tolist() == [reference.tolist(), (reference + step).tolist()]


def test_three_bit_differences_cross_bytes() -> None:
    # Gyroscope vector: EA FF 08 00 0D 00 03 01 DF 00 -> (-22, 8, 13) then (-23, 11, 16)
    assert decode_delta(bytes.fromhex("eaff08000d000301df00"), resolution_bits=16).tolist() == [
        [-22, 8, 13],
        [-23, 11, 16],
    ]


def test_a_frame_that_announces_more_than_it_holds_is_refused() -> None:
    # The vendor's document prints this Verity frame only to its middle: 29 samples are announced.
    head = bytes.fromhex("02646c76c43cc67f0780d0ff6501e40f081dfc07ff0c13f211f11af9eef8ef0c0309f2")
    with pytest.raises(FrameError, match="announces 29 samples"):
        decode_frame(head)


@pytest.mark.parametrize("frame", UNUSABLE_FRAMES, ids=range(len(UNUSABLE_FRAMES)))
def test_malformed_frames_are_refused_with_one_error(frame: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frame(frame)


def test_frames_of_other_measurements_are_passed_over() -> None:
    assert decode_frame(bytes([5]) + bytes(20)) is None
    assert PolarDecoder().feed(bytes([5]) + bytes(20), "") == []


def test_a_value_at_the_end_of_the_range_is_marked() -> None:
    frame = b"\x02" + bytes(8) + b"\x01" + struct.pack("<3h", 100, -8000, 3)
    assert PolarDecoder(range_g=8.0).feed(frame, "")[0].clipped
    assert not PolarDecoder(range_g=16.0).feed(frame, "")[0].clipped


@given(st.lists(st.tuples(*[st.integers(-(1 << 23), (1 << 23) - 1)] * 3), min_size=1, max_size=30), st.integers(1, 3))
def test_whole_samples_of_one_two_or_three_bytes_survive(rows: list[tuple[int, int, int]], width: int) -> None:
    shift = 24 - 8 * width
    counts = np.array(rows) >> shift
    content = b"".join(int(v).to_bytes(width, "little", signed=True) for row in counts for v in row)
    assert np.array_equal(decode_raw(content, width), counts)


@given(blocks())
def test_blocks_of_any_width_survive(block: tuple[np.ndarray, list[int], list[int]]) -> None:
    counts, widths, lengths = block
    # Sums beyond 32 bits wrap, as the sensor's own do.
    assert np.array_equal(decode_delta(encode(counts, widths, lengths), resolution_bits=16), counts.astype(np.int32))


@given(st.binary(max_size=60), st.sampled_from([0x00, 0x01, 0x02, 0x80, 0x81]))
def test_any_bytes_give_samples_or_one_error(content: bytes, kind: int) -> None:
    frame = b"\x02" + bytes(8) + bytes([kind]) + content
    try:
        decoded = decode_frame(frame, 1.0)
    except FrameError:
        return
    assert decoded is not None
    assert decoded.counts.shape[1] == 3
    assert 1 <= len(decoded.counts) <= 1400
    assert math.isfinite(float(np.abs(decoded.counts).max()))
