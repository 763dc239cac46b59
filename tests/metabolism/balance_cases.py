#!/usr/bin/python3
"""The published and own cases of ../shared/cases/balance, through the built program. TAP."""
import json
import os
import sys

from balancelib import balance, near

FOLDER = os.path.join(os.environ.get("KN_SOURCE_ROOT", "."), "..", "shared", "cases", "balance")
TOLERANCE = 1e-9


def figure(got, wanted, name):
    if got["class"] != wanted["class"]:
        raise AssertionError(f"{name}: {got['class']}, expected {wanted['class']}")
    near(got["reconciled"], wanted["reconciled"], f"{name} reconciled", TOLERANCE)
    near(got["sd"], wanted["sd"], f"{name} sd", TOLERANCE)
    if "z" in wanted:
        near(got["z"], wanted["z"], f"{name} z", TOLERANCE, 1e-12)


def same_tests(got, wanted):
    near(got["chi2"], wanted["chi2"], "chi2", TOLERANCE)
    near(got["p_value"], wanted["p_value"], "p_value", 1e-9, 1e-300)
    if got["dof"] != wanted["dof"]:
        raise AssertionError(f"dof {got['dof']}, expected {wanted['dof']}")
    if "z_critical_5pct" in wanted:
        near(got["z_critical_5pct"], wanted["z_critical_5pct"], "z_critical_5pct", TOLERANCE)
    if "most_suspicious" in wanted and sorted(got["most_suspicious"]) != sorted(wanted["most_suspicious"]):
        raise AssertionError(f"most suspicious {got['most_suspicious']}, expected {wanted['most_suspicious']}")


def same_nodes(got, wanted, flows):
    size = max(abs(f["quantity"]) for f in flows if f["quantity"] is not None)
    rows = {n["id"]: n for n in got["nodes"]}
    if len(rows) != len(got["nodes"]):
        raise AssertionError("a node balances twice")
    for node in wanted:
        near(rows[node["id"]]["gap_before"], node["gap_before"], f"{node['id']} gap_before", TOLERANCE, 1e-9 * size)
        near(rows[node["id"]]["gap_after"], node["gap_after"], f"{node['id']} gap_after", 0, 1e-9 * size)


def by_id(rows, key="flow_id"):
    return {r[key]: r for r in rows}


def plain(case):
    parts = {"nodes": case["input"]["nodes"], "flows": case["input"]["flows"]}
    wanted = case["expected"]
    got = balance(**parts)
    same_tests(got, wanted)
    rows = by_id(got["flows"])
    for f in wanted["flows"]:
        figure(rows[f["flow_id"]], f, f["flow_id"])
    same_nodes(got, wanted.get("nodes", []), parts["flows"])
    if "nonnegative" in wanted:
        near(got["nonnegative"]["chi2"], wanted["nonnegative"]["chi2"], "chi2 of flows of at least 0", TOLERANCE)
        if got["nonnegative"]["held_at_zero"] != wanted["nonnegative"]["held_at_zero"]:
            raise AssertionError("held at zero")
        for f in wanted["nonnegative"]["flows"]:
            near(rows[f["flow_id"]]["reconciled"], f["reconciled"], f["flow_id"], TOLERANCE)
    if "gross_errors" in wanted:
        if got["gross_errors"] != wanted["gross_errors"]:
            raise AssertionError(f"gross errors {got['gross_errors']}")
        for a, b in zip(got["elimination"], wanted["elimination"], strict=True):
            for key in ("chi2", "dof", "chi2_critical_5pct", "largest_abs_z"):
                near(a[key], b[key], key, TOLERANCE)
            if a["flow_ids"] != b["flow_ids"]:
                raise AssertionError(f"named {a['flow_ids']}, expected {b['flow_ids']}")
        after = by_id(balance("--eliminate", **parts)["flows"])
        for f in wanted["after_elimination"]:
            figure(after[f["flow_id"]], f, f["flow_id"] + " after")


def bilinear(case):
    parts = {"nodes": case["input"]["nodes"], "flows": case["input"]["flows"], "transfers": case["input"]["transfer_coefficients"]}
    wanted = case["expected"]

    def compare(got, names):
        same_tests(got, wanted)
        rows = {**by_id(got["flows"]), **by_id(got["transfer_coefficients"], "transfer_id")}
        for v in wanted["variables"] + names:
            figure(rows[v["id"]], v, v["id"])
        return rows

    rows = compare(balance(**parts), [])
    for name in wanted["unobservable"]:
        if rows[name]["class"] != "unobservable" or rows[name]["reconciled"] is not None or rows[name]["sd"] is not None:
            raise AssertionError(f"{name} is not unobservable")
    parts["transfers"] = parts["transfers"] + [{"id": "equal", "from_flow": "f6", "to_flow": "f7", "value": 1, "sd": 0}]
    compare(balance(**parts), wanted["variant_equal_split"])


def layers(case):
    nodes = case["input"]["nodes"]
    flows, properties = [], []
    for f in case["input"]["flows"]:
        flows.append(f)
        properties.append({"flow_id": f["flow_id"], "property": "carbon", "value": f["concentration"], "sd": f["concentration_sd"]})
    rules = {n["id"]: ("mass", 0, "") for n in nodes if "mass" not in n["balanced_layers"]}
    got = balance(nodes=[n["id"] for n in nodes], flows=flows, properties=properties, rules=rules)
    wanted = case["expected"]
    same_tests(got, wanted)
    mass, carbon = by_id(got["flows"]), by_id(got["properties"])
    for f in wanted["flows"]:
        name = f["flow_id"]
        if f["mass"] is None:
            if mass[name]["reconciled"] is not None or carbon[name]["reconciled"] is not None:
                raise AssertionError(f"{name} should not be known")
            near(carbon[name]["content_sd"], f["carbon_sd"], f"{name} content_sd", TOLERANCE)
            if carbon[name]["content_class"] != f["carbon_class"]:
                raise AssertionError(f"{name} content {carbon[name]['content_class']}")
        else:
            figure(mass[name], f["mass"], name)
            figure(carbon[name], f["concentration"], name + " carbon")
        near(carbon[name]["content"], f["carbon"], f"{name} content", TOLERANCE)
    if any(abs(n["gap_after"]) > 1e-9 * 1000 for n in got["nodes"]):
        raise AssertionError("a gap is left")
    if sorted((n["id"], n["layer"]) for n in got["nodes"]) != sorted(
            (n["id"], "material" if layer == "mass" else layer) for n in nodes for layer in n["balanced_layers"]):
        raise AssertionError("other nodes balance")


def main():
    names = sorted(f for f in os.listdir(FOLDER) if f.endswith(".json")) if os.path.isdir(FOLDER) else []
    if not names:
        print("1..0 # SKIP the cases are not there")
        return 0
    print(f"1..{len(names)}")
    failed = 0
    for at, name in enumerate(names, 1):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
            case = json.load(f)
        run = bilinear if "transfer_coefficients" in case["input"] else layers if "layers" in case["input"] else plain
        try:
            run(case)
            print(f"ok {at} - {name}")
        except (AssertionError, KeyError, ValueError) as error:
            failed += 1
            print(f"not ok {at} - {name}\n# {error!r}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
