"""Tests for Chromium as TAP: each is a function, called with the browser; what it raises is told."""
import sys
import traceback

import devtools


def main(tests, prepare):
    """Runs `tests` (functions) in one browser; prepare() makes what they share, or raises Skip."""
    if devtools.chromium() is None:
        print("1..0 # SKIP chromium is not installed")
        return 0
    shared = prepare()
    browser = devtools.Browser()
    failed = 0
    try:
        for number, test in enumerate(tests, 1):
            name = test.__name__.replace("_", "-")
            try:
                test(browser, shared)
                print(f"ok {number} {name}", flush=True)
            except Exception:  # whatever it is, the next test may still tell something
                failed += 1
                print(f"not ok {number} {name}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print("# " + line)
    finally:
        browser.close()
        shared.close()
    print(f"1..{len(tests)}")
    return failed > 0


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got!r}, wanted {wanted!r}")


def within(part, whole):
    if part not in whole:
        raise AssertionError(f"{part!r} is not in {whole!r}")


if __name__ == "__main__":
    sys.exit("this is no test of its own")
