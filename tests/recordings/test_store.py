"""The native store: what goes in comes out, bit for bit, with its gaps and notes."""

import json
import struct
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, InputError, Side, StorageError, TimeSource
from recordings import Recorder, StreamMeta


def test_floats_come_back_bit_for_bit_with_what_was_told_of_the_sensor(store: ModuleType, tmp_path: Path) -> None:
    parts = store.blocks()
    parts[3][2] = [np.nan, np.inf, -0.0]
    found = recordings.read(store.record(tmp_path, parts))
    assert store.joined(found).tobytes() == np.concatenate(parts).tobytes()
    assert (found.placement, found.side, found.device, found.nominal_hz) == ("calf", "left", "Test", 100.0)
    assert (found.format, found.unit, found.rate_hz, found.start_ns) == ("native", "g", 100.0, 10**18)
    assert found.details["setting.theme"] == "dark"
    assert found.details["app_version"] == "0.1"
    assert found.warnings == []


@pytest.mark.parametrize("scale_g", [0.000244, 1 / 4096, 1 / 64, 9.80665e-3])
def test_raw_counts_follow_from_the_samples_and_the_scale(store: ModuleType, tmp_path: Path, scale_g: float) -> None:
    counts = np.random.default_rng(0).integers(-32768, 32768, size=(50, 3)).astype(np.int32)
    xyz_g = (counts * scale_g).astype(np.float32)
    found = recordings.read(store.record(tmp_path, [xyz_g], counts=counts, scale_g=scale_g))
    assert found.unit == "counts"
    assert float(found.details["scale_g"]) == scale_g
    assert np.array_equal(np.rint(found.samples[0].xyz_g / np.float64(scale_g)), counts)


def test_counts_that_the_samples_do_not_give_back_are_stored_beside_them(store: ModuleType, tmp_path: Path) -> None:
    counts = np.array([[2**30 + 1, -(2**30) - 3, 7]], np.int32)
    path = store.record(tmp_path, [(counts * 1e-6).astype(np.float32)], counts=counts, scale_g=1e-6)
    packets = [i.packet for i in items(path) if hasattr(i, "packet")]
    assert np.frombuffer(packets[0].counts, "<i4").tolist() == counts[0].tolist()


def items(path: Path) -> list[object]:
    with recordings.NativeFile(path) as file:
        return list(file._items(None))


