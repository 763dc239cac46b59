/* report/balance.c - reported flows as a balance has them: who gives what to whom, and how sure that is.
 *
 * A node is a place, a sector, an area, or a stream (kn_report_fold). Who only gives stands left, who only takes right, the rest in
 * between, further right the more it takes from. What comes from outside or goes there stands under the name of its stream. */
#include "report/balance.h"

#include <stdlib.h>
#include <string.h>

enum { OUTER_MOST = 12, INNER_MOST = 12, CLASS_PX = 360, PLACES_MOST = 26 };

/* ------------------------------------------------------------------ what a node is */
/* "38" of "38.11" or "E38.11"; "" where there is none. */
static void
division_of(const char *nace, char out[3])
{
  out[0] = '\0';
  while (nace && (*nace == ' ' || (*nace >= 'A' && *nace <= 'U')))
    nace++;
  if (nace && nace[0] >= '0' && nace[0] <= '9' && nace[1] >= '0' && nace[1] <= '9') {
    memcpy(out, nace, 2);
    out[2] = '\0';
  }
}

static const char *
sector_label(page *p, const char *nace)
{
  char division[3];
  division_of(nace, division);
  return division[0] ? said(p, W_SECTOR, made(p, "%s", division)) : word_text(p->tongue, W_NO_SECTOR);
}

static const char *
area_label(const page *p, int32_t area)
{
  while (area != KN_NONE && p->areas.level[area] < p->in->balance.level && p->areas.parent[area] != KN_NONE)
    area = p->areas.parent[area];
  return area == KN_NONE ? word_text(p->tongue, W_NO_AREA) : name_in(p, KN_T_AREA, area, p->areas.name[area]);
}

static const char *
node_label(page *p, const flow_picture *f, const kn_flow_end *end)
{
  const bool by_sector = f->fold == KN_FOLD_SECTOR || f->fold == KN_FOLD_STREAM;
  switch (end->table) {
  case KN_T_SITE:
    if (by_sector)
      return sector_label(p, p->sites.actor[end->row] == KN_NONE ? NULL : p->actors.nace[p->sites.actor[end->row]]);
    if (f->fold == KN_FOLD_AREA)
      return area_label(p, p->sites.area[end->row]);
    /* A company that has several sites is several places. */
    if (p->sites.actor[end->row] != KN_NONE && f->site_count[p->sites.actor[end->row]] > 1)
      return made(p, "%s, %s", site_name(p, end->row), name_in(p, KN_T_SITE, end->row, p->sites.name[end->row]));
    return site_name(p, end->row);
  case KN_T_AREA:
    return f->fold == KN_FOLD_AREA ? area_label(p, end->row) : name_in(p, KN_T_AREA, end->row, p->areas.name[end->row]);
  case KN_T_GATEWAY:
    return name_in(p, KN_T_GATEWAY, end->row, p->gateways.name[end->row]);
  case KN_T_PROCESS:
    return process_name(p, end->row);
  case KN_T_BALANCE_NODE: {
    const char *name = kn_region_balance_rules(p->region).name[end->row];
    return name ? name : end->id;
  }
  default:
    return strncmp(end->id, "nace:", 5) != 0 ? end->id
           : by_sector                       ? sector_label(p, end->id + 5)
                                             : said(p, W_SECTOR, end->id + 5);
  }
}

/* The label of an end. Places are told apart by their keys, and one whose name another bears has its key behind it; sectors and
 * areas of one name are one. */
static const char *
end_label(page *p, flow_picture *f, const kn_flow_end *end)
{
  const char *label = node_label(p, f, end);
  if (f->fold != KN_FOLD_PLACE || p->code != KN_OK)
    return label;
  int32_t at = KN_NONE, other = KN_NONE;
  p->code = kn_keymap_put(f->places, made(p, "%i:%s", (int)end->table, end->id), (int32_t)f->place_count, &at, p->err);
  if (p->code == KN_OK && at >= 0)
    return f->place[at];
  if (p->code == KN_OK)
    p->code = kn_keymap_put(f->labels, label, (int32_t)f->place_count, &other, p->err);
  if (p->code == KN_OK && f->place_count >= f->place_room)
    p->code = KN_GROW(f->place, f->place_room, f->place_count + 1, p->err);
  if (p->code != KN_OK)
    return label;
  return f->place[f->place_count++] = other < 0 ? label : made(p, "%s (%s)", label, end->id);
}

