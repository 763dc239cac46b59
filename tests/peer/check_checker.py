#!/usr/bin/python3
"""Aim: checkexchange.py accepts a true answer and sees each way in which one can be false. Method: the two by two of
tests/plan/test_exchange.c, whose answer is worked out there by hand, and a larger market against all its pairs. Prints TAP."""
import os
import sys
import tempfile

import numpy

import checkexchange
from checkexchange import Answer, Market

count = failed = 0


def result(good, name):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok") + f" {count} - {name}", flush=True)


def store(path, *parts):
    with open(path, "wb") as f:
        for kind, items in parts:
            f.write(numpy.asarray(items, "<" + kind).tobytes())


def by_hand(folder, value=38.0, bound=38.0, quantity=(2, 1, 2), supply_dual=(0, 4), demand=(0, 1, 1), demand_dual=(9, 4)):
    """Supplies at 0 and 4, demands at 1 and 6, a price of 10 and 1 per km: 0 -> 0 two, 0 -> 1 one, 1 -> 1 two; worth 38 together."""
    market, answer = os.path.join(folder, "market"), os.path.join(folder, "answer")
    store(market, ("i8", 2), ("f8", (0, 1)), ("f8", (0, 4, 0, 0, 0, 0)), ("i8", (5, 2)), ("f8", (1, 6, 0, 0, 10, 10)), ("i8", (2, 3)))
    store(answer, ("i8", 3), ("f8", (value, bound)), ("i4", (0, 0, 1)), ("i4", demand), ("i8", quantity), ("f8", (*supply_dual, *demand_dual)))
    return market, answer


def wrongs(folder, **change):
    market, answer = (kind(path, *more) for kind, path, more in zip((Market, Answer), by_hand(folder, **change), ((), (2,))))
    return " ".join(checkexchange.check(market, answer, 1e-6)["wrong"])


def excess_is_exact():
    """Of 3,000 by 3,000 points all pairs, and the search by cells: the same."""
    r = numpy.random.default_rng(3)
    m = Market.__new__(Market)
    m.n, m.load, m.rate = 3000, 4.0, 0.156
    m.at = [r.uniform(0, 200, (m.n, 2)) for _ in range(2)]
    rest = [r.uniform(-2, 2.6, m.n) for _ in range(2)]
    found, compared = checkexchange.excesses(m, rest)
    apart = numpy.hypot(*(m.at[0][:, None, k] - m.at[1][None, :, k] for k in (0, 1)))
    true = numpy.maximum(0, (rest[0][:, None] + rest[1][None, :] - m.load - m.rate * apart).max(axis=1))
    result((true > 0).sum() > 100 and numpy.array_equal(found, true), "the search by cells finds what all pairs do")
    result(compared < m.n * m.n, "and leaves pairs out")


def main():
    with tempfile.TemporaryDirectory() as folder:
        result(wrongs(folder) == "", "a true answer is accepted")
        result("supplies give more" in wrongs(folder, quantity=(2, 1, 3)), "more than there is")
        result("demands take more" in wrongs(folder, demand=(0, 0, 1)), "more than is asked")
        result("flow of nothing" in wrongs(folder, quantity=(2, 0, 2)), "a flow of nothing")
        result("are worth" in wrongs(folder, value=39.0, bound=39.0), "another value than the flows have")
        result("gap" in wrongs(folder, quantity=(2, 1, 1), value=30.0), "a plan that leaves something undone")
        result("gap" in wrongs(folder, demand_dual=(9, 3)), "duals that a pair beats")
        result("negative" in wrongs(folder, supply_dual=(-1, 4), demand_dual=(10, 4)), "a negative dual")
        result("below the value" in wrongs(folder, bound=37.0), "a bound below the value")
    excess_is_exact()
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
