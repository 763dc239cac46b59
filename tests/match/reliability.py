"""How well chances were told: (chance told, 1 if it was seen else 0) for each proposal."""

EDGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def brier(told):
    """Mean square of what was told less what was seen (Brier 1950): 0 is best."""
    return sum((chance - seen) ** 2 for chance, seen in told) / len(told)


def skill(told):
    """1 less the score over that of telling the mean every time: 0 says no more than the mean does."""
    mean = sum(seen for chance, seen in told) / len(told)
    return 1 - brier(told) / brier([(mean, seen) for chance, seen in told])


def bins(told, edges=EDGES):
    """By chance told: (from, count, mean told, mean seen)."""
    found = {}
    for chance, seen in told:
        low = max((edge for edge in edges if chance >= edge), default=0)
        count, all_told, hits = found.get(low, (0, 0, 0))
        found[low] = count + 1, all_told + chance, hits + seen
    return [(low, count, all_told / count, hits / count) for low, (count, all_told, hits) in sorted(found.items())]


def deciles(told):
    """Ten parts of equal size by rising chance: (count, mean told, mean seen). Equal chances cannot be put in order: each has their mean."""
    equal = {}
    for chance, seen in told:
        equal.setdefault(chance, []).append(seen)
    order = sorted((chance, sum(equal[chance]) / len(equal[chance])) for chance, seen in told)
    cuts = [len(order) * k // 10 for k in range(11)]
    parts = [order[first:last] for first, last in zip(cuts, cuts[1:]) if last > first]
    return [(len(part), sum(chance for chance, seen in part) / len(part), sum(seen for chance, seen in part) / len(part)) for part in parts]


def gap(told):
    """Mean distance of what was told from what was seen, over the bins."""
    return sum(count * abs(chance - seen) for low, count, chance, seen in bins(told)) / len(told)


def show(name, told):
    print(f"{name}: {len(told)} proposals, told {sum(c for c, s in told) / len(told):.4f}, seen {sum(s for c, s in told) / len(told):.4f}, "
          f"Brier {brier(told):.4f}, skill {skill(told):.3f}, gap {gap(told):.4f}")
    for k, (count, chance, seen) in enumerate(deciles(told), 1):
        print(f"  decile {k}: {count}, told {chance:.4f}, seen {seen:.4f}")
