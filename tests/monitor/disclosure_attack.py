"""Aim: nobody finds out by adding, subtracting or solving what a table withholds.

Method: random tables (tests/monitor/disclosure_tables.c) are built again from their microdata, the rules are applied again, and
everybody attacks: from outside, and each contributor with what he knows of himself, by linear programs of another solver
(HiGHS). Then the same with secondary suppression switched off, where attacks must succeed. Prints TAP.
"""
import itertools
import json
import subprocess
import sys

import numpy
import scipy.optimize
import scipy.sparse

SECONDARY, EMPTY, FEW = 2, 1, 2


def table_of(program, seed, *options):
    return json.loads(subprocess.run([program, str(seed), *options], check=True, capture_output=True, text=True).stdout)


class Table:
    """Everything from the microdata; of the answer only which cells there are and which are withheld."""

    def __init__(self, doc):
        self.doc = doc
        self.dims = len(doc["dimensions"])
        self.keys = [tuple((c["code"][i], bool(doc["is_rest"][i] >> d & 1)) for d, c in enumerate(doc["codes"]))
                     for i in range(len(doc["status"]))]
        self.index = {key: i for i, key in enumerate(self.keys)}
        assert len(self.index) == len(self.keys)
        self.withheld = [i for i, s in enumerate(doc["status"]) if s]
        self.relations = list(self.find_relations())
        self.own = [self.contributions(amounts) for amounts in doc["measures"]]

    def parts(self, d, code):
        parts = [(c, False) for c, parent in enumerate(self.doc["dimensions"][d]["parent"]) if parent == code]
        if parts and any(key[d] == (code, True) for key in self.keys):
            parts.append((code, True))
        return parts

    def find_relations(self):
        for i, key in enumerate(self.keys):
            for d in range(self.dims):
                parts = [] if key[d][1] else self.parts(d, key[d][0])
                if parts:
                    yield i, [self.index[key[:d] + (part,) + key[d + 1:]] for part in parts]

    def chain(self, d, code):
        chain = [(code, True)] if self.parts(d, code) else []
        while code != -1:
            chain.append((code, False))
            code = self.doc["dimensions"][d]["parent"][code]
        return chain

    def contributions(self, amounts):
        """own[cell][contributor]"""
        own = [{} for _ in self.keys]
        seen = set()
        for i, who in enumerate(self.doc["contributor"]):
            chains = [self.chain(d, dim["code"][i]) for d, dim in enumerate(self.doc["dimensions"])]
            amount = amounts[i] if amounts else 1
            if amounts is None:
                finest = (who, tuple(chain[0] for chain in chains))
                if finest in seen or not any(m is None or m[i] > 0 for m in self.doc["measures"]) or not self.has_amount(i):
                    continue
                seen.add(finest)
            if amount > 0:
                for key in itertools.product(*chains):
                    cell = own[self.index[key]]
                    cell[who] = cell.get(who, 0) + amount
        return own

    def has_amount(self, i):
        amounts = [m for m in self.doc["measures"] if m is not None]
        return not amounts or any(m[i] > 0 for m in amounts)

    def is_finest(self, i):
        return all(rest or not self.parts(d, code) for d, (code, rest) in enumerate(self.keys[i]))

    def is_part(self, i, target):
        return all(self.keys[target][d] in self.chain_of(d, self.keys[i][d]) for d in range(self.dims))

    def chain_of(self, d, code):
        return [code] + [c for c in self.chain(d, code[0]) if not c[1] and (code[1] or c[0] != code[0])]

    def knows_empty(self, k, target, who):
        """He is alone wherever something could be of what an empty cell adds up."""
        return who is not None and all(
            any(len(self.own[k][a]) == 1 and who in self.own[k][a] for a in range(len(self.keys)) if self.is_part(i, a))
            for i in range(len(self.keys)) if self.is_finest(i) and self.is_part(i, target) and not self.doc["is_structural"][i])

    # ------------------------------------------------------------------ the rules again
    def why(self, i):
        doc, rules, why = self.doc, self.doc["settings"], 0
        for k, amounts in enumerate(doc["measures"]):
            if amounts is None:
                continue
            held = sorted(self.own[k][i].values(), reverse=True)
            total = sum(held)
            if not held:
                why |= 0 if doc["is_structural"][i] or rules["zero_is_open"] else EMPTY
                continue
            why |= FEW if len(held) < rules["min_count"] else 0
            why |= 4 if rules["n"] and sum(held[:rules["n"]]) > rules["k"] / 100 * total else 0
            rest = sum(held[2:])
            why |= 8 if rules["p"] / 100 * held[0] > rest + 1e-9 * total else 0
        return why

    # ------------------------------------------------------------------ attacks
    def attack(self, k, target, sign, who):
        """The most (sign 1) or least (-1) of a cell, with the table that shows it."""
        column = {c: j for j, c in enumerate(self.withheld)}
        rows, cols, entries, right = [], [], [], []
        for total, parts in self.relations:
            if total not in column and not any(c in column for c in parts):
                continue
            known = 0
            for c, value in [(total, -1)] + [(c, 1) for c in parts]:
                if c in column:
                    rows.append(len(right))
                    cols.append(column[c])
                    entries.append(value)
                else:
                    known += value * sum(self.own[k][c].values())
            right.append(-known)
        scale = max([1] + [sum(self.own[k][c].values()) for c in self.withheld]) / 1000
        answer = scipy.optimize.linprog(
            [-sign if c == target else 0 for c in self.withheld],
            A_eq=scipy.sparse.csr_matrix((entries, (rows, cols)), shape=(len(right), len(self.withheld))) if right else None,
            b_eq=numpy.array(right) / scale if right else None,
            bounds=[tuple(None if b is None else b / scale for b in self.bounds(k, c, who)) for c in self.withheld],
            method="highs")
        if answer.status == 3:
            return float("inf"), None
        assert answer.status == 0, answer.message
        return -sign * answer.fun * scale, dict(zip(self.withheld, answer.x * scale))

    def bounds(self, k, c, who):
        own = self.own[k][c].get(who, 0)
        is_alone = own > 0 and len(self.own[k][c]) == 1
        return (own, own) if is_alone else (own, None)

    def is_possible(self, k, table, who):
        return table is not None and all(
            low - 1e-9 * max(1, low) <= table[c] and (high is None or table[c] <= high + 1e-9 * max(1, high))
            for c in self.withheld for low, high in [self.bounds(k, c, who)])

    def everybodys(self, k, target, sign):
        """The worst for each attacker. One whose knowledge the answer of outsiders meets has the same answer."""
        outside, table = self.attack(k, target, sign, None)
        yield None, outside
        for who in sorted({w for c in self.withheld for w in self.own[k][c]}):
            if table is None or not self.is_possible(k, table, who):
                yield who, self.attack(k, target, sign, who)[0]
            else:
                yield who, outside

    def breaches(self):
        for k in range(len(self.doc["measures"])):
            for c in self.withheld:
                if self.doc["why"][c]:
                    yield from self.breaches_of(k, c)

    def breaches_of(self, k, c):
        doc, rules, held = self.doc, self.doc["settings"], self.own[k][c]
        p, total, is_count = rules["p"] / 100, sum(held.values()), doc["measures"][k] is None
        near = 1e-5 * max(1, total)
        if is_count and not doc["why"][c] & (EMPTY | FEW):
            return
        if not held:
            for who, most in self.everybodys(k, c, 1):
                if most < self.typical(k) * (1 - 1e-5) and not self.knows_empty(k, c, who):
                    yield f"measure {k}, empty cell {self.keys[c]}: {who} knows that it holds at most {most:g}"
            return
        amounts = sorted(held.values(), reverse=True)
        # Is the cell primary because of this measure? (A cell of euros may be withheld for its tonnes alone.)
        is_few = len(held) < rules["min_count"]
        is_near = p * amounts[0] > sum(amounts[2:]) + 1e-9 * total
        for who, most in self.everybodys(k, c, 1):
            others = [amount for other, amount in held.items() if other != who]
            if not others:
                continue
            if is_count and most < total + 1 - near:
                yield f"count {self.keys[c]} = {total}: {who} knows at most {most:g}"
            if not is_count and (is_few or is_near) and most - held.get(who, 0) < (1 + p) * max(others) - near:
                yield f"measure {k}, cell {self.keys[c]} = {total:g}: {who} knows that another has at most {most:g} less his own"
            if not is_count and who is None and rules["n"] and most < 100 / rules["k"] * sum(amounts[:rules["n"]]) - near:
                if doc["why"][c] & 4:
                    yield f"measure {k}, cell {self.keys[c]} = {total:g}: dominance, and at most {most:g}"
        for who, least in self.everybodys(k, c, -1):
            others = [amount for other, amount in held.items() if other != who]
            if others and is_count and least > total - 1 + near:
                yield f"count {self.keys[c]} = {total}: {who} knows at least {least:g}"
            if others and not is_count and is_few and least > total - p * max(others) + near:
                yield f"measure {k}, cell {self.keys[c]} = {total:g}: {who} knows at least {least:g}"

    def typical(self, k):
        if self.doc["measures"][k] is None:
            return 1
        finest = sorted(a for i in range(len(self.keys)) if self.is_finest(i) for a in self.own[k][i].values())
        return finest[len(finest) // 2] if finest else 1


def subtractions(table):
    """What a child could do: a relation in which all is published but one cell."""
    for total, parts in table.relations:
        missing = [c for c in [total] + parts if table.doc["status"][c]]
        if len(missing) == 1:
            yield table.keys[missing[0]]


count = 0


def check(name, found):
    global count
    count += 1
    found = list(itertools.islice(found, 3))
    print("not ok" if found else "ok", count, name)
    for line in found:
        print("#", line)


def main():
    program, first, seeds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    broken = withheld = 0
    for seed in range(first, first + seeds):
        table = Table(table_of(program, seed))
        doc = table.doc
        primary = [i for i in range(len(table.keys)) if doc["why"][i]]
        withheld += len(table.withheld)
        check(f"table {seed}: rules", (f"{table.keys[i]}: why {doc['why'][i]}, not {table.why(i)}" for i in range(len(table.keys))
                                      if doc["why"][i] != table.why(i) or (doc["status"][i] == 1) != (doc["why"][i] != 0)))
        check(f"table {seed}: values", (f"{table.keys[i]} of measure {k}" for k in range(len(doc["measures"])) for i in range(
            len(table.keys)) if abs(doc["value"][k][i] - sum(table.own[k][i].values())) > 1e-9 * max(1, doc["value"][k][i])))
        check(f"table {seed}: no cell is the only one missing in a sum", subtractions(table))
        check(f"table {seed}: {len(primary)} cells of {len(table.keys)}, {len(table.withheld)} withheld, nobody finds out",
              table.breaches())
        open_table = Table(table_of(program, seed, "primary-only"))
        broken += any(True for _ in open_table.breaches())
    check(f"with secondary suppression switched off {broken} of {seeds} tables give something away",
          [] if broken >= seeds / 2 else ["attacks find nothing"])
    check("something was withheld", [] if withheld > 0 else ["nothing was"])
    print(f"1..{count}")


main()
