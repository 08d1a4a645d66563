"""Unwrapping: counters of a few bits become numbers that only grow."""


class Unwrapper:
    """Follows a counter that starts again at zero when it reaches its modulus.

    Parameters
    ----------
    modulus
        Where the counter wraps; None for one that never does.
    """

    def __init__(self, modulus: int | None) -> None:
        self._modulus = modulus
        self._last: int | None = None
        self._turns = 0

    def reset(self) -> None:
        """Forget: the counter may begin anywhere."""
        self._last, self._turns = None, 0

    def take(self, value: int) -> int:
        """Take the next reading; the number of steps since the counter's first zero.

        A reading behind the last one is a wrap when the way forward is the shorter one, else a step back.
        """
        if self._modulus is None:
            return value
        value %= self._modulus
        if self._last is not None:
            forward = (value - self._last) % self._modulus
            if value < self._last and forward <= self._modulus // 2:
                self._turns += 1
            elif value > self._last and forward > self._modulus // 2 and self._turns:
                self._turns -= 1
        self._last = value
        return self._turns * self._modulus + value
