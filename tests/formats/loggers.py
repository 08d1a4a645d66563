"""Files of loggers: Axivity, GENEActiv, ActiGraph, Empatica, TSDF, XDF."""

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.formats.truth import RATE_HZ, START_NS, truth

Rows = NDArray[np.float32]


def cwa(path: Path, xyz_g: Rows | None = None, *, packed: bool = False, start_s: float = START_NS / 1e9) -> Path:
    """Axivity sectors: metadata, then 120 packed or 80 plain samples a sector, stamped with fractions of a second."""
    xyz_g = truth() if xyz_g is None else xyz_g
    each = 120 if packed else 80
    out = [b"MD" + struct.pack("<H", 1020) + bytes(1020)]
    for sequence, at in enumerate(range(0, len(xyz_g) - each + 1, each)):
        out.append(sector(xyz_g[at : at + each], sequence, start_s + at / RATE_HZ, packed=packed))
    path.write_bytes(b"".join(out))
    return path


def sector(rows: Rows, sequence: int, at_s: float, *, packed: bool = False) -> bytes:
    """One sector of 512 bytes whose words sum to nothing."""
    when = np.datetime64(int(at_s), "s").astype(object)
    fraction = round((at_s - int(at_s)) * 65536) & 0xFFFE
    stamp = (
        (when.year - 2000) << 26 | when.month << 22 | when.day << 17 | when.hour << 12 | when.minute << 6 | when.second
    )
    moved = -((fraction * int(RATE_HZ)) >> 16)
    if packed:
        counts = np.round(rows * 256).astype(np.int64) & 0x3FF
        payload = (counts[:, 0] | counts[:, 1] << 10 | counts[:, 2] << 20).astype("<u4").tobytes()
    else:
        payload = np.round(rows * 4096).astype("<i2").tobytes()
    light = 0 if packed else 4 << 13
    body = struct.pack(
        "<2sHHIIIHHBBBBhH",
        *(b"AX", 508, 0x8000 | fraction >> 1, 1, sequence, stamp, light, 300, 0, 200),
        *(0x4A, 0x30 if packed else 0x32, moved, len(rows)),
    ) + payload.ljust(480, b"\0")
    total = int(np.frombuffer(body, "<u2").sum()) & 0xFFFF
    return body + struct.pack("<H", -total & 0xFFFF)


def wav(path: Path, xyz_g: Rows | None = None) -> Path:
    """Axivity resampled to WAV: scales, start and flags."""
    xyz_g = truth() if xyz_g is None else xyz_g
    info = {
        b"IART": b"Id: 1\nDevice: CWA\n",
        b"ICMT": b"Time: 2023-11-14 22:13:20.000\n"
        + b"".join(b"Channel-%d: Accel\nScale-%d: 8\n" % (k, k) for k in (1, 2, 3)),
    }
    listed = b"INFO" + b"".join(k + struct.pack("<I", len(v)) + v + b"\0" * (len(v) % 2) for k, v in info.items())
    counts = np.column_stack([np.round(xyz_g * 4096), np.zeros(len(xyz_g))]).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 4, int(RATE_HZ), int(RATE_HZ) * 8, 8, 16)
    chunks = [(b"fmt ", form), (b"LIST", listed), (b"data", counts)]
    body = b"WAVE" + b"".join(n + struct.pack("<I", len(c)) + c for n, c in chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


GENEACTIV_HEAD = """Device Identity
Device Type:GENEActiv
Measurement Frequency:100.0 Hz

Calibration Data
x gain:25600
x offset:0
y gain:25600
y offset:0
z gain:25600
z offset:0

Memory Status
Number of Pages:10

"""


def geneactiv(path: Path, xyz_g: Rows | None = None) -> Path:
    """GENEActiv pages of 300 samples in hexadecimal."""
    xyz_g = truth() if xyz_g is None else xyz_g
    pages = [GENEACTIV_HEAD]
    for sequence, at in enumerate(range(0, len(xyz_g), 300)):
        counts = np.round(xyz_g[at : at + 300] * 256).astype(int) & 0xFFF
        page_time = np.datetime64(START_NS // 10**6 + at * 10, "ms")
        stamp = str(page_time).replace("T", " ").replace(".", ":")
        head = f"Recorded Data\nSequence Number:{sequence}\nPage Time:{stamp}\nUnassigned:\nTemperature:21.5\n"
        body = "".join(f"{x:03X}{y:03X}{z:03X}000" for x, y, z in counts)
        pages.append(f"{head}Battery voltage:4.1\nDevice Status:Recording\nMeasurement Frequency:100.0\n{body}\n")
    path.write_bytes("".join(pages).encode().replace(b"\n", b"\r\n"))
    return path


GT3X_INFO = "Serial Number: TAS1E1\nDevice Type: Link\nSample Rate: 100\nStart Date: 638355968000000000\nAcceleration Scale: 256.0\n"


def gt3x_record(kind: int, stamp: int, payload: bytes) -> bytes:
    """0x1E, type, Unix time, size, payload, ones' complement of the exclusive or."""
    body = bytes([0x1E, kind]) + struct.pack("<IH", stamp, len(payload)) + payload
    check = int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8)))
    return body + bytes([~check & 0xFF])


