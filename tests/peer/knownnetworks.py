#!/usr/bin/python3
"""Networks whose answers are known: worked out by hand, or published. TAP on stdout.

    knownnetworks.py KNOOP

Each is written as a package, and what `knoop` says is held against the figure here and, where there is a plan, against the
enumerating peer as well."""
import json
import os
import shutil
import sys
import tempfile

import compare
import planpeer
from compare import knoop, result
from randomregion import write

KM = 1 / 111.3  # degrees of the equator that are a little less than a kilometre: links may be as long as their figure says


def mode(mode_id, load=0.0, rate=0.0, **more):
    row = dict(mode_id=mode_id, name=mode_id, **{"class": "material"}, load_eur=load, eur_per_unit_km=rate, co2_kg_per_unit_km="",
               circuity="", max_km="", speed_kmh="", needs_network="", network="")
    row.update(more)
    return row


def link(name, a, b, kind="road", km="", **more):
    row = dict(link_id=name, from_id=a, to_id=b, kind=kind, km=km, speed_kmh="", oneway="", toll_eur="")
    row.update(more)
    return row


def terminal(name, at, kinds, eur=0.0, **more):
    row = dict(terminal_id=name, name=name, lon=at[0], lat=at[1], kinds=kinds, transfer_eur=eur, transfer_co2_kg="", hours="", status="")
    row.update(more)
    return row


def tariff(a, b, eur, mode_id="freight", **more):
    row = dict(from_id=a, to_id=b, resource_id="", **{"class": "material"}, mode_id=mode_id, eur=eur, co2_kg="", km="")
    row.update(more)
    return row


