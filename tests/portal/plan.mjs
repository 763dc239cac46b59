// Why, why not, and two plans side by side: the answers agree with the command line, and tell nobody of rows that are not theirs.
import { command, done, equal, ok, region, serve, test } from "./lib.mjs";

const file = await region({ plan: true, edit: (table, row) => { if (table === "offer" && row.offer_id === "o-gielen-wood-b") row.disclosure = "broker"; } });
command("--quiet", "plan", file, "--objective", "co2", "--gap", "0.05");
const place = await serve(file);
const an = await place.signIn("coordinator");
const planner = await place.signIn("planner");
const { json: { items: plans } } = await an.get("/plans");
const [co2, value] = plans.map(({ run_id }) => run_id);

await test("why not a pair: worth and what its ends are worth elsewhere, as `knoop plan --why` has it", async () => {
  const { json } = await an.get(`/plans/${value}/why?from=offer:o-gielen-wood-b&to=need:n-bionerga-beringen-wood-fuel`);
  const { why: { ways } } = JSON.parse(command("plan", file, "--json", "--why", "o-gielen-wood-b", "n-bionerga-beringen-wood-fuel"));
  equal(json.ways, ways.length);
  for (const [at, way] of ways.entries()) {
    equal(json.items[at].refusal, way.refusal);
    for (const [ours, theirs] of [["worth_per_unit", "worth_eur"], ["from_elsewhere", "supply_dual_eur"], ["to_elsewhere", "demand_dual_eur"], ["limits_elsewhere", "other_dual_eur"], ["balance_per_unit", "reduced_cost_eur"]])
      equal(json.items[at][ours], way[theirs]);
  }
});

await test("the prices in an answer rest on all rows, so only the coordinator asks; what is not there is said so", async () => {
  const path = `/plans/${value}/why?from=offer:o-gielen-wood-b&to=need:n-bionerga-beringen-wood-fuel`;
  equal((await planner.get(path)).status, 403);
  equal((await place.anybody.get(path)).status, 401);
  equal((await an.get(`/plans/${value}/why?from=offer:no-such-offer&to=need:n-bionerga-beringen-wood-fuel`)).status, 404);
  equal((await an.get(`/plans/${value}/why?from=o-gielen-wood-b`)).status, 422);
});

await test("two plans: what changed, with reasons", async () => {
  const { json } = await an.get(`/plans/${value}/diff/${co2}`);
  ok(json.tie_count > 0);
  equal(json.ties.length, Math.min(json.tie_count, 200));
  ok(json.after.totals.co2_avoided_t > json.before.totals.co2_avoided_t);
  ok(json.inputs.some(({ name, after }) => name === "objective" && /co2/.test(after)));
  equal((await planner.get(`/plans/${value}/diff/${co2}`)).status, 403);
  equal((await an.get(`/plans/${value}/diff/999`)).status, 404);
});

await test("what is used of an offer that also goes where one may not look is not told", async () => {
  const hidden = (await an.get(`/plans/${value}/ties?limit=1000`)).json.items.filter((tie) => tie.from_id === "o-gielen-wood-b" && tie.to_kind === "need");
  for (const tie of hidden) {
    const prices = (await planner.get(`/plans/${value}/prices?limit=1000`)).json.items;
    ok(!prices.some((price) => price.kind === "need" && price.id === tie.to_id));
  }
});

await done();