def packed12(counts: NDArray[np.int64]) -> bytes:
    """12 bits a value, most significant first, in the order y, x, z."""
    bits = "".join(f"{int(v) & 0xFFF:012b}" for row in counts for v in (row[1], row[0], row[2]))
    return bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))


def gt3x(path: Path, xyz_g: Rows | None = None, *, old: bool = False) -> Path:
    """ActiGraph: a log of records a second, or in the older layout packed activity alone."""
    counts = np.round((truth() if xyz_g is None else xyz_g) * 256).astype(np.int64)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("info.txt", GT3X_INFO)
        if old:
            archive.writestr("activity.bin", packed12(counts))
        else:
            seconds = range(0, len(counts), int(RATE_HZ))
            first = START_NS // 10**9
            log = [
                gt3x_record(0x1A, first + k, counts[a : a + 100].astype("<i2").tobytes()) for k, a in enumerate(seconds)
            ]
            archive.writestr("log.bin", b"".join(log))
    return path


AVRO_SCHEMA = {
    "type": "record", "name": "Session", "fields": [
        {"name": "rawData", "type": {"type": "record", "name": "Raw", "fields": [
            {"name": "accelerometer", "type": {"type": "record", "name": "Acc", "fields": [
                {"name": "timestampStart", "type": "long"}, {"name": "samplingFrequency", "type": "float"},
                {"name": "imuParams", "type": {"type": "record", "name": "Params", "fields": [
                    {"name": n, "type": "int"} for n in ("physicalMin", "physicalMax", "digitalMin", "digitalMax")
                ]}},
                *({"name": a, "type": {"type": "array", "items": "int"}} for a in "xyz"),
            ]}},
            {"name": "tags", "type": {"type": "record", "name": "Tags", "fields": [
                {"name": "tagsTimeMicros", "type": {"type": "array", "items": "long"}}
            ]}},
        ]}},
    ],
}  # fmt: skip


