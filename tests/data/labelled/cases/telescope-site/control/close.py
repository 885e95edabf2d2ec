"""Close the dome. Standard library only."""
import pathlib
import time

RELAY = pathlib.Path("/sys/class/gpio/gpio17/value")


def close(limit_s: float = 90.0) -> bool:
    RELAY.write_text("1")
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if pathlib.Path("/sys/class/gpio/gpio18/value").read_text().strip() == "1":
            return True
        time.sleep(0.5)
    return False