/* Numbers a node by its label; those left (-), right (+) and between are others, also of one name. */
static int32_t
put_node(page *p, flow_picture *f, const char *label, const char *side, bool is_outside, int32_t class_of)
{
  const char *key = made(p, "%s%s", side, label);
  int32_t at = KN_NONE;
  if (p->code == KN_OK)
    p->code = kn_keymap_put(f->numbers, key, (int32_t)f->node_count, &at, p->err);
  if (p->code != KN_OK || at >= 0)
    return at;
  if (f->node_count >= f->node_room)
    p->code = KN_GROW(f->node, f->node_room, f->node_count + 1, p->err);
  if (p->code != KN_OK)
    return KN_NONE;
  f->node[f->node_count] = (flow_node){.label = label, .is_outside = is_outside, .class_of = is_outside ? class_of : -1};
  return (int32_t)f->node_count++;
}

static int32_t
put_end(page *p, flow_picture *f, const char *text, int32_t resource, bool is_from)
{
  const kn_flow_end end = kn_flow_end_read(p->region, text);
  const int32_t class_of = p->resources.class_of[resource];
  const char *side = is_from ? "-" : "+";
  if (end.kind == KN_FLOW_AT_NODE)
    return put_node(p, f, end_label(p, f, &end), "", false, class_of);
  if (end.kind == KN_FLOW_OUTSIDE)
    return put_node(p, f, capitalised(p, resource_name(p, p->group[resource])), side, true, class_of);
  kn_flow_end of = end;
  of.kind = KN_FLOW_AT_NODE;
  return put_node(p, f, said(p, W_STOCK_OF, end_label(p, f, &of)), side, true, class_of);
}

static void
put_ribbon(page *p, flow_picture *f, int32_t from, int32_t to, int32_t class_of, double quantity, double sd)
{
  int32_t at = KN_NONE;
  if (p->code == KN_OK)
    p->code = kn_keymap_put(f->pairs, made(p, "%i %i %i", from, to, class_of), (int32_t)f->ribbon_count, &at, p->err);
  if (p->code != KN_OK)
    return;
  if (at >= 0) {
    flow_ribbon *r = &f->ribbon[at];
    r->quantity += quantity;
    r->variance += sd * sd;
    r->flows++;
    return;
  }
  if (f->ribbon_count >= f->ribbon_room)
    p->code = KN_GROW(f->ribbon, f->ribbon_room, f->ribbon_count + 1, p->err);
  if (p->code == KN_OK)
    f->ribbon[f->ribbon_count++] =
        (flow_ribbon){.from = from, .to = to, .class_of = class_of, .quantity = quantity, .variance = sd * sd, .flows = 1};
}

static const char *
stream_label(page *p, int32_t resource)
{
  const char *stream = p->resources.stream[resource];
  return stream ? stream : capitalised(p, resource_name(p, p->group[resource]));
}

static void
put_flow(page *p, flow_picture *f, int64_t i)
{
  const int32_t row = f->in->flow[i], resource = f->flows.resource[row], class_of = p->resources.class_of[resource];
  double quantity = f->in->reconciled[i];
  const double sd = isnan(f->in->sd[i]) ? 0 : f->in->sd[i];
  const char *from = f->flows.from[row], *to = f->flows.to[row];
  if (isnan(quantity)) {
    f->unknown++;
    return;
  }
  if (quantity < 0) { /* a stock that is drawn down */
    const char *swap = from;
    from = to;
    to = swap;
    quantity = -quantity;
  }
  const int32_t a = put_end(p, f, from, resource, true), b = put_end(p, f, to, resource, false);
  if (a < 0 || b < 0)
    return;
  if (f->fold == KN_FOLD_STREAM) {
    const int32_t through = put_node(p, f, stream_label(p, resource), "=", false, class_of);
    const int32_t left = put_node(p, f, f->node[a].label, "-", f->node[a].is_outside, class_of);
    const int32_t right = put_node(p, f, f->node[b].label, "+", f->node[b].is_outside, class_of);
    put_ribbon(p, f, left, through, class_of, quantity, sd);
    put_ribbon(p, f, through, right, class_of, quantity, sd);
  } else if (a == b)
    f->within++;
  else
    put_ribbon(p, f, a, b, class_of, quantity, sd);
}

/* ------------------------------------------------------------------ which flows */
typedef struct dated {
  const char *from, *to;
  int32_t resource, year;
  int64_t at;
} dated;

static int
text_order(const char *a, const char *b)
{
  return !a || !b ? (a != NULL) - (b != NULL) : strcmp(a, b);
}

