"""Which sensor a person means."""

import threading

import pytest

from dsp import SensorError
from sensor import SensorInfo
from session import choice
from session.choice import choose, find_sensors

LEFT = SensorInfo(key="AA:01", name="Polar H10 11", family="polar")
RIGHT = SensorInfo(key="AA:02", name="Polar H10 112", family="polar")
WATCH = SensorInfo(key="BB:01", name="Bangle.js 0b1e", family="espruino")


class FakeRadio:
    """Tells of its sensors one after the other until somebody has heard enough."""

    def __init__(self, *infos: SensorInfo) -> None:
        self._infos = infos
        self.cancelled_after: int | None = None
        self._told = 0

    def scan(self, seconds: float, on_found: object) -> list[SensorInfo]:
        assert callable(on_found)
        for info in self._infos:
            if self.cancelled_after is None:
                self._told += 1
                on_found(info)
        return list(self._infos[: self._told])

    def cancel_scan(self) -> None:
        self.cancelled_after = self._told


def test_a_unique_part_of_name_or_address_is_enough() -> None:
    assert choose("bangle", [LEFT, RIGHT, WATCH]) is WATCH
    assert choose("aa:02", [LEFT, RIGHT, WATCH]) is RIGHT
    assert choose("muse", [LEFT, RIGHT, WATCH]) is None


def test_an_exact_name_wins_over_a_longer_one_that_holds_it() -> None:
    assert choose("polar h10 11", [LEFT, RIGHT]) is LEFT


def test_a_name_that_fits_several_is_refused_and_names_them() -> None:
    with pytest.raises(SensorError, match=r"fits 2 sensors \(Polar H10 11, Polar H10 112\)"):
        choose("polar", [LEFT, RIGHT, WATCH])


def test_looking_ends_as_soon_as_all_have_shown() -> None:
    radio = FakeRadio(LEFT, WATCH, RIGHT)
    assert find_sensors(radio, ["Polar H10 11", "Bangle.js 0b1e"]) == [LEFT, WATCH]  # type: ignore[arg-type]
    assert radio.cancelled_after == 2


def test_a_part_of_a_name_waits_a_while_lest_a_neighbour_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "RIVALS_S", 0.05)

    class SlowRadio(FakeRadio):
        def scan(self, seconds: float, on_found: object) -> list[SensorInfo]:
            found = super().scan(seconds, on_found)
            assert self.cancelled_after is None  # LEFT alone does not end it at once
            assert self.ended.wait(30)
            return found

        def cancel_scan(self) -> None:
            super().cancel_scan()
            self.ended.set()

        ended = threading.Event()

    assert find_sensors(SlowRadio(LEFT, WATCH), ["h10"]) == [LEFT]  # type: ignore[arg-type]


def test_a_neighbour_that_comes_in_that_while_is_told() -> None:
    radio = FakeRadio(LEFT, RIGHT)
    with pytest.raises(SensorError, match="fits 2 sensors"):
        find_sensors(radio, ["H10"])  # type: ignore[arg-type]


def test_a_sensor_that_does_not_show_is_told_with_what_did() -> None:
    with pytest.raises(SensorError, match=r"'muse' did not show within 8 s \(around: Bangle.js 0b1e\)"):
        find_sensors(FakeRadio(WATCH), ["muse"])  # type: ignore[arg-type]
    with pytest.raises(SensorError, match="nothing that streams acceleration"):
        find_sensors(FakeRadio(), ["muse"])  # type: ignore[arg-type]


def test_one_sensor_cannot_be_both_legs() -> None:
    with pytest.raises(SensorError, match="the same sensor twice"):
        find_sensors(FakeRadio(WATCH), ["bangle", "BB:01"])  # type: ignore[arg-type]
