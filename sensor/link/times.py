"""How long the link waits, and what for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTimes:
    """Time-outs and back-off of one link, seconds. Each has a next step, told in the link's messages.

    Attributes
    ----------
    find_s
        Looking for a sensor that the last scan did not see.
    connect_s
        Opening the link and discovering services: bleak's own default since 2.1.1, because shorter ones fail on slow
        discovery (bleak #1841).
    blind_connect_s
        Opening the link to a lost sensor that does not advertise: some platforms still hold half of a link, and a
        sensor that comes back meanwhile must not have to wait.
    operation_s
        One read, write or subscription.
    pair_s
        Pairing, with a person answering a dialog.
    start_s
        Agreeing on rate and range: the Polar SDK waits up to 30 s for an answer.
    first_data_s
        From start to the first samples; a packet of a slow sensor takes 1.5 s.
    stall_s
        Silence after which the stream counts as stalled, at least; longer for sensors with long packets.
    stall_packets
        The same in longest usual packets.
    restart_s
        Further silence after which the link is opened anew.
    stop_s
        Sending the stop command when the person stops.
    disconnect_s
        Closing the link.
    first_wait_s, longest_wait_s, wait_growth
        Back-off between attempts: first, longest, factor. The longest keeps a reconnect within 5 s of the return.
    give_up_s
        A lost sensor is given up after this long.
    first_attempts
        Attempts at the first connection before it is given up.
    start_attempts
        Starts in a row that may fail before the sensor is given up.
    settled_s
        A stream that ran this long was a good one: the back-off begins anew.
    battery_every_s
        Between two looks at the battery.
    watch_s
        Between two looks of the watchdog.
    status_s
        Between two status messages.
    """

    find_s: float = 15.0
    connect_s: float = 30.0
    blind_connect_s: float = 4.0
    operation_s: float = 10.0
    pair_s: float = 60.0
    start_s: float = 35.0
    first_data_s: float = 12.0
    stall_s: float = 3.0
    stall_packets: float = 3.0
    restart_s: float = 10.0
    stop_s: float = 3.0
    disconnect_s: float = 5.0
    first_wait_s: float = 0.25
    longest_wait_s: float = 2.0
    wait_growth: float = 2.0
    give_up_s: float = 900.0
    first_attempts: int = 4
    start_attempts: int = 4
    settled_s: float = 10.0
    battery_every_s: float = 300.0
    watch_s: float = 0.25
    status_s: float = 1.0

    def wait_before(self, attempt: int) -> float:
        """Seconds to wait before an attempt; the first, number 0, waits not at all."""
        if attempt <= 0:
            return 0.0
        return min(self.longest_wait_s, self.first_wait_s * self.wait_growth ** (attempt - 1))

    def silence_s(self, packet_s: float) -> float:
        """Silence that counts as a stall for a sensor whose packets are up to `packet_s` apart."""
        return max(self.stall_s, self.stall_packets * packet_s)