class Case:
    def __init__(self, work, binary):
        self.folder, self.gpkg, self.binary = os.path.join(work, "known"), os.path.join(work, "known.gpkg"), binary
        self.tables, self.settings = {}, {}

    def rows(self, table, *rows):
        self.tables.setdefault(table, []).extend(rows)

    def site(self, name, at, offers=0, needs=0, price=0.0):
        """A site with so much of `goods` to give or to take."""
        self.rows("site", dict(site_id=name, actor_id="a", name=name, lon=at[0], lat=at[1]))
        if offers:
            self.rows("offer", dict(offer_id="o-" + name, site_id=name, resource_id="goods", quantity=offers))
        if needs:
            self.rows("need", dict(need_id="n-" + name, site_id=name, resource_id="goods", quantity=needs, price_eur=price))

    def nodes(self, **at):
        self.rows("node", *[dict(node_id=k, lon=p[0], lat=p[1]) for k, p in at.items()])

    def new(self, without=()):
        """Imports it, leaving out the links named."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        settings = dict(dict(name="known", currency="EUR"), **self.settings)
        tables = dict(settings=[dict(key=k, value=v) for k, v in settings.items()], actor=[dict(actor_id="a", name="a")],
                      resource=[dict(resource_id="goods", **{"class": "material"}, name="goods", parent_id="")], **self.tables)
        if "offer" not in tables and "need" not in tables:
            tables["offer"] = [dict(offer_id="o", site_id=tables["site"][0]["site_id"], resource_id="goods", quantity=1)]
        for name, rows in tables.items():
            write(self.folder, name, [r for r in rows if r.get("link_id") not in without or not without])
        with open(os.path.join(self.folder, "datapackage.json"), "w", encoding="utf-8") as f:
            json.dump(dict(name="known", resources=[dict(name=x, path=x + ".csv") for x in tables]), f)
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(self.gpkg + ending):
                os.remove(self.gpkg + ending)
        code, _, err = knoop(self.binary, "new", self.gpkg, "--from", self.folder, "--quiet")
        if code:
            result(False, "the package is read", err)
        return self

    def route(self, a, b):
        """The document, or the exit code."""
        code, out, _ = knoop(self.binary, "route", self.gpkg, a, b, "--resource", "goods", "--json")
        return json.loads(out) if code == 0 else code

    def costs(self, name, a, b, eur, modes=None):
        got = self.route(a, b)
        good = isinstance(got, dict) and abs(got["eur"] - eur) < 1e-6
        if good and modes:
            good = [leg["mode_id"] for leg in got["legs"]] == modes
        result(good, name, str(got).replace("\n", " ")[:300])

    def no_way(self, name, a, b):
        got = self.route(a, b)
        result(got == 4, name, str(got)[:300])

    def plan(self, name, value):
        """The value of the plan, and what the peer makes of the same package."""
        code, out, err = knoop(self.binary, "plan", self.gpkg, "--json", "--gap", "1e-9")
        got = json.loads(out)["value_eur"] if code == 0 else None
        good = got is not None and abs(got - value) <= 1e-6 * max(1, abs(value))
        result(good, name, f"{got} against {value} {err.strip()}")
        peer, _ = planpeer.build(planpeer.Region(self.folder))[0].solve("value", 1e-9, {})
        result(abs(peer - value) <= 1e-6 * max(1, abs(value)), name + ", says the peer", f"{peer} against {value}")


# ------------------------------------------------------------------ worked out by hand
def break_even(work, binary):
    """A truck costs 4 + 0.12 per km. The barge costs 1 + 0.02 per km, but 3 km of truck before and after it (4.36 each) and two
    transfers of 1: 11.72 + 0.02 d over a canal as long as the road. Equal at 7.72 / 0.10 = 77.2 km. With CO2 at 100 EUR/t, 0.1 and
    0.03 kg per km: 4 + 0.13 d against 11.78 + 0.023 d, equal at 7.78 / 0.107 = 72.7 km."""
    for price, near, far in ((0, 77, 78), (100, 72, 73)):
        c = Case(work, binary)
        c.settings["co2_eur_per_t"] = price
        c.rows("mode", mode("truck", 4, 0.12, co2_kg_per_unit_km=0.1, needs_network=1, speed_kmh=60),
               mode("barge", 1, 0.02, co2_kg_per_unit_km=0.03, needs_network=1, speed_kmh=10))
        c.nodes(q=(0, 3 * KM), r=(0, 0))
        c.rows("link", link("pre", "r", "q", km=3))
        c.rows("terminal", terminal("t", (0, 3 * KM), "road;water", 1, hours=2))
        c.site("s", (0, 0), offers=100)
        for d in (near, far):
            c.nodes(**{f"q{d}": (d * KM, 3 * KM), f"r{d}": (d * KM, 0)})
            c.rows("link", link(f"road{d}", "r", f"r{d}", km=d), link(f"canal{d}", "q", f"q{d}", "water", d),
                   link(f"end{d}", f"q{d}", f"r{d}", km=3))
            c.rows("terminal", terminal(f"t{d}", (d * KM, 3 * KM), "road;water", 1, hours=2))
            c.site(f"s{d}", (d * KM, 0), needs=30, price=50)
        c.new()
        chain = 11.72 + 0.02 * far
        c.costs(f"{near} km: the truck, CO2 at {price}", "s", f"s{near}", 4 + 0.12 * near, ["truck"])
        c.costs(f"{far} km: the barge, CO2 at {price}", "s", f"s{far}", chain, ["truck", "barge", "truck"])
        hours = c.route("s", f"s{far}")["hours"]
        result(abs(hours - (6 / 60 + far / 10 + 4)) < 1e-6, f"{far} km take their hours", str(hours))
        kg = 0.1 * near + 0.6 + 0.03 * far
        c.plan(f"the plan over both, CO2 at {price}", 30 * (100 - (4 + 0.12 * near) - chain - price * kg / 1000))


def lock(work, binary):
    """Quay to quay over a lock, 1 + 0.02 x 40 = 1.8; by road 4 + 0.1 x 50 = 9. Closed, all 100 t go by road."""
    c = Case(work, binary)
    c.settings["snap_km"] = 5
    c.rows("mode", mode("truck", 4, 0.1, needs_network=1), mode("barge", 1, 0.02, needs_network=1))
    c.nodes(a=(0, 0), l=(20 * KM, 0), m=(20.1 * KM, 0), b=(40 * KM, 0))
    c.rows("link", link("west", "a", "l", "water", 20), link("lock", "l", "m", "water", 0), link("east", "m", "b", "water", 20),
           link("road", "a", "b", km=50))
    c.site("s", (0, 0), offers=100)
    c.site("d", (40 * KM, 0), needs=100, price=30)
    c.new()
    c.costs("the lock is open", "s", "d", 1.8, ["barge"])
    c.plan("and the plan sails", 100 * (30 - 1.8))
    c.new(without=("lock",))
    c.costs("the lock is closed", "s", "d", 9, ["truck"])
    c.plan("and the plan drives", 100 * (30 - 9))
    c.new(without=("lock", "road"))
    c.no_way("neither lock nor road", "s", "d")
    c.plan("and no plan", 0)


def islands(work, binary):
    """An island with roads, where a ship would be the way; a place too far from any road; loops, links without length, dead ends."""
    c = Case(work, binary)
    c.rows("mode", mode("truck", 4, 0.1, circuity=1.5))
    c.nodes(a=(0, 0), b=(10 * KM, 0), i=(20 * KM, 0), j=(25 * KM, 0), z=(10.0001 * KM, 0), y=(30 * KM, 10 * KM), x=(12 * KM, 10 * KM))
    c.rows("link", link("ab", "a", "b", km=12), link("ij", "i", "j", km=6), link("loop", "a", "a", km=5), link("none", "b", "z", km=0),
           link("again", "a", "b", km=11), link("longer", "b", "a", km=11.5), link("in", "a", "y", km=40, oneway=1),
           link("out", "x", "a", km=20, oneway=1))
    for name, at in dict(a=(0, 0), b=(10 * KM, 0), z=(10.0001 * KM, 0), i=(20 * KM, 0), j=(25 * KM, 0), y=(30 * KM, 10 * KM),
                         x=(12 * KM, 10 * KM), far=(0, 3 * KM), near=(0, -1 * KM)).items():
        c.site(name, at)
    c.new()
    c.costs("the shorter of links beside each other", "a", "b", 4 + 1.1)
    c.costs("a link without length", "b", "z", 4)
    c.costs("over it and on", "a", "z", 4 + 1.1)
    c.costs("on the island", "i", "j", 4.6)
    c.no_way("no road to the island", "a", "i")
    c.no_way("nor from it", "j", "b")
    c.costs("into the dead end", "a", "y", 4 + 4)
    c.no_way("not out of it", "y", "a")
    c.costs("out of the other", "x", "b", 4 + 2 + 1.1)
    c.no_way("not into it", "b", "x")
    crow = 6371.0088 * 3.14159265358979 / 180 * 3 * KM
    c.costs("out of reach of roads, as the crow flies", "a", "far", 4 + 0.1 * 1.5 * crow)
    c.costs("within reach, over the gap", "near", "b", 4 + 0.1 * (1.5 * crow / 3 + 11))
    c.costs("from a place to itself", "a", "a", 4)
    c.tables["mode"][0]["needs_network"] = 1
    c.new()
    c.no_way("and not at all where the network is needed", "a", "far")


def in_place(work, binary):
    """The only mode needs rails, of which there are none: nothing moves, but a need without a site takes its goods in place."""
    c = Case(work, binary)
    c.rows("mode", mode("train", 3, 0.1, needs_network=1))
    c.nodes(a=(0, 0), b=(10 * KM, 0))
    c.rows("link", link("ab", "a", "b", km=12))
    c.site("s", (0, 0), offers=10)
    c.site("d", (10 * KM, 0), needs=10, price=50)
    c.rows("need", dict(need_id="anywhere", site_id="", resource_id="goods", quantity=4, price_eur=20))
    c.new()
    c.plan("what needs no way needs no network", 4 * (20 - 3))
    code, out, _ = knoop(binary, "plan", c.gpkg, "--why", "o-s", "n-d", "--json")
    result(code == 0 and '"no_route"' in out, "why not: there is no way", out.replace("\n", " ")[:200])


def beyond_reach(work, binary):
    """A mode of 60 km at most, 1 + 0.01 per km, a terminal in the middle of 100 km with a transfer of 0.5; and one tariff of 40,
    elsewhere. The chain costs 2 x (1 + 0.5) + 0.5 = 3.5: less than any tariff, farther than any mode. Twenty suppliers of 1 t at one
    end, twenty needs at prices 1 ... 20 at the other: 17 pay, (4 + ... + 20) - 17 x 3.5 = 144.5. So many that the search prunes."""
    c = Case(work, binary)
    c.rows("mode", mode("truck", 1, 0.01, needs_network=1, max_km=60))
    c.nodes(a=(0, 0), m=(50 * KM, 0), b=(100 * KM, 0))
    c.rows("link", link("am", "a", "m", km=50), link("mb", "m", "b", km=50))
    c.rows("terminal", terminal("t", (50 * KM, 0), "road", 0.5))
    for k in range(20):
        c.site(f"s{k}", (0, 0), offers=1)
        c.site(f"d{k}", (100 * KM, 0), needs=1, price=k + 1)
    c.site("e", (0, 1))
    c.rows("tariff", tariff("s0", "e", 40))
    c.new()
    c.costs("two legs of what one cannot", "s0", "d0", 3.5, ["truck", "truck"])
    c.plan("and a plan on it", 144.5)
    c.rows("process", dict(process_id="p", name="p", activity_unit="t", opex_eur=99))
    c.rows("process_flow", dict(process_id="p", resource_id="goods", quantity=1, per="activity", residual_eur=""))
    c.rows("unit", dict(unit_id="u", process_id="p", site_id="s0", capacity=1, status="existing"))
    c.new()
    c.plan("with a unit besides", 144.5)


def shortcut(work, binary):
    """Two ends 100 km apart with a link of no length between them, for 1 in all. Twenty of each as above: 1 + ... + 19 = 190."""
    c = Case(work, binary)
    c.rows("mode", mode("truck", 1, 1, needs_network=1))
    c.nodes(a=(0, 0), b=(100 * KM, 0))
    c.rows("link", link("ab", "a", "b", km=0))
    for k in range(20):
        c.site(f"s{k}", (0, 0), offers=1)
        c.site(f"d{k}", (100 * KM, 0), needs=1, price=k + 1)
    c.new()
    c.plan("a link that is shorter than the earth is round", 190)


def chain_for_nothing(work, binary):
    """From s by truck to x, by barge over y, z and on, by truck from z to d, all at no cost: of chains that cost the same one must be
    found that can be travelled."""
    c = Case(work, binary)
    c.rows("mode", mode("truck", needs_network=1), mode("barge", needs_network=1))
    at = dict(s=0, w=5, x=10, y=20, z=30, d=40)
    c.nodes(**{k: (v * KM, 0) for k, v in at.items()})
    c.rows("link", link("sx", "s", "x"), link("zd", "z", "d"), link("xy", "x", "y", "water"), link("yz", "y", "z", "water"),
           link("wx", "w", "x", "water"))
    c.rows("terminal", *[terminal(k, (at[k] * KM, 0), "road;water") for k in "wxyz"])
    c.site("from", (0, 0), offers=10)
    c.site("to", (40 * KM, 0), needs=10, price=5)
    c.new()
    c.costs("a chain for nothing", "from", "to", 0, ["truck", "barge", "truck"])
    c.plan("and its plan", 50)


def transfer_only_where_both_run(work, binary):
    """Two quays: rail and water at t, road and water at u. A truck may not leave from t, so what comes by rail stays there.
    Where it may, 1 by rail, 1 for the transfer, 2 by truck."""
    c = Case(work, binary)
    c.rows("mode", mode("train", 1, 0, needs_network=1), mode("truck", 2, 0, needs_network=1))
    c.nodes(a=(0, 0), t=(10 * KM, 0), u=(20 * KM, 0), b=(30 * KM, 0))
    c.rows("link", link("at", "a", "t", "rail"), link("tu", "t", "u"), link("ub", "u", "b"))
    c.rows("terminal", terminal("t", (10 * KM, 0), "rail;water", 1), terminal("u", (20 * KM, 0), "road;water", 1))
    c.site("s", (0, 0), offers=10)
    c.site("d", (30 * KM, 0), needs=10, price=50)
    c.new()
    c.no_way("a truck does not leave from a quay without a road", "s", "d")
    c.plan("and no plan counts on it", 0)
    c.tables["terminal"][0]["kinds"] = "rail;road"
    c.new()
    c.costs("it does where there is one", "s", "d", 1 + 1 + 2, ["train", "truck"])


# ------------------------------------------------------------------ published
def shortest_path(work, binary):
    """The digraph of figure 24.6 of Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, third edition: from s to t 8, x 9,
    y 5, z 7."""
    c = Case(work, binary)
    c.rows("mode", mode("truck", 0, 1, needs_network=1))
    arcs = {"st": 10, "sy": 5, "ty": 2, "yt": 3, "tx": 1, "yx": 9, "yz": 2, "xz": 4, "zx": 6, "zs": 7}
    c.nodes(**{v: (k * 0.001, 0) for k, v in enumerate("styxz")})
    c.rows("link", *[link(name, name[0], name[1], km=km, oneway=1) for name, km in arcs.items()])
    c.site("somewhere", (0, 1))
    c.new()
    for end, km in dict(t=8, x=9, y=5, z=7).items():
        c.costs(f"Cormen et al.: s to {end}", "node:s", "node:" + end, km)


def by_table(c, plants, markets, cost):
    """Sites and tariffs of a published table. plants: {name: quantity or None}."""
    for k, (name, quantity) in enumerate(plants.items()):
        c.site(name, (0.1 * k, 0), offers=quantity)
    for k, (name, quantity) in enumerate(markets.items()):
        c.site(name, (0.1 * k, 1), needs=quantity, price=1e4)
    c.rows("tariff", *[tariff(p, m, x) for p, row in zip(plants, cost) for m, x in zip(markets, row)])


def transportation(work, binary):
    """Dantzig, Linear Programming and Extensions (1963), chapter 3.3, with the figures of the first model of the GAMS library
    (trnsport): 90 dollars per case and thousand miles; the least is 153,675 dollars."""
    c = Case(work, binary)
    markets = {"new-york": 325, "chicago": 300, "topeka": 275}
    by_table(c, {"seattle": 350, "san-diego": 600}, markets, [[225, 153, 162], [225, 162, 126]])
    c.new()
    c.plan("Dantzig's transportation problem", 900 * 1e4 - 153675)


def facilities(c, capacity, fixed, markets, cost):
    """Plants that may be opened for a fixed cost a year, of so much capacity."""
    c.settings["discount_rate"] = 0
    by_table(c, dict.fromkeys(capacity), markets, cost)
    for name, most in capacity.items():
        c.rows("process", dict(process_id=name, name=name, activity_unit="t", capex_fixed_eur=fixed[name], lifetime_yr=1))
        c.rows("process_flow", dict(process_id=name, resource_id="goods", quantity=1, per="activity", residual_eur=""))
        c.rows("unit", dict(unit_id=name, process_id=name, site_id=name, capacity=most, status="candidate"))
    c.new()


def warehouses(work, binary):
    """The warehouse location problem of Van Hentenryck, The OPL Optimization Programming Language (1999), problem 34 of CSPLib: five
    warehouses of 30 each, ten stores; the least is 383."""
    cost = [[20, 24, 11, 25, 30], [28, 27, 82, 83, 74], [74, 97, 71, 96, 70], [2, 55, 73, 69, 61], [46, 96, 59, 83, 4],
            [42, 22, 29, 67, 59], [1, 5, 73, 59, 56], [10, 73, 13, 43, 96], [93, 35, 63, 85, 46], [47, 65, 55, 71, 95]]
    capacity = dict(bonn=1, bordeaux=4, london=2, paris=1, rome=3)
    c = Case(work, binary)
    facilities(c, capacity, dict.fromkeys(capacity, 30), {f"store{k}": 1 for k in range(10)}, list(zip(*cost)))
    c.plan("the warehouses of OPL", 10 * 1e4 - 383)


def plants(work, binary):
    """Five plants and four warehouses, an example of Frontline Systems that Gurobi distributes as `facility`: the least is 210,500."""
    cost = [[4000, 2000, 3000, 2500, 4500], [2500, 2600, 3400, 3000, 4000], [1200, 1800, 2600, 4100, 3000],
            [2200, 2600, 3100, 3700, 3200]]
    names = [f"plant{k}" for k in range(5)]
    c = Case(work, binary)
    facilities(c, dict(zip(names, (20, 22, 17, 19, 18))), dict(zip(names, (12000, 15000, 17000, 13000, 16000))),
               {f"store{k}": n for k, n in enumerate((15, 18, 14, 20))}, list(zip(*cost)))
    c.plan("the plants of Frontline", 67 * 1e4 - 210500)


def main():
    with tempfile.TemporaryDirectory() as work:
        for case in (break_even, lock, islands, in_place, beyond_reach, shortcut, chain_for_nothing, transfer_only_where_both_run, shortest_path, transportation, warehouses, plants):
            case(work, sys.argv[1])
    print(f"1..{compare.count}")
    sys.exit(1 if compare.failed else 0)


if __name__ == "__main__":
    main()
