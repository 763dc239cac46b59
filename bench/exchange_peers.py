#!/usr/bin/python3
"""Peers of the exchange, on a market that bench_exchange wrote. Every pair is a variable; each prints one line of JSON.

    exchange_peers.py pulp MARKET          PuLP, solved by CBC
    exchange_peers.py highs MARKET         scipy.optimize.linprog, solved by HiGHS
    exchange_peers.py lp MARKET FILE.lp    only writes the model in the CPLEX LP format, for glpsol
    exchange_peers.py near MARKET FILE K   the K nearest demands of every supply, as int32, by scipy's cKDTree"""
import json
import os
import sys
import time

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests/peer"))
from checkexchange import Market  # noqa: E402  the one reader of the file


def worths(market):
    """[n, n] EUR per tonne of every pair."""
    apart = numpy.hypot(*(market.at[0][:, None, k] - market.at[1][None, :, k] for k in (0, 1)))
    return market.worth[0][:, None] + market.worth[1][None, :] - market.load - market.rate * apart


def by_pulp(market):
    import pulp
    worth, n = worths(market), market.n
    problem = pulp.LpProblem("exchange", pulp.LpMaximize)
    x = [[pulp.LpVariable(f"x{i}_{j}", 0) for j in range(n)] for i in range(n)]
    problem += pulp.LpAffineExpression((x[i][j], float(worth[i, j])) for i in range(n) for j in range(n))
    for i in range(n):
        problem += pulp.LpAffineExpression((v, 1) for v in x[i]) <= int(market.quantity[0][i])
    for j in range(n):
        problem += pulp.LpAffineExpression((x[i][j], 1) for i in range(n)) <= int(market.quantity[1][j])
    problem.solve(pulp.COIN_CMD(path="cbc", msg=False))
    if problem.status != pulp.LpStatusOptimal:
        sys.exit("CBC found no optimum")
    return pulp.value(problem.objective)


def by_highs(market):
    from scipy import sparse
    from scipy.optimize import linprog
    n = market.n
    pair = numpy.arange(n * n)
    ends = numpy.concatenate([pair // n, n + pair % n])
    rows = sparse.csr_matrix((numpy.ones(2 * n * n), (ends, numpy.concatenate([pair, pair]))), shape=(2 * n, n * n))
    done = linprog(-worths(market).ravel(), A_ub=rows, b_ub=numpy.concatenate(market.quantity), method="highs")
    if done.status != 0:
        sys.exit(done.message)
    return -done.fun


def write_lp(market, path):
    worth, n = worths(market), market.n
    with open(path, "w", encoding="ascii") as f:
        f.write("maximize\n value:")
        for i in range(n):
            f.write("\n " + "\n ".join(f"{worth[i, j]:+.9f} x{i}_{j}" for j in range(n)))
        f.write("\nsubject to\n")
        for i in range(n):
            f.write(f" s{i}: " + "\n + ".join(f"x{i}_{j}" for j in range(n)) + f" <= {market.quantity[0][i]}\n")
        for j in range(n):
            f.write(f" d{j}: " + "\n + ".join(f"x{i}_{j}" for i in range(n)) + f" <= {market.quantity[1][j]}\n")
        f.write("end\n")


def write_near(market, path, count):
    from scipy.spatial import cKDTree
    _, near = cKDTree(market.at[1]).query(market.at[0], k=count, workers=-1)
    near.astype("<i4").tofile(path)


def main():
    market = Market(sys.argv[2])
    start = time.monotonic()
    if sys.argv[1] == "lp":
        write_lp(market, sys.argv[3])
    elif sys.argv[1] == "near":
        write_near(market, sys.argv[3], int(sys.argv[4]))
    else:
        value = dict(pulp=by_pulp, highs=by_highs)[sys.argv[1]](market)
        print(json.dumps(dict(value=value, seconds=time.monotonic() - start)))


if __name__ == "__main__":
    main()
