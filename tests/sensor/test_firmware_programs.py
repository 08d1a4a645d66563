"""The programs that run on the sensors: the Espruino script in Node, the Arduino sketch against stub headers."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sensor.families.espruino.family import program
from sensor.families.espruino.frames import EspruinoDecoder
from sensor.families.generic import described_families
from sensor.families.generic.family import DescribedDecoder

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "firmware-notes"
PRELUDE = """
var sent = [], said = [], listeners = {}, calls = [], now = 1.5;
var getTime = function () { return now; };
var Bluetooth = {
  write: function (b) { sent.push(Array.from(b)); },
  println: function (t) { said.push(t); }
};
var device = {
  on: function (e, f) { listeners[e] = f; },
  removeListener: function (e, f) { if (listeners[e] === f) delete listeners[e]; },
  setOptions: function (o) { calls.push(["powerSave", o.powerSave]); },
  setPollInterval: function (ms) { calls.push(["poll", ms]); },
  accelRd: function (r) { return 0xC1; },
  accelWr: function (r, v) { calls.push(["wr", r, v]); },
  accelOn: function (hz) { calls.push(["accelOn", hz]); },
  accelOff: function () { calls.push(["accelOff"]); }
};
"""
PLAY_BANGLE = """
TS.start(50, 8);
for (var i = 0; i < 20; i++) { now += 0.02; listeners.accel({ x: i / 100, y: -i / 100, z: 5 }); }
var running = Object.keys(listeners).length;
TS.stop();
console.log(JSON.stringify({ sent: sent, said: said, calls: calls, running: running,
  left: Object.keys(listeners).length, counter: TS.counter }));
"""
PLAY_PUCK = """
TS.start(52, 4);
TS.counter = 65532;
now = 5000000;
for (var i = 0; i < 8; i++) listeners.accel({ acc: { x: 8192, y: -8192, z: i } });
TS.stop();
console.log(JSON.stringify({ sent: sent, said: said, calls: calls, left: Object.keys(listeners).length }));
"""


def in_node(tmp_path: Path, code: str) -> dict[str, list]:  # type: ignore[type-arg]
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("Node is not installed: scripts/setup.sh libraries test installs it")
    script = tmp_path / "run.js"
    script.write_text(code)
    done = subprocess.run([node, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("joined", [False, True])
def test_the_script_on_a_bangle_sends_frames_that_our_decoder_reads(tmp_path: Path, joined: bool) -> None:
    source = program() if joined else (NOTES / "espruino" / "tremorscope.js").read_text()
    ran = in_node(tmp_path, PRELUDE + "var Bangle = device;\n" + source + PLAY_BANGLE)
    assert ran["said"] == ["TS1 50 8192"]
    decoder = EspruinoDecoder(1 / 8192)
    packets = [p for frame in ran["sent"] for p in decoder.feed(bytes(frame), "")]
    assert [len(p.xyz_g) for p in packets] == [8, 8]  # type: ignore[union-attr]
    assert [p.first_counter for p in packets] == [0, 8]  # type: ignore[union-attr]
    assert packets[0].device_ns == pytest.approx(1_660_000_000, abs=1_000_000)  # type: ignore[union-attr]
    xyz_g = np.concatenate([p.xyz_g for p in packets])  # type: ignore[union-attr]
    assert xyz_g[:, 0] == pytest.approx(np.arange(16) / 100, abs=1e-4)
    assert xyz_g[:, 1] == pytest.approx(-np.arange(16) / 100, abs=1e-4)
    # 5 g is more than the frame can say: it stands at the end of the range.
    assert xyz_g[:, 2] == pytest.approx(32767 / 8192)
    assert ran["running"] == 1
    assert ran["left"] == 0


def test_the_script_switches_power_saving_off_and_the_output_rate_up_and_back(tmp_path: Path) -> None:
    ran = in_node(tmp_path, PRELUDE + "var Bangle = device;\n" + program() + PLAY_BANGLE)
    started = ran["calls"][2:]
    assert started[0] == ["powerSave", False]
    # firmware-notes/espruino.md: standby, output rate with the filter bit, on again.
    assert started[1:4] == [["wr", 0x18, 0x41], ["wr", 0x1B, 0x42], ["wr", 0x18, 0xC1]]
    assert started[4] == ["poll", 20]
    assert started[-2:] == [["poll", 80], ["powerSave", True]]


def test_the_script_on_a_puck_counts_and_wraps(tmp_path: Path) -> None:
    ran = in_node(tmp_path, PRELUDE + "var Puck = device;\n" + program() + PLAY_PUCK)
    decoder = EspruinoDecoder(1 / 8192)
    first, second = [p for frame in ran["sent"] for p in decoder.feed(bytes(frame), "")]
    assert (first.first_counter, second.first_counter) == (65532, 0)  # type: ignore[union-attr]
    # Milliseconds in 32 bits: 5,000,000 s have wrapped once.
    assert first.device_ns == (5_000_000_000 - (1 << 32)) * 1_000_000  # type: ignore[union-attr]
    assert first.xyz_g[0].tolist() == [1.0, -1.0, 0.0]  # type: ignore[union-attr]
    assert ["accelOn", 52] in ran["calls"]


STUBS = {
    "Arduino.h": """
