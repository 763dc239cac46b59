#!/usr/bin/python3
"""Recomputes an answer of the exchange that is too large for a peer, from the files that bench_exchange writes:

    checkexchange.py MARKET ANSWER [--gap 1e-6]

The flows keep to the quantities and add up to the value; the duals prove the bound over all pairs. Prints one line of JSON, and exits
with 1 when something does not hold. Shares no code with knoop, and searches otherwise: the points are cut into cells of a few
hundred; two cells whose best worths cannot make up for the distance between their boxes are left out, the others are compared
pair by pair.

MARKET, little endian: int64 n; double load, rate; for supplies, then demands: double x[n], y[n], worth[n]; int64 quantity[n]. The
worth of a pair is the sum of both worths - load - rate * km. ANSWER: int64 flows; double value, bound; int32 supply[flows],
demand[flows]; int64 quantity[flows]; double supply_dual[n], demand_dual[n]."""
import argparse
import json
import math
import sys

import numpy

CELL = 200  # points


class Reader:
    def __init__(self, path):
        self.bytes, self.at = open(path, "rb").read(), 0

    def take(self, kind, count):
        out = numpy.frombuffer(self.bytes, "<" + kind, count, self.at)
        self.at += out.nbytes
        return out

    def one(self, kind):
        return self.take(kind, 1)[0].item()


class Market:
    def __init__(self, path):
        r = Reader(path)
        self.n, self.load, self.rate = r.one("i8"), r.one("f8"), r.one("f8")
        self.at, self.worth, self.quantity = [], [], []
        for _ in range(2):
            self.at.append(numpy.column_stack([r.take("f8", self.n), r.take("f8", self.n)]))
            self.worth.append(r.take("f8", self.n))
            self.quantity.append(r.take("i8", self.n))


class Answer:
    def __init__(self, path, n):
        r = Reader(path)
        count, self.value, self.bound = r.one("i8"), r.one("f8"), r.one("f8")
        self.end = [r.take("i4", count), r.take("i4", count)]
        self.quantity = r.take("i8", count)
        self.dual = [r.take("f8", n), r.take("f8", n)]


def check_flows(market, answer, wrong):
    """The value of the flows; says what is wrong with them."""
    if (answer.quantity <= 0).any():
        wrong.append("a flow of nothing")
    for side in (0, 1):
        used = numpy.zeros(market.n, "i8")
        numpy.add.at(used, answer.end[side], answer.quantity)
        if (used > market.quantity[side]).any():
            wrong.append(("supplies give", "demands take")[side] + " more than there is")
    i, j = answer.end
    worth = market.worth[0][i] + market.worth[1][j] - market.load - market.rate * numpy.hypot(*(market.at[0][i] - market.at[1][j]).T)
    return math.fsum(worth * answer.quantity)


def cells_of(points):
    """The points in strips of x, each cut by y: a list of arrays of point numbers."""
    n = len(points)
    strips = max(1, round(math.sqrt(n / CELL)))
    order = numpy.argsort(points[:, 0], kind="stable")
    return [part for strip in numpy.array_split(order, strips)
            for part in numpy.array_split(strip[numpy.argsort(points[strip, 1], kind="stable")], strips) if len(part)]


def boxes_of(points, cells):
    return numpy.array([points[c].min(axis=0) for c in cells]), numpy.array([points[c].max(axis=0) for c in cells])


def excesses(market, rest):
    """How much the best partner of each supply is worth above both duals, at least 0: max(0, max_j rest_i + rest_j - load - rate km)."""
    cells = [cells_of(market.at[side]) for side in (0, 1)]
    low, high = zip(*(boxes_of(market.at[side], cells[side]) for side in (0, 1)))
    best = numpy.array([rest[1][c].max() for c in cells[1]])
    excess, compared = numpy.zeros(market.n), 0
    for c, cell in enumerate(cells[0]):
        gap = numpy.maximum(0, numpy.maximum(low[1] - high[0][c], low[0][c] - high[1]))
        may = rest[0][cell].max() + best - market.load - market.rate * numpy.hypot(gap[:, 0], gap[:, 1])
        for other in numpy.nonzero(may > 0)[0]:
            there = cells[1][other]
            apart = numpy.hypot(*(market.at[0][cell][:, None, k] - market.at[1][there][None, :, k] for k in (0, 1)))
            found = (rest[0][cell][:, None] + rest[1][there][None, :] - market.load - market.rate * apart).max(axis=1)
            excess[cell] = numpy.maximum(excess[cell], found)
            compared += apart.size
    return excess, compared


def check(market, answer, most_gap):
    wrong = []
    value = check_flows(market, answer, wrong)
    if not all((d >= 0).all() and numpy.isfinite(d).all() for d in answer.dual):
        wrong.append("a dual is negative or no number")
    excess, compared = excesses(market, [market.worth[side] - answer.dual[side] for side in (0, 1)])
    # Raised by their excess, the duals of the supplies hold for every pair: the bound of strong duality.
    bound = math.fsum(market.quantity[0] * (answer.dual[0] + excess)) + math.fsum(market.quantity[1] * answer.dual[1])
    scale = max(abs(value), 1e-9)
    if abs(value - answer.value) > 1e-9 * scale:
        wrong.append(f"the flows are worth {value!r}, not {answer.value!r}")
    if (bound - value) / scale > most_gap * 1.001 + 1e-12:
        wrong.append(f"the duals prove a gap of {(bound - value) / scale:.3g} only")
    if answer.bound < value - 1e-9 * scale:
        wrong.append("the bound told is below the value")
    return dict(n=market.n, value=value, bound=bound, gap=(bound - value) / scale, most_excess=float(excess.max(initial=0)),
                pairs_compared=compared, wrong=wrong)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("market")
    arg.add_argument("answer")
    arg.add_argument("--gap", type=float, default=1e-6)
    a = arg.parse_args()
    market = Market(a.market)
    found = check(market, Answer(a.answer, market.n), a.gap)
    print(json.dumps(found))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
