// Streams acceleration from a Bangle.js or Puck.js over the Nordic UART, as firmware-notes/espruino.md says.
// Tremorscope sends this program when it connects; nothing is saved on the device.
// Each statement ends with a semicolon and no line holds a comment beside code, so that lines can be joined.
var TS = {
  // Bytes of a frame around its samples: F5 54, counter, stamp, number of samples ... check byte.
  HEAD: 9,
  // Number of the next sample, 16 bits.
  counter: 0,
  // Samples in a frame, and how many of them are there.
  size: 8,
  filled: 0,
  // Sensor counts for 1 g in the frames.
  scale: 8192,
  frame: undefined,
  timer: undefined,

  // Begin: samples a second, samples in a frame. Answers with the line "TS1 <rate> <counts for 1 g>".
  start: function (rate, size) {
    TS.stop();
    TS.size = size;
    TS.frame = new Uint8Array(TS.HEAD + 6 * size + 1);
    TS.counter = 0;
    TS.filled = 0;
    if (typeof Bangle !== "undefined") {
      // Power saving would drop the rate to 1 Hz when the watch lies still.
      Bangle.setOptions({ powerSave: false });
      TS.setOutputRate(rate);
      Bangle.setPollInterval(Math.round(1000 / rate));
      Bangle.on("accel", TS.onBangle);
    } else {
      Puck.on("accel", TS.onPuck);
      Puck.accelOn(rate);
    }
    Bluetooth.println("TS1 " + rate + " " + TS.scale);
  },

  stop: function () {
    if (typeof Bangle !== "undefined") {
      Bangle.removeListener("accel", TS.onBangle);
      Bangle.setPollInterval(80);
      Bangle.setOptions({ powerSave: true });
    } else {
      Puck.removeListener("accel", TS.onPuck);
      Puck.accelOff();
    }
  },

  // The Kionix part of a Bangle filters at half its output rate: 12.5 Hz by default, which would hide tremor.
  // CNTL1 (0x18) to standby, ODCNTL (0x1B) to 50 or 100 Hz, CNTL1 back on.
  setOutputRate: function (rate) {
    if (!Bangle.accelRd || !Bangle.accelWr) return;
    var control = Bangle.accelRd(0x18);
    Bangle.accelWr(0x18, control & 0x7F);
    Bangle.accelWr(0x1B, (rate > 50 ? 0x03 : 0x02) | 0x40);
    Bangle.accelWr(0x18, control | 0x80);
  },

  // A Bangle gives g; a Puck gives counts, 8192 for 1 g.
  onBangle: function (a) { TS.add(a.x * TS.scale, a.y * TS.scale, a.z * TS.scale); },
  onPuck: function (a) { TS.add(a.acc.x, a.acc.y, a.acc.z); },

  put: function (at, value) {
    TS.frame[at] = value & 0xFF;
    TS.frame[at + 1] = (value >> 8) & 0xFF;
  },

  // Add one sample; a full frame is sent.
  add: function (x, y, z) {
    var at = TS.HEAD + 6 * TS.filled;
    var limit = function (v) { return Math.max(-32768, Math.min(32767, Math.round(v))); };
    TS.put(at, limit(x));
    TS.put(at + 2, limit(y));
    TS.put(at + 4, limit(z));
    TS.filled++;
    if (TS.filled == TS.size) TS.send();
  },

  // Counter of the first sample, milliseconds of the last, both little-endian; the check byte is the exclusive or.
  send: function () {
    var ms = Math.floor(getTime() * 1000);
    var low = ms % 65536;
    var high = Math.floor(ms / 65536) % 65536;
    var check = 0;
    TS.frame[0] = 0xF5;
    TS.frame[1] = 0x54;
    TS.put(2, TS.counter);
    TS.put(4, low);
    TS.put(6, high);
    TS.frame[8] = TS.filled;
    for (var i = 2; i < TS.frame.length - 1; i++) check ^= TS.frame[i];
    TS.frame[TS.frame.length - 1] = check;
    Bluetooth.write(TS.frame);
    TS.counter = (TS.counter + TS.filled) & 0xFFFF;
    TS.filled = 0;
  }
};