#pragma once
#include <cstdint>
#include <cstdio>
#define OUTPUT 1
#define HIGH 1
#define LOW 0
#define LED_BUILTIN 13
extern unsigned long now_us;
inline unsigned long micros() { return now_us; }
inline void delay(int) {}
inline void pinMode(int, int) {}
inline void digitalWrite(int, int) {}
""",
    "ArduinoBLE.h": """
#pragma once
#include "Arduino.h"
enum { BLERead = 1, BLEWrite = 2, BLENotify = 4 };
struct BLEService { explicit BLEService(const char *) {} template <class T> void addCharacteristic(T &) {} };
struct BLECharacteristic {
  BLECharacteristic(const char *, int, int) {}
  void writeValue(const uint8_t *p, int n) { for (int i = 0; i < n; i++) std::printf("%02x", p[i]); std::printf("\\n"); }
};
struct BLEByteCharacteristic {
  uint8_t kept = 0;
  BLEByteCharacteristic(const char *, int) {}
  uint8_t value() { return kept; }
  void writeValue(uint8_t v) { kept = v; }
};
struct BLELocalDevice {
  bool begin() { return true; }
  void setLocalName(const char *) {} void setDeviceName(const char *) {}
  void setConnectionInterval(int, int) {} void setAdvertisedService(BLEService &) {}
  void addService(BLEService &) {} void advertise() {} void poll() {}
  bool connected() { return true; }
};
static BLELocalDevice BLE;
""",
    "Arduino_LSM9DS1.h": """
#pragma once
struct Imu {
  int n = 0;
  int begin() { return 1; }
  bool accelerationAvailable() { return true; }
  int readAcceleration(float &x, float &y, float &z) { x = 0.5f; y = -9.0f; z = n++ / 4096.0f; return 1; }
};
static Imu IMU;
""",
    "Arduino_BMI270_BMM150.h": '#pragma once\n#include "Arduino_LSM9DS1.h"\n',
    "Wire.h": "#pragma once\n",
    "LSM6DS3.h": """
#pragma once
#define I2C_MODE 0
struct Settings { int accelRange; int accelSampleRate; };
struct LSM6DS3 {
  Settings settings; int n = 0;
  LSM6DS3(int, int) {}
  int begin() { return 0; }
  float readFloatAccelX() { return 0.5f; } float readFloatAccelY() { return -9.0f; }
  float readFloatAccelZ() { return n++ / 4096.0f; }
};
""",
}
MAIN = """
#include "Arduino.h"
unsigned long now_us = 4294000000UL;
#include "tremorscope.ino"
int main() {
  setup();
  control.writeValue(1);
  for (int i = 0; i < 1000; i++) { now_us = (uint32_t)(now_us + 1000); loop(); }
  control.writeValue(0);
  for (int i = 0; i < 100; i++) { now_us = (uint32_t)(now_us + 1000); loop(); }
  return 0;
}
"""


@pytest.mark.parametrize("board", ["", "-DARDUINO_Seeed_XIAO_nRF52840_Sense", "-DTREMORSCOPE_BMI270"])
def test_the_sketch_compiles_for_every_board_and_its_frames_are_read(tmp_path: Path, board: str) -> None:
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("g++ is not installed: scripts/setup.sh libraries test installs it")
    for name, text in STUBS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "main.cpp").write_text(MAIN)
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-std=c++14"]
    folders = ["-I", str(tmp_path), "-I", str(NOTES / "arduino" / "tremorscope")]
    command = [compiler, *warnings, *folders, *([board] if board else []), str(tmp_path / "main.cpp")]
    subprocess.run([*command, "-o", str(tmp_path / "run")], check=True, timeout=120)
    done = subprocess.run([str(tmp_path / "run")], capture_output=True, text=True, check=True, timeout=60)
    frames = [bytes.fromhex(line) for line in done.stdout.split()]
    # A second at 104 Hz in frames of eight.
    assert len(frames) in (12, 13)
    (described,) = [f.described for f in described_families() if f.name == "arduino"]
    decoder = DescribedDecoder(described, 104.0)
    packets = [p for frame in frames for p in decoder.feed(frame, "")]
    assert [p.first_counter for p in packets] == [8 * i for i in range(len(packets))]  # type: ignore[union-attr]
    assert packets[0].xyz_g[0].tolist() == [0.5, -8.0, 0.0]  # type: ignore[union-attr]
    assert packets[0].clipped  # type: ignore[union-attr]
    stamps = np.array([struct.unpack_from("<I", f, 2)[0] for f in frames], np.uint32)
    assert np.abs(np.diff(stamps).astype(np.int64) - 8 * 9615).max() < 2000