def test_a_gap_is_exactly_as_long_as_the_time_that_is_missing(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    part = np.ones((10, 3), np.float32)
    recorder.add_samples("left", xyz_g=part, start_s=0.0, rate_hz=100.0)
    recorder.add_samples("left", xyz_g=part, start_s=2.1, rate_hz=100.0, missing_before=200)
    recorder.add_samples("left", xyz_g=part, start_s=2.2, rate_hz=100.0)
    recorder.add_samples("left", xyz_g=part, start_s=9.7, rate_hz=100.0, missing_before=-1)
    found = recordings.read(recorder.close())
    assert [(s.start_s, len(s)) for s in found.samples] == [(0.0, 10), (2.1, 20), (9.7, 10)]
    assert found.gaps == [(pytest.approx(0.1), 2.1), (pytest.approx(2.3), 9.7)]


def test_time_that_jumps_without_a_word_is_a_gap_and_jitter_is_none(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    part = np.ones((10, 3), np.float32)
    for start_s in (0.0, 0.12, 0.19, 0.3, 5.0, 5.1):
        recorder.add_samples("left", xyz_g=part, start_s=start_s, rate_hz=100.0)
    found = recordings.read(recorder.close())
    assert [(s.start_s, len(s)) for s in found.samples] == [(0.0, 40), (5.0, 20)]


def test_the_rate_of_a_long_recording_is_that_of_its_own_times(store: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    for i in range(1200):
        start_s = i * 10 / 98.7 + rng.uniform(0, 0.02)
        recorder.add_samples("left", xyz_g=np.zeros((10, 3), np.float32), start_s=start_s, rate_hz=100.0)
    found = recordings.read(recorder.close())
    assert found.rate_hz == pytest.approx(98.7, rel=1e-4)
    assert len(found.samples) == 1


def test_markers_and_links_count_from_the_first_sample(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    recorder.add_link("left", state="connecting", reason="asked", time_s=0.0)
    recorder.add_samples("left", xyz_g=np.ones((10, 3), np.float32), start_s=60.0, rate_hz=100.0)
    recorder.add_marker(61.5, "ouch")
    before_ns = time.time_ns()
    path = recorder.close()
    found = recordings.read(path)
    assert found.samples[0].start_s == 0.0
    assert [(m.start_s, m.text, m.kind) for m in found.markers] == [
        (0.0, "connecting: asked", "link"),
        (1.5, "ouch", "marker"),
    ]
    # Nobody named the start: the first samples had just been measured when they came.
    assert found.start_ns is not None
    assert abs(found.start_ns - before_ns) < 30e9
    assert found.samples[0].start_ns == found.start_ns


def test_notes_of_every_topic_are_kept_and_not_a_number_becomes_null(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    recorder.add_samples("left", xyz_g=np.ones((100, 3), np.float32), start_s=0.0, rate_hz=100.0)
    recorder.add_json("advice", 0.5, {"text": "rest", "value": float("nan"), "parts": [1, float("inf")]})
    recorder.add_status("left", {"battery": 80})
    with recordings.NativeFile(recorder.close()) as file:
        assert file.notes() == [
            ("/advice", {"time_s": 0.5, "text": "rest", "value": None, "parts": [1, None]}),
            ("/status/left", {"time_s": 1.0, "battery": 80}),
        ]


def test_two_sensors_share_one_clock(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM, StreamMeta(label="right", side=Side.RIGHT)])
    for label, start_s in (("left", 3.0), ("right", 3.25)):
        recorder.add_samples(label, xyz_g=np.full((10, 3), start_s, np.float32), start_s=start_s, rate_hz=100.0)
    path = recorder.close()
    left, right = recordings.read(path), recordings.read(path, sensor="right")
    assert left.sensors == ("left", "right")
    assert left.warnings == ["several sensors: left, right; left was chosen (--sensor)"]
    assert [(r.sensor, r.warnings) for r in recordings.read_every(path)] == [("left", []), ("right", [])]
    assert (left.samples[0].start_s, right.samples[0].start_s) == (0.0, 0.25)
    assert right.side is Side.RIGHT
    assert right.samples[0].xyz_g[0, 0] == 3.25
    with pytest.raises(FileFormatError, match="no sensor 'nose'"):
        recordings.read(path, sensor="nose")


def test_a_sensor_that_joins_late_is_recorded_too(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    for i, label in enumerate(("left", "right", "left", "right")):
        recorder.add_samples(label, xyz_g=np.full((10, 3), i, np.float32), start_s=(i // 2) * 0.1, rate_hz=100.0)
    path = recorder.close()
    assert store.joined(recordings.read(path, sensor="right"))[:, 0].tolist() == [1.0] * 10 + [3.0] * 10


def test_neither_address_nor_serial_is_in_the_file_unless_asked_for(store: ModuleType, tmp_path: Path) -> None:
    content = store.record(tmp_path, store.blocks(1.0)).read_bytes()
    assert b"C0:FF:EE" not in content
    assert b"SN-4711" not in content
    recorder = Recorder(tmp_path, sensors=[store.STREAM], identify=True)
    assert b"SN-4711" in recorder.close().read_bytes()


def test_host_times_and_clipping_are_told(store: ModuleType, tmp_path: Path) -> None:
    path = store.record(tmp_path, store.blocks(1.0), time_source=TimeSource.HOST, clipped=True)
    found = recordings.read(path)
    assert found.samples[0].quality.time_source is TimeSource.HOST
    assert found.warnings == ["10 packets hold samples at the end of the sensor's range"]


def test_what_the_session_is_comes_before_the_first_sample(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM], start_ns=10**18)
    try:
        found = recordings.read(recorder.path)
    finally:
        recorder.close()
    assert found.samples == []
    assert (found.placement, found.side, found.start_ns) == ("calf", "left", 10**18)


def test_two_recordings_of_one_second_get_different_names(store: ModuleType, tmp_path: Path) -> None:
    a, b = (store.record(tmp_path, store.blocks(0.5)) for _ in range(2))
    assert a != b
    assert a.name.endswith("_left-calf.mcap")


def test_a_name_can_be_chosen_and_is_never_overwritten(store: ModuleType, tmp_path: Path) -> None:
    first = store.record(tmp_path / "mine.mcap", store.blocks(0.5))
    assert first == tmp_path / "mine.mcap"
    second = store.record(tmp_path / "mine.mcap", store.blocks(0.7))
    assert second != first
    assert len(store.joined(recordings.read(first))) == 50
    assert len(store.joined(recordings.read(second))) == 70


def test_closing_twice_gives_the_same_file_and_later_samples_are_ignored(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    path = recorder.close()
    recorder.add_marker(0.0, "too late")
    assert recorder.close() == path == recorder.path
    assert recorder.status().problem == ""


@pytest.mark.parametrize(
    ("shape", "start_s", "rate_hz"), [((10, 2), 0.0, 100.0), ((10, 3), float("nan"), 100.0), ((10, 3), 0.0, 0.0)]
)
def test_samples_without_shape_time_or_rate_are_refused(
    store: ModuleType, tmp_path: Path, shape: tuple[int, int], start_s: float, rate_hz: float
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    with pytest.raises(InputError, match="samples must be"):
        recorder.add_samples("left", xyz_g=np.ones(shape, np.float32), start_s=start_s, rate_hz=rate_hz)
    recorder.add_samples("left", xyz_g=np.ones((0, 3), np.float32), start_s=0.0, rate_hz=100.0)
    assert recordings.read(recorder.close()).samples == []


def test_a_folder_that_cannot_be_written_is_told(store: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        Recorder(tmp_path / "file", sensors=[store.STREAM])


def test_progress_goes_from_nothing_upwards(store: ModuleType, tmp_path: Path) -> None:
    told: list[float] = []
    recordings.read_native(store.record(tmp_path, store.blocks(20.0)), progress=told.append)
    assert told[0] == 0.0
    assert max(told) < 1.0


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 10.0), (3.333, 4.444), (17.0, 27.0), (59.5, 70.0), (61.0, 62.0)])
def test_a_window_holds_what_the_whole_holds_there(
    store: ModuleType, tmp_path: Path, start_s: float, end_s: float
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    parts = store.blocks(60.0)
    for i, part in enumerate(parts):
        if not 200 <= i < 230:
            missing = 300 if i == 230 else 0
            recorder.add_samples("left", xyz_g=part, start_s=5.0 + i * 0.1, rate_hz=100.0, missing_before=missing)
    path = recorder.close()
    whole = recordings.read(path)
    wanted = [
        (t, tuple(row))
        for run in whole.samples
        for t, row in zip(run.start_s + np.arange(len(run)) / 100.0, run.xyz_g, strict=True)
        if start_s - 1e-6 <= t < end_s - 1e-6
    ]
    got = [
        (t, tuple(row))
        for run in recordings.window(path, start_s, end_s)
        for t, row in zip(run.start_s + np.arange(len(run)) / 100.0, run.xyz_g, strict=True)
    ]
    assert [row for _, row in got] == [row for _, row in wanted]
    assert np.allclose([t for t, _ in got], [t for t, _ in wanted])
    with pytest.raises(InputError, match="must end after"):
        recordings.window(path, end_s, start_s)


def test_a_window_of_an_unfinished_file_is_read_too(store: ModuleType, tmp_path: Path) -> None:
    part = store.leave_part(tmp_path / "a.mcap", store.blocks(5.0))
    (run,) = recordings.window(part, 1.0, 2.0)
    assert np.array_equal(run.xyz_g, np.concatenate(store.blocks(5.0))[100:200])


def test_the_totals_at_the_end_agree_with_the_samples(store: ModuleType, tmp_path: Path) -> None:
    path = store.record(tmp_path, store.blocks(5.0))
    with recordings.NativeFile(path) as file:
        totals = file.totals["left"]
    assert (totals.samples, totals.first_s, totals.gaps, totals.rate_hz) == (500, 0.0, 0, 100.0)
    assert totals.last_s == pytest.approx(5.0)


def test_another_programs_mcap_is_refused(tmp_path: Path) -> None:
    from mcap.writer import Writer

    path = tmp_path / "other.mcap"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start("ros2", "other")
        writer.add_metadata("tremorscope", {"start_ns": "1"})
        writer.finish()
    with pytest.raises(FileFormatError, match="another program"):
        recordings.read(path)
    with pytest.raises(FileFormatError, match="cannot open"):
        recordings.NativeFile(tmp_path / "absent.mcap")


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data: bytes) -> list[tuple[int, object]]:
    """Decode protobuf without a schema: (field number, value)."""
    found, at = [], 0
    while at < len(data):
        tag, at = varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = 8 if wire == 1 else 4
            value, at = data[at : at + size], at + size
        found.append((tag >> 3, value))
    return found


def test_a_general_mcap_reader_finds_every_sample_at_its_time_with_a_schema(store: ModuleType, tmp_path: Path) -> None:
    from mcap.reader import make_reader

    parts = store.blocks(3.0)
    path = store.record(tmp_path, parts, counts=np.full((10, 3), 2**30, np.int32), scale_g=0.1)
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        assert {c.topic for c in summary.channels.values()} == {"/session", "/marker", "/packet/left", "/accel/left"}
        got = [(m.log_time, m.data) for _, _, m in reader.iter_messages(topics=["/accel/left"])]
        notes = [json.loads(m.data) for _, _, m in reader.iter_messages(topics=["/session"])]
        packet = next(m.data for _, _, m in reader.iter_messages(topics=["/packet/left"]))
        schemas = {s.name: s for s in summary.schemas.values()}
    assert summary.statistics.channel_message_counts[4] == 300
    assert [t for t, _ in got] == [10**18 + i * 10**7 for i in range(300)]
    rows = np.array([[struct.unpack("<f", v)[0] for _, v in fields(data)] for _, data in got], np.float32)
    assert np.array_equal(rows, np.concatenate(parts))
    assert notes[0]["stream/left"]["placement"] == "calf"
    # The schema describes exactly what the bytes hold.
    described = schemas["tremorscope.Packet"]
    assert described.encoding == "protobuf"
    (file_proto,) = [v for n, v in fields(described.data) if n == 1]
    proto = fields(file_proto)
    assert (2, b"tremorscope") in proto
    assert (12, b"proto3") in proto
    named = {}
    for n, message in proto:
        if n == 4:
            inner = fields(message)
            named[inner[0][1]] = [dict(fields(f)) for k, f in inner if k == 2]
    assert [f[1] for f in named[b"Acceleration"]] == [b"x_g", b"y_g", b"z_g"]
    assert [f[3] for f in named[b"Packet"]] == list(range(1, 11))
    wire_of = {1: 1, 2: 5, 5: 0, 7: 5, 8: 0, 15: 5, 16: 1}
    tags = {f[3]: wire_of[f[5]] for f in named[b"Packet"]}
    tags[10] = 2  # repeated numbers are packed
    assert [(n, tags[n]) for n, _ in fields(packet)] == [(n, tags[n]) for n in range(1, 11)]


def test_the_viewers_own_decoders_read_samples_packets_and_notes(store: ModuleType, tmp_path: Path) -> None:
    """PlotJuggler and Foxglove decode by the schema in the file, as `mcap` and `protobuf` do together here."""
    from mcap.reader import make_reader

    decoders = pytest.importorskip("mcap_protobuf.decoder")
    parts = store.blocks(2.0)
    recorder = Recorder(tmp_path, sensors=[store.STREAM], start_ns=10**18, analysis_version="2026.1")
    for i, part in enumerate(parts):
        recorder.add_samples(
            "left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0, counts=np.full((10, 3), i, np.int32), scale_g=0.1,
            missing_before=3 if i == 7 else 0, device_ns=i + 1, host_ns=1000 + i, clipped=i == 4,
        )  # fmt: skip
    recorder.add_marker(1.5, "began to stretch")
    recorder.add_link("left", state="lost", reason="out of reach", time_s=1.6)
    recorder.add_status("left", {"battery_percent": 80}, time_s=1.7)
    path = recorder.close()
    with path.open("rb") as file:
        reader = make_reader(file, decoder_factories=[decoders.DecoderFactory()], validate_crcs=True)
        samples = [
            (m.log_time, d.x_g, d.y_g, d.z_g) for _, _, m, d in reader.iter_decoded_messages(topics=["/accel/left"])
        ]
        packets = [d for *_, d in reader.iter_decoded_messages(topics=["/packet/left"])]
        notes = {
            c.topic: json.loads(m.data)
            for _, c, m in reader.iter_messages(topics=["/marker", "/link/left", "/status/left"])
        }
        about = {m.name: m.metadata for m in reader.iter_metadata()}
    assert np.array_equal(np.array([s[1:] for s in samples], np.float32), np.concatenate(parts))
    assert [s[0] for s in samples] == sorted(s[0] for s in samples)
    assert [p.device_ns for p in packets] == list(range(1, 21))
    assert [p.host_ns for p in packets] == list(range(1000, 1020))
    assert [p.missing_before for p in packets] == [3 if i == 7 else 0 for i in range(20)]
    assert [list(p.counts) for p in packets] == [[i] * 30 for i in range(20)]
    assert {p.scale_g for p in packets} == {0.1}
    assert [p.clipped for p in packets] == [i == 4 for i in range(20)]
    assert notes["/marker"] == {"time_s": 1.5, "text": "began to stretch"}
    assert notes["/link/left"]["state"] == "lost"
    assert notes["/status/left"]["battery_percent"] == 80
    assert about["tremorscope"]["analysis_version"] == "2026.1"
    assert about["stream/left"]["placement"] == "calf"


def test_a_span_alone_holds_the_same_samples_at_the_same_times_as_the_whole(store: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    recorder = Recorder(tmp_path / "a.mcap", sensors=[store.STREAM], start_ns=10**18)
    for i, part in enumerate(store.blocks(90.0)):
        # A sensor's own stamps wander by milliseconds around its rate.
        recorder.add_samples("left", xyz_g=part, start_s=5.0 + i * 0.1 + rng.normal(scale=0.003), rate_hz=100.0)
    path = recorder.close()
    (whole,) = recordings.read(path).samples
    for start_s, end_s in ((30.0, 41.5), (-np.inf, 7.25), (80.0, np.inf), (0.0, 0.013)):
        found = recordings.read_span(path, start_s, end_s)
        assert found is not None
        (part,) = found.samples
        times_s = whole.start_s + np.arange(len(whole)) / whole.rate_hz
        wanted = (times_s >= start_s - 1e-9) & (times_s < end_s - 1e-9)
        assert np.array_equal(part.xyz_g, whole.xyz_g[wanted])
        assert part.start_s == pytest.approx(times_s[wanted][0], abs=1e-9)
        assert (found.rate_hz, found.side, found.placement) == (whole.rate_hz, "left", "calf")


def test_a_span_that_does_not_tell_its_times_alone_has_the_whole_read(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "gap.mcap", sensors=[store.STREAM], start_ns=10**18)
    for i, part in enumerate(store.blocks(20.0)):
        recorder.add_samples("left", xyz_g=part, start_s=i * 0.1 + (4.0 if i > 90 else 0.0), rate_hz=100.0)
    assert recordings.read_span(recorder.close(), 2.0, 3.0) is None
    even = store.record(tmp_path / "even.mcap", store.blocks())
    assert recordings.read_span(even, 100.0, 101.0) is None
    assert recordings.read_span(store.leave_part(tmp_path / "cut.mcap", store.blocks()), 1.0, 2.0) is None
    (tmp_path / "text.csv").write_text("x,y,z\n")
    assert recordings.read_span(tmp_path / "text.csv", 1.0, 2.0) is None
    assert recordings.read_span(tmp_path / "none.mcap", 1.0, 2.0) is None
