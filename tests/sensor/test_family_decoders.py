"""Decoders of every family: documented vectors, round trips, and whatever bytes come."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.families import Decoder, FrameError
from sensor.families.espruino.frames import EspruinoDecoder, check_of
from sensor.families.generic import described_families
from sensor.families.generic.family import DescribedDecoder
from sensor.families.metamotion import MetaMotionDecoder
from sensor.families.movesense import MovesenseDecoder
from sensor.families.muse import ACC, MuseDecoder
from sensor.families.polar.frames import PolarDecoder
from sensor.families.witmotion import WitMotionDecoder

INT16 = st.integers(-32768, 32767)
ROWS = st.lists(st.tuples(INT16, INT16, INT16), min_size=1, max_size=12)
DESCRIBED = {f.name: f.described for f in described_families()}


def described(name: str) -> DescribedDecoder:
    return DescribedDecoder(DESCRIBED[name], DESCRIBED[name].rate[0].hz)


def packet_of(decoder: Decoder, data: bytes, char: str = "") -> np.ndarray:
    (packet,) = decoder.feed(data, char, 5)
    assert packet.host_ns == 5  # type: ignore[union-attr]
    return packet.xyz_g  # type: ignore[union-attr,no-any-return]


# -- documented vectors ---------------------------------------------------------------------------------------------------


def test_witmotions_documented_frame() -> None:
    # firmware-notes/witmotion.md: "55 61 77 02 A8 FE 92 FE ..." is 631, -344, -366 counts of 16 g / 32768.
    xyz_g = packet_of(WitMotionDecoder(), bytes.fromhex("556177 02a8fe92fe060230fecdfff8f053fcabc4".replace(" ", "")))
    assert xyz_g[0] == pytest.approx([0.308, -0.168, -0.179], abs=5e-4)


def test_metamotions_documented_packets() -> None:
    # firmware-notes/metamotion.md: one sample at 4 g, three at 8 g.
    one = packet_of(MetaMotionDecoder(4.0), bytes.fromhex("030416c494a22ad0"))
    assert one[0] == pytest.approx([-1.872, -2.919, -1.495], abs=5e-4)
    three = packet_of(
        MetaMotionDecoder(8.0), bytes.fromhex("031c62b7530de9fd16d04d0e5702 8affa1050a01".replace(" ", ""))
    )
    truth = [[-4.539, 0.833, -0.131], [-2.995, 0.894, 0.146], [-0.029, 0.352, 0.065]]
    assert three == pytest.approx(np.array(truth), abs=5e-4)


def test_muse_sends_big_endian_and_a_packet_counter() -> None:
    data = struct.pack(">H9h", 65535, 16384, 0, -16384, 1, 2, 3, 4, 5, 6)
    (packet,) = MuseDecoder().feed(data, ACC)
    assert packet.xyz_g[0] == pytest.approx([1.0, 0.0, -1.0], abs=1e-4)  # type: ignore[union-attr]
    assert packet.first_counter == 65535 * 3  # type: ignore[union-attr]
    assert MuseDecoder().feed(data, "another characteristic") == []


def test_thingy_takes_the_acceleration_out_of_nine_values() -> None:
    xyz_g = packet_of(described("thingy52"), struct.pack("<9h", 1024, -512, 2048, 9, 9, 9, 9, 9, 9))
    assert xyz_g.tolist() == [[1.0, -0.5, 2.0]]


def test_sensortag_has_the_rotation_first() -> None:
    assert packet_of(described("sensortag"), struct.pack("<9h", 7, 7, 7, 4096, 0, -4096, 7, 7, 7)).tolist() == [
        [1, 0, -1]
    ]


def test_adafruit_sends_metres_a_second_squared() -> None:
    xyz_g = packet_of(described("adafruit"), struct.pack("<3f", 0.0, 9.80665, -4.903325))
    assert xyz_g[0] == pytest.approx([0.0, 1.0, -0.5], abs=1e-6)


def test_our_sketch_sends_counter_and_stamp() -> None:
    data = struct.pack("<HI6h", 65528, 1_000_000, 4096, 0, 0, 0, 4096, 0)
    (packet,) = described("arduino").feed(data, "")
    assert packet.first_counter == 65528  # type: ignore[union-attr]
    assert packet.device_ns == 1_000_000_000  # type: ignore[union-attr]
    assert packet.xyz_g.tolist() == [[1, 0, 0], [0, 1, 0]]  # type: ignore[union-attr]


# -- Movesense: unit, parts ---------------------------------------------------------------------------------------------


def movesense(values: np.ndarray, stamp_ms: int = 1000, *, code: int = 2, reference: int = 0x63) -> bytes:
    return bytes([code, reference]) + struct.pack("<I", stamp_ms) + values.astype("<f4").tobytes()


@pytest.mark.parametrize("unit_per_g", [9.80665, 1000.0])
def test_movesenses_unit_is_told_by_what_it_shows_at_rest(unit_per_g: float) -> None:
    truth = np.array([[0.1, 0.2, 0.97]] * 8)
    assert packet_of(MovesenseDecoder(104.0), movesense(truth * unit_per_g)) == pytest.approx(truth, rel=1e-5)


def test_movesense_packets_wait_until_gravity_shows() -> None:
    decoder = MovesenseDecoder(100.0)
    assert decoder.feed(movesense(np.full((4, 3), 0.01)), "") == []
    packets = decoder.feed(movesense(np.array([[0.0, 0.0, 9.8]] * 4), 1040), "", 9)
    assert len(packets) == 2
    assert packets[1].device_ns == 1_070_000_000  # type: ignore[union-attr]


def test_a_movesense_packet_in_two_parts_is_one_run_of_samples() -> None:
    truth = np.arange(30, dtype=np.float64).reshape(10, 3) + 5
    whole = movesense(truth)
    cut = 6 + 47
    decoder = MovesenseDecoder(100.0)
    first = decoder.feed(whole[:cut], "")
    second = decoder.feed(bytes([3, 0x63]) + whole[cut:], "")
    got = np.concatenate([p.xyz_g for p in (*first, *second)])  # type: ignore[union-attr]
    assert got == pytest.approx(truth / 9.80665, rel=1e-5)
    assert second[0].device_ns == 1_090_000_000  # type: ignore[union-attr]


def test_a_second_part_without_its_first_is_refused() -> None:
    with pytest.raises(FrameError, match="without the first"):
        MovesenseDecoder(100.0).feed(bytes([3, 0x63]) + bytes(12), "")
    decoder = MovesenseDecoder(100.0)
    decoder.feed(movesense(np.ones((1, 3)) * 9)[:-5], "")
    with pytest.raises(FrameError, match="ends within a sample"):
        decoder.feed(bytes([3, 0x63]) + bytes(9), "")


def test_movesense_answers_and_other_subscriptions_are_passed_over() -> None:
    decoder = MovesenseDecoder(100.0)
    assert decoder.feed(bytes([1, 0x63, 200, 0]), "") == []
    assert decoder.feed(movesense(np.ones((1, 3)), reference=0x11), "") == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_floats_that_are_no_acceleration_are_refused(value: float) -> None:
    rows = np.array([[0.0, 0.0, 9.8], [0.0, value, 9.8]])
    decoder = MovesenseDecoder(100.0)
    decoder.feed(movesense(np.array([[0.0, 0.0, 9.8]] * 3)), "")
    with pytest.raises(FrameError, match=r"no numbers|beyond"):
        decoder.feed(movesense(rows), "")
    with pytest.raises(FrameError, match="beyond 100 g"):
        described("adafruit").feed(struct.pack("<3f", 0, value, 0), "")


# -- streams without packet borders -----------------------------------------------------------------------------------


def wit(rows: list[tuple[int, int, int]]) -> bytes:
    return b"".join(b"\x55\x61" + struct.pack("<9h", *row, 0, 0, 0, 0, 0, 0) for row in rows)


def espruino(rows: list[tuple[int, int, int]], counter: int = 0, stamp_ms: int = 0) -> bytes:
    body = struct.pack("<HIB", counter, stamp_ms, len(rows)) + np.array(rows, "<i2").tobytes()
    return b"\xf5\x54" + body + bytes([check_of(body)])


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    out, at, i = [], 0, 0
    while at < len(data):
        step = sizes[i % len(sizes)]
        out.append(data[at : at + step])
        at, i = at + step, i + 1
    return out


def counts_of(decoder: Decoder, parts: list[bytes]) -> list[list[int]]:
    return [row for part in parts for p in decoder.feed(part, "") for row in p.counts.tolist()]  # type: ignore[union-attr]


@given(ROWS, st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_witmotion_frames_survive_any_cut(rows: list[tuple[int, int, int]], sizes: list[int]) -> None:
    got = counts_of(WitMotionDecoder(), pieces(wit(rows), sizes))
    assert got == [list(r) for r in rows]


def test_witmotion_finds_its_way_back_after_lost_bytes() -> None:
    rows = [(i, -i, 2 * i) for i in range(20)]
    data = wit(rows)
    decoder = WitMotionDecoder()
    got = []
    for part in (data[:107], data[113:]):
        got += counts_of(decoder, [part])
    assert len(got) >= 18
    assert got[-1] == [19, -19, 38]


def test_witmotions_answers_to_questions_hold_no_samples() -> None:
    answer = b"\x55\x71" + struct.pack("<H8h", 3, 9, 0, 0, 0, 0, 0, 0, 0)
    assert WitMotionDecoder().feed(answer, "") == []
    assert counts_of(WitMotionDecoder(), [answer + wit([(1, 2, 3)])]) == [[1, 2, 3]]


@given(
    st.lists(ROWS, min_size=1, max_size=4),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.sampled_from([b"", b"TS1 50 8192\r\n", b">", b"=undefined\r\n>"]),
)
def test_espruino_frames_survive_any_cut_and_text_between(
    frames: list[list[tuple[int, int, int]]], sizes: list[int], text: bytes
) -> None:
    data = text + text.join(espruino(rows) for rows in frames)
    assert counts_of(EspruinoDecoder(1 / 8192), pieces(data, sizes)) == [list(r) for rows in frames for r in rows]


def test_an_espruino_frame_tells_counter_and_time() -> None:
    (packet,) = EspruinoDecoder(1 / 8192).feed(espruino([(8192, 0, -8192)], 65535, 4_000_000_000), "", 3)
    assert packet.first_counter == 65535  # type: ignore[union-attr]
    assert packet.device_ns == 4_000_000_000_000_000  # type: ignore[union-attr]
    assert packet.xyz_g.tolist() == [[1, 0, -1]]  # type: ignore[union-attr]


def test_a_damaged_espruino_frame_is_refused_and_the_next_one_read() -> None:
    decoder = EspruinoDecoder(1 / 8192)
    bad = bytearray(espruino([(1, 2, 3)]))
    bad[12] ^= 1
    with pytest.raises(FrameError, match="check byte"):
        decoder.feed(bytes(bad), "")
    assert counts_of(decoder, [espruino([(4, 5, 6)])]) == [[4, 5, 6]]
    impossible = b"\xf5\x54" + bytes(6) + b"\xff" + bytes(30)
    with pytest.raises(FrameError):
        decoder.feed(impossible, "")


# -- round trips of fixed frames ----------------------------------------------------------------------------------------


@given(st.tuples(INT16, INT16, INT16))
def test_fixed_frames_survive(row: tuple[int, int, int]) -> None:
    assert counts_of(described("thingy52"), [struct.pack("<9h", *row, 0, 0, 0, 0, 0, 0)]) == [list(row)]
    assert counts_of(described("microbit"), [struct.pack("<3h", *row)]) == [list(row)]
    assert counts_of(MetaMotionDecoder(8.0), [b"\x03\x04" + struct.pack("<3h", *row)]) == [list(row)]
    assert counts_of(MuseDecoder(), [struct.pack(">H9h", 1, *row, *row, *row)]) == [list(row)] * 3


MAKERS: dict[str, Callable[[], Decoder]] = {
    "polar": lambda: PolarDecoder(factor=0.000244, range_g=8.0),
    "movesense": lambda: MovesenseDecoder(104.0),
    "witmotion": WitMotionDecoder,
    "espruino": lambda: EspruinoDecoder(1 / 8192),
    "metamotion": lambda: MetaMotionDecoder(8.0),
    "muse": MuseDecoder,
    **{name: (lambda n=name: described(n)) for name in DESCRIBED},  # type: ignore[misc]
}
GOOD = {
    "polar": bytes.fromhex("02660000000000000081f1ff1400f00306017b0f08"),
    "movesense": movesense(np.array([[0.0, 0.0, 9.8]] * 3)),
    "witmotion": wit([(1, 2, 3), (4, 5, 6)]),
    "espruino": espruino([(1, 2, 3), (4, 5, 6)]),
    "metamotion": bytes.fromhex("031c62b7530de9fd16d04d0e57028affa1050a01"),
    "muse": struct.pack(">H9h", 7, *range(9)),
    "thingy52": struct.pack("<9h", *range(9)),
    "microbit": struct.pack("<3h", 1, 2, 3),
    "adafruit": struct.pack("<3f", 1.0, 2.0, 9.0),
    "arduino": struct.pack("<HI6h", 1, 2, *range(6)),
    "infinitime": struct.pack("<3h", 1, 2, 3),
    "sensortag": struct.pack("<9h", *range(9)),
}


def test_every_family_has_a_good_frame_here() -> None:
    assert GOOD.keys() == MAKERS.keys()
    for name, make in MAKERS.items():
        assert make().feed(GOOD[name], ""), name


@pytest.mark.parametrize("name", MAKERS)
def test_every_truncation_and_bit_flip_gives_samples_or_one_error(name: str) -> None:
    good = GOOD[name]
    mutants = [good[:n] for n in range(len(good))]
    mutants += [bytes([*good[:i], good[i] ^ (1 << bit), *good[i + 1 :]]) for i in range(len(good)) for bit in range(8)]
    mutants += [good + bytes(n) for n in (1, 7, 600)]
    for mutant in mutants:
        decoder = MAKERS[name]()
        try:
            packets = decoder.feed(mutant, "")
        except FrameError:
            # The decoder stays usable: in a stream of bytes the next frame or the one after it is read.
            assert any(feed_or_nothing(decoder, good) for _ in range(3)), mutant.hex()
            continue
        for packet in packets:
            assert np.isfinite(packet.xyz_g).all()  # type: ignore[union-attr]
            assert packet.xyz_g.shape[1] == 3  # type: ignore[union-attr]


def feed_or_nothing(decoder: Decoder, data: bytes) -> object:
    try:
        return decoder.feed(data, "")
    except FrameError:
        return []


@given(st.sampled_from(sorted(MAKERS)), st.lists(st.binary(max_size=80), max_size=6))
def test_any_bytes_give_samples_or_one_error(name: str, parts: list[bytes]) -> None:
    decoder = MAKERS[name]()
    for part in parts:
        try:
            packets = decoder.feed(part, "")
        except FrameError:
            continue
        assert all(np.isfinite(p.xyz_g).all() for p in packets)  # type: ignore[union-attr]