static int
by_course(const void *a, const void *b)
{
  const dated *x = a, *y = b;
  int order = text_order(x->from, y->from);
  if (order == 0)
    order = text_order(x->to, y->to);
  if (order == 0)
    order = x->resource < y->resource ? -1 : x->resource > y->resource;
  if (order == 0)
    order = x->year > y->year ? -1 : x->year < y->year;
  return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void
put_flows(page *p, flow_picture *f)
{
  dated *list = PAGE_TAKE(p, dated, f->in->n);
  uint8_t *is_old = PAGE_TAKE(p, uint8_t, f->in->n);
  if (!list || !is_old)
    return;
  for (int64_t i = 0; i < f->in->n; i++) {
    const int32_t row = f->in->flow[i];
    list[i] = (dated){f->flows.from[row], f->flows.to[row], f->flows.resource[row], f->flows.year[row], i};
  }
  qsort(list, (size_t)f->in->n, sizeof *list, by_course);
  for (int64_t i = 1; i < f->in->n; i++) {
    const dated *a = &list[i - 1], *b = &list[i];
    const bool is_same = text_order(a->from, b->from) == 0 && text_order(a->to, b->to) == 0 && a->resource == b->resource;
    is_old[b->at] = is_same && (b->year < a->year || is_old[a->at]);
  }
  f->year_first = INT32_MAX;
  f->year_last = INT32_MIN;
  for (int64_t i = 0; i < f->in->n && p->code == KN_OK; i++) {
    if (is_old[i])
      continue;
    const int32_t year = f->flows.year[f->in->flow[i]];
    f->year_first = year < f->year_first ? year : f->year_first;
    f->year_last = year > f->year_last ? year : f->year_last;
    put_flow(p, f, i);
  }
}

static kn_report_fold
choose_fold(page *p, const flow_picture *f)
{
  if (f->in->fold != KN_FOLD_AUTO)
    return f->in->fold;
  kn_keymap *places = NULL;
  int32_t count = 0, there;
  if (kn_keymap_new(&places, 64, p->err) != KN_OK)
    return KN_FOLD_PLACE;
  for (int64_t i = 0; i < f->in->n; i++)
    for (int side = 0; side < 2; side++) {
      const char *text = side ? f->flows.to[f->in->flow[i]] : f->flows.from[f->in->flow[i]];
      if (text && kn_keymap_put(places, text, count, &there, NULL) == KN_OK && there < 0)
        count++;
    }
  kn_keymap_free(places);
  return count > PLACES_MOST ? KN_FOLD_SECTOR : KN_FOLD_PLACE;
}

static void
count_sites(page *p, flow_picture *f)
{
  int32_t *count = PAGE_TAKE(p, int32_t, p->actors.n);
  for (int64_t i = 0; count && i < p->sites.n; i++)
    if (p->sites.actor[i] != KN_NONE)
      count[p->sites.actor[i]]++;
  f->site_count = count;
}

void
flows_gather(page *p, flow_picture *f)
{
  *f = (flow_picture){.in = &p->in->balance, .flows = kn_region_flows(p->region)};
  f->fold = choose_fold(p, f);
  kn_keymap **maps[] = {&f->numbers, &f->pairs, &f->places, &f->labels};
  for (size_t i = 0; i < sizeof maps / sizeof *maps && p->code == KN_OK; i++)
    p->code = kn_keymap_new(maps[i], 64, p->err);
  count_sites(p, f);
  if (p->code == KN_OK)
    put_flows(p, f);
}

void
flows_free(flow_picture *f)
{
  kn_keymap_free(f->numbers);
  kn_keymap_free(f->pairs);
  kn_keymap_free(f->places);
  kn_keymap_free(f->labels);
  free(f->place);
  free(f->node);
  free(f->ribbon);
}

void
tell_balance(page *p, void (*tell)(void *arg, const kn_report_ribbon *ribbon), void *arg)
{
  flow_picture f;
  flows_gather(p, &f);
  for (int64_t i = 0; i < f.ribbon_count && p->code == KN_OK; i++) {
    const flow_ribbon *r = &f.ribbon[i];
    const kn_report_ribbon ribbon = {.from = f.node[r->from].label,
                                     .to = f.node[r->to].label,
                                     .class_of = r->class_of,
                                     .quantity = r->quantity,
                                     .sd = sqrt(r->variance),
                                     .flow_count = r->flows};
    tell(arg, &ribbon);
  }
  flows_free(&f);
}

/* ------------------------------------------------------------------ where it goes */
static void
choose_widths(flow_picture *f)
{
  double quantity[KN_CLASS_COUNT] = {0};
  int classes = 0;
  for (int64_t i = 0; i < f->ribbon_count; i++)
    quantity[f->ribbon[i].class_of] += f->ribbon[i].quantity;
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    classes += quantity[c] > 0;
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    f->scale[c] = quantity[c] > 0 ? CLASS_PX / sqrt(classes) / quantity[c] : 0;
}

static void
sum_nodes(flow_picture *f)
{
  for (int64_t i = 0; i < f->ribbon_count; i++) {
    const flow_ribbon *r = &f->ribbon[i];
    const double px = r->quantity * f->scale[r->class_of];
    flow_node *a = &f->node[r->from], *b = &f->node[r->to];
    a->has_out = b->has_in = true;
    a->gives += px;
    b->takes += px;
    a->out += r->quantity;
    a->out_variance += r->variance;
    b->in += r->quantity;
    b->in_variance += r->variance;
    for (int side = 0; side < 2; side++) {
      flow_node *n = side ? b : a;
      n->class_of = n->class_of == -1 || n->class_of == r->class_of ? r->class_of : -2;
    }
  }
}

/* Who takes from another inner node stands further right; circles end at the last layer. */
static void
choose_layers(flow_picture *f)
{
  f->layer_count = 0;
  for (int64_t i = 0; i < f->node_count; i++)
    if (f->node[i].has_in && f->node[i].has_out) {
      f->node[i].layer = 1;
      f->layer_count = 1;
    }
  for (int round = 1; round < LAYERS_MOST; round++)
    for (int64_t i = 0; i < f->ribbon_count; i++) {
      const flow_node *a = &f->node[f->ribbon[i].from];
      flow_node *b = &f->node[f->ribbon[i].to];
      if (a->layer > 0 && b->layer > 0 && b->layer <= a->layer && a->layer < LAYERS_MOST) {
        b->layer = a->layer + 1;
        f->layer_count = b->layer > f->layer_count ? b->layer : f->layer_count;
      }
    }
  for (int64_t i = 0; i < f->node_count; i++)
    if (!f->node[i].has_in)
      f->node[i].layer = 0;
    else if (!f->node[i].has_out)
      f->node[i].layer = f->layer_count + 1;
}

/* The small ones of a column go together in one node, which the list of ribbons then names. */
static void
merge_small(page *p, flow_picture *f)
{
  ranked *rank = PAGE_TAKE(p, ranked, f->node_count);
  int32_t *to = PAGE_TAKE(p, int32_t, f->node_count + LAYERS_MOST + 2);
  const int64_t count = f->node_count;
  if (!rank || !to)
    return;
  for (int64_t i = 0; i < count; i++)
    to[i] = (int32_t)i;
  for (int32_t layer = 0; layer <= f->layer_count + 1; layer++) {
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++)
      if (f->node[i].layer == layer)
        rank[n++] = (ranked){i, fmax(f->node[i].gives, f->node[i].takes)};
    qsort(rank, (size_t)n, sizeof *rank, ranked_by_size);
    const int64_t most = layer == 0 || layer == f->layer_count + 1 ? OUTER_MOST : INNER_MOST;
    if (n <= most + 1)
      continue;
    const char *label = said(p, W_OTHER_NODES, counted(p, n - most));
    const int32_t other = put_node(p, f, label, made(p, "%i", layer), true, -2);
    if (other < 0)
      return;
    f->node[other].layer = layer;
    f->node[other].class_of = -2;
    for (int64_t k = most; k < n; k++)
      to[rank[k].node] = other;
  }
  if (f->node_count == count)
    return;
  flow_ribbon *old = f->ribbon;
  const int64_t ribbons = f->ribbon_count;
  f->ribbon = NULL;
  f->ribbon_count = f->ribbon_room = 0;
  kn_keymap_free(f->pairs);
  f->pairs = NULL;
  p->code = kn_keymap_new(&f->pairs, 64, p->err);
  for (int64_t i = 0; i < ribbons; i++) {
    put_ribbon(p, f, to[old[i].from], to[old[i].to], old[i].class_of, old[i].quantity, sqrt(old[i].variance));
    if (p->code != KN_OK)
      break;
  }
  free(old);
  for (int64_t i = 0; i < f->node_count; i++) {
    flow_node *n = &f->node[i];
    n->gives = n->takes = n->in = n->out = n->in_variance = n->out_variance = 0;
    if (i < count && to[i] != i)
      n->layer = -1; /* stands in another */
  }
  sum_nodes(f);
}

void
flows_lay(page *p, flow_picture *f)
{
  choose_widths(f);
  sum_nodes(f);
  choose_layers(f);
  merge_small(p, f);
}
