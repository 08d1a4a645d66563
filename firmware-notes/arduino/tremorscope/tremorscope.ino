// Streams acceleration over Bluetooth LE with time stamps and a counter, for Tremorscope (firmware-notes/arduino.md).
//
// Boards and the library that reads their sensor (Library Manager):
//   Arduino Nano 33 BLE (Sense)       Arduino_LSM9DS1       119 Hz
//   Arduino Nano 33 BLE Sense Rev2    Arduino_BMI270_BMM150 100 Hz
//   Seeed XIAO nRF52840 Sense         Seeed Arduino LSM6DS3 104 Hz
// All need ArduinoBLE. Choose the board in the IDE; nothing here has to be edited.
#include <ArduinoBLE.h>

#if defined(ARDUINO_Seeed_XIAO_nRF52840_Sense)
#include <LSM6DS3.h>
#include <Wire.h>
LSM6DS3 imu(I2C_MODE, 0x6A);
#elif defined(TREMORSCOPE_BMI270)
#include <Arduino_BMI270_BMM150.h>
#else
#include <Arduino_LSM9DS1.h>
#endif

// 8 g over 16 bits: what the description in Tremorscope says.
static const float COUNTS_PER_G = 32768.0f / 8.0f;
static const int SAMPLES = 8;
static const int HEAD_BYTES = 6;
static const int FRAME_BYTES = HEAD_BYTES + 6 * SAMPLES;
// One sample each 9615 us is 104 a second; a faster sensor is read at this pace, a slower one at its own.
static const uint32_t PERIOD_US = 9615;

BLEService service("7e3a0001-5c1b-4d0e-9f27-54524d4f5253");
BLECharacteristic data("7e3a0002-5c1b-4d0e-9f27-54524d4f5253", BLENotify, FRAME_BYTES);
BLEByteCharacteristic control("7e3a0003-5c1b-4d0e-9f27-54524d4f5253", BLERead | BLEWrite);

static uint8_t frame[FRAME_BYTES];
static int filled = 0;
static uint16_t counter = 0;
static uint32_t due_us = 0;
static bool streaming = false;

static bool beginSensor() {
#if defined(ARDUINO_Seeed_XIAO_nRF52840_Sense)
  imu.settings.accelRange = 8;
  imu.settings.accelSampleRate = 104;
  return imu.begin() == 0;
#else
  return IMU.begin() != 0;
#endif
}

// Reads one sample in g; false while none is ready.
static bool readSensor(float &x, float &y, float &z) {
#if defined(ARDUINO_Seeed_XIAO_nRF52840_Sense)
  x = imu.readFloatAccelX();
  y = imu.readFloatAccelY();
  z = imu.readFloatAccelZ();
  return true;
#else
  return IMU.accelerationAvailable() && IMU.readAcceleration(x, y, z) != 0;
#endif
}

static void put16(int at, uint16_t value) {
  frame[at] = (uint8_t)(value & 0xFF);
  frame[at + 1] = (uint8_t)(value >> 8);
}

static uint16_t toCounts(float g) {
  float counts = g * COUNTS_PER_G;
  if (counts > 32767.0f) counts = 32767.0f;
  if (counts < -32768.0f) counts = -32768.0f;
  return (uint16_t)(int16_t)(counts < 0 ? counts - 0.5f : counts + 0.5f);
}

// Counter of the first sample, microseconds of the last, then the samples; all little-endian.
static void addSample(float x, float y, float z, uint32_t now_us) {
  int at = HEAD_BYTES + 6 * filled;
  put16(at, toCounts(x));
  put16(at + 2, toCounts(y));
  put16(at + 4, toCounts(z));
  filled++;
  if (filled < SAMPLES) return;
  put16(0, counter);
  put16(2, (uint16_t)(now_us & 0xFFFF));
  put16(4, (uint16_t)((now_us >> 16) & 0xFFFF));
  data.writeValue(frame, FRAME_BYTES);
  counter = (uint16_t)(counter + SAMPLES);
  filled = 0;
}

void setup() {
  if (!beginSensor() || !BLE.begin()) {
    // A fast blink says that the sensor or the radio did not start.
    pinMode(LED_BUILTIN, OUTPUT);
    for (;;) {
      digitalWrite(LED_BUILTIN, HIGH);
      delay(100);
      digitalWrite(LED_BUILTIN, LOW);
      delay(100);
    }
  }
  BLE.setLocalName("Tremorscope");
  BLE.setDeviceName("Tremorscope");
  // 15 ms, in units of 1.25 ms: a frame of 77 ms fits several times.
  BLE.setConnectionInterval(12, 12);
  BLE.setAdvertisedService(service);
  service.addCharacteristic(data);
  service.addCharacteristic(control);
  BLE.addService(service);
  control.writeValue(0);
  BLE.advertise();
}

void loop() {
  BLE.poll();
  bool wanted = BLE.connected() && control.value() != 0;
  if (!BLE.connected()) control.writeValue(0);
  if (wanted && !streaming) {
    counter = 0;
    filled = 0;
    due_us = micros();
  }
  streaming = wanted;
  if (!streaming) return;
  uint32_t now_us = micros();
  if ((int32_t)(now_us - due_us) < 0) return;
  float x, y, z;
  if (!readSensor(x, y, z)) return;
  addSample(x, y, z, now_us);
  due_us += PERIOD_US;
  // After a stall the pace begins anew; the stamps tell the host of the gap in time.
  if ((int32_t)(now_us - due_us) > (int32_t)(4 * PERIOD_US)) due_us = now_us;
}