def avro(path: Path, xyz_g: Rows | None = None) -> Path:
    """Empatica EmbracePlus: counts of 1/2048 g and a tag after ten seconds."""
    import fastavro

    counts = np.round((truth() if xyz_g is None else xyz_g) * 2048).astype(int)
    params = {"physicalMin": -16, "physicalMax": 16, "digitalMin": -32768, "digitalMax": 32768}
    acceleration = {
        "timestampStart": START_NS // 1000, "samplingFrequency": RATE_HZ, "imuParams": params,
        **{a: counts[:, k].tolist() for k, a in enumerate("xyz")},
    }  # fmt: skip
    tags = {"tagsTimeMicros": [START_NS // 1000 + 10_000_000]}
    with path.open("wb") as file:
        fastavro.writer(file, AVRO_SCHEMA, [{"rawData": {"accelerometer": acceleration, "tags": tags}}])
    return path


def tsdf(folder: Path, xyz_g: Rows | None = None) -> Path:
    """TSDF metadata beside int16 values and float32 steps of time."""
    xyz_g = truth() if xyz_g is None else xyz_g
    folder.mkdir(exist_ok=True)
    steps = np.full(len(xyz_g), 1000.0 / RATE_HZ, "<f4")
    steps[0] = 0.0
    steps.tofile(folder / "imu_time.bin")
    np.round(xyz_g * 4096).astype("<i2").tofile(folder / "imu_values.bin")
    meta = {
        "metadata_version": "0.1", "device_id": "watch", "start_iso8601": "2023-11-14T22:13:20Z", "rows": len(xyz_g),
        "endianness": "little",
        "sensors": [
            {"file_name": "imu_time.bin", "channels": ["time"], "units": ["time_delta_ms"], "data_type": "float", "bits": 32},
            {
                "file_name": "imu_values.bin", "channels": [f"acceleration_{a}" for a in "xyz"], "units": ["g"] * 3,
                "scale_factors": [1 / 4096] * 3, "data_type": "int", "bits": 16,
            },
        ],
    }  # fmt: skip
    (folder / "imu_meta.json").write_text(json.dumps(meta, indent=1))
    return folder / "imu_meta.json"


def xdf_chunk(tag: int, content: bytes) -> bytes:
    """Length of the length, length, tag, content."""
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def xdf(
    path: Path, xyz_g: Rows | None = None, *, name: str = "Leg", kind: str = "Accelerometer", unit: str = "g"
) -> Path:
    """Lab Streaming Layer: one stream of three channels, a chunk a second, with boundaries between."""
    xyz_g = truth() if xyz_g is None else xyz_g
    channels = "".join(f"<channel><label>acc_{a}</label><unit>{unit}</unit><type>ACC</type></channel>" for a in "xyz")
    header = (
        f'<?xml version="1.0"?><info><name>{name}</name><type>{kind}</type><channel_count>3</channel_count>'
        f"<nominal_srate>{RATE_HZ}</nominal_srate><channel_format>float32</channel_format>"
        f"<created_at>1.0</created_at><desc><channels>{channels}</channels></desc></info>"
    )
    boundary = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")
    out = [b"XDF:", xdf_chunk(1, b'<?xml version="1.0"?><info><version>1.0</version></info>')]
    out.append(xdf_chunk(2, struct.pack("<I", 1) + header.encode()))
    for at in range(0, len(xyz_g), 100):
        rows = xyz_g[at : at + 100]
        samples = b"".join(b"\x08" + struct.pack("<d3f", 5.0 + (at + k) / RATE_HZ, *row) for k, row in enumerate(rows))
        out.append(xdf_chunk(3, struct.pack("<I", 1) + b"\x04" + struct.pack("<I", len(rows)) + samples))
        out.append(xdf_chunk(5, boundary))
    out.append(
        xdf_chunk(6, struct.pack("<I", 1) + b'<?xml version="1.0"?><info><first_timestamp>5</first_timestamp></info>')
    )
    path.write_bytes(b"".join(out))
    return path


def e4(path: Path, xyz_g: Rows | None = None) -> Path:
    """Empatica E4: start, rate, counts of 1/64 g."""
    counts = np.round((truth() if xyz_g is None else xyz_g) * 64).astype(int)
    start = START_NS / 1e9
    rows = [f"{start:.6f}, {start:.6f}, {start:.6f}", f"{RATE_HZ:.6f}, {RATE_HZ:.6f}, {RATE_HZ:.6f}"]
    path.write_text("\n".join([*rows, *(f"{x},{y},{z}" for x, y, z in counts)]) + "\n")
    return path
