/* The one list of tables and columns: the region data package as data. Reading, storing, checking and
 * exporting follow it, so a column is added here and nowhere else. Texts are shown in manuals and forms. */
#include "region/words.h"

#include <string.h>

#define ANY .least = -INFINITY, .most = INFINITY
#define FROM_0 .least = 0, .most = INFINITY
#define ABOVE_0 .least = 0, .most = INFINITY, .is_above_least = true
#define SHARE .least = 0, .most = 1
#define UP_TO_1 .least = 0, .most = 1, .is_above_least = true
#define INSIDE_0_1 .least = 0, .most = 1, .is_above_least = true, .is_below_most = true
#define BELOW_1 .least = 0, .most = 1, .is_below_most = true

#define COLUMN(column, column_kind, meaning) .name = (column), .kind = (column_kind), .text = (meaning)
#define MUST .is_required = true
/* clang-format off */
#define TEXT(column, meaning) {COLUMN(column, KN_TEXT, meaning), ANY}
#define NAME(meaning) {COLUMN("name", KN_TEXT, meaning), MUST, ANY}
#define KEY(column, table, meaning) {COLUMN(column, KN_KEY, meaning), MUST, .target = (table), ANY}
#define REF(column, table, meaning) {COLUMN(column, KN_REF, meaning), .target = (table), ANY}
#define MUST_REF(column, table, meaning) {COLUMN(column, KN_REF, meaning), MUST, .target = (table), ANY}
#define WORD(column, list, meaning) {COLUMN(column, KN_WORD, meaning), .words = (list), ANY}
#define MUST_WORD(column, list, meaning) {COLUMN(column, KN_WORD, meaning), MUST, .words = (list), ANY}
#define INT(column, meaning) {COLUMN(column, KN_INT, meaning), ANY}
#define YES_NO(column, meaning) {COLUMN(column, KN_INT, meaning), SHARE}
#define DATE(column, meaning) {COLUMN(column, KN_DATE, meaning), ANY}
#define REAL(column, in, bounds, meaning) {COLUMN(column, KN_REAL, meaning), .unit = (in), bounds}
#define MUST_REAL(column, in, bounds, meaning) {COLUMN(column, KN_REAL, meaning), MUST, .unit = (in), bounds}
#define FIGURE(column, in, sign, bounds, meaning) \
  {COLUMN(column, KN_REAL, meaning), .unit = (in), .per_unit = (sign), bounds}
#define MUST_FIGURE(column, in, sign, bounds, meaning) \
  {COLUMN(column, KN_REAL, meaning), MUST, .unit = (in), .per_unit = (sign), bounds}
#define SOURCE REF("source_id", KN_T_SOURCE, "The source that says so.")
#define UNIT_COLUMN TEXT("unit", "The unit of the figures in this row; blank: the unit of the resource.")
#define WINDOW_FROM DATE("from", "First day on which it holds; blank: always has.")
#define WINDOW_TO DATE("to", "Last day on which it holds; blank: no end known.")
#define LON {COLUMN("lon", KN_REAL, "Longitude, WGS 84."), MUST, .least = -180, .most = 180, .unit = "degree"}
#define LAT {COLUMN("lat", KN_REAL, "Latitude, WGS 84."), MUST, .least = -90, .most = 90, .unit = "degree"}
/* clang-format on */

/* ---------------------------------------------------------------- columns, in the order of the files */
static const kn_column_def settings_columns[] = {
    KEY("key", KN_T_SETTINGS, "Name of the setting."),
    {COLUMN("value", KN_TEXT, "Its value."), MUST, ANY, .may_be_blank = true},
};
static const kn_column_def source_columns[] = {
    KEY("source_id", KN_T_SOURCE, "Key of the source."),
    {COLUMN("title", KN_TEXT, "Title, as one would cite it."), MUST, ANY},
    TEXT("publisher", "Who published it."),
    INT("year", "Year the figures are about."),
    TEXT("licence", "Licence under which it may be used."),
    TEXT("link", "Where it can be found."),
    INT("reliability", "Pedigree score 1 (measured and verified) to 5 (unqualified estimate)."),
    INT("completeness", "Pedigree score 1 (all sites) to 5 (unknown or few sites)."),
    INT("temporal", "Pedigree score 1 (under three years apart) to 5 (age unknown)."),
    INT("geographical", "Pedigree score 1 (this area) to 5 (another or unknown area)."),
    INT("technological", "Pedigree score 1 (this process) to 5 (another technology)."),
    WORD("kind", kn_words_source, "How the figures came about."),
};
static const kn_column_def area_columns[] = {
    KEY("area_id", KN_T_AREA, "Key of the area."),
    NAME("Name of the area."),
    MUST_WORD("level", kn_words_level, "Level of the area, from park to world."),
    REF("parent_id", KN_T_AREA, "The area it is part of."),
    WINDOW_FROM,
    WINDOW_TO,
    SOURCE,
    REAL("population", NULL, FROM_0, "Inhabitants."),
};
static const kn_column_def actor_columns[] = {
    KEY("actor_id", KN_T_ACTOR, "Key of the actor."),
    NAME("Name of the actor."),
    WORD("kind", kn_words_actor, "What sort of actor it is."),
    TEXT("nace", "NACE code of its main activity."),
    REAL("jobs_fte", "FTE", ANY, "Jobs it has today."),
    TEXT("website", "Address of its website."),
    SOURCE,
};
static const kn_column_def site_columns[] = {
    KEY("site_id", KN_T_SITE, "Key of the site."),
    MUST_REF("actor_id", KN_T_ACTOR, "The actor that uses the site."),
    NAME("Name of the site."),
    LON,
    LAT,
    REF("area_id", KN_T_AREA, "The area it lies in; blank: the smallest that holds its point."),
    TEXT("address", "Postal address."),
    WORD("location_quality", kn_words_quality, "How well its place is known, and what it is shown as."),
    SOURCE,
    REAL("floor_m2", "m2", FROM_0, "Floor in use, all storeys."),
};
static const kn_column_def resource_columns[] = {
    KEY("resource_id", KN_T_RESOURCE, "Key of the resource."),
    MUST_WORD("class", kn_words_class, "Class of the resource, which sets its unit."),
    NAME("Name of the resource."),
    TEXT("name_nl", "Its name in Dutch."),
    TEXT("name_fr", "Its name in French."),
    TEXT("name_de", "Its name in German."),
    REF("parent_id", KN_T_RESOURCE, "What it is a kind of."),
    TEXT("code_low", "Code in the List of Waste, six digits."),
    TEXT("code_ewcstat", "Code in the European waste statistics (EWC-Stat)."),
    TEXT("code_cpa", "Code in the classification of products (CPA)."),
    YES_NO("hazardous", "1: hazardous."),
    WORD("stream", kn_words_stream, "Stream of the region's programme, R1 to R10."),
    REAL("t_per_unit", "t", ANY, "Mass carried by transport per unit; blank: 1 for material and water, else 0."),
    REAL("virgin_share", NULL, SHARE, "Share of virgin material in what is bought today, 0 to 1."),
    SOURCE,
};
static const kn_column_def offer_columns[] = {
    KEY("offer_id", KN_T_OFFER, "Key of the offer."),
    MUST_REF("site_id", KN_T_SITE, "Where it is."),
    MUST_REF("resource_id", KN_T_RESOURCE, "What is offered."),
    MUST_FIGURE("quantity", NULL, 1, FROM_0, "How much there is a year."),
    UNIT_COLUMN,
    REAL("rel_sd", NULL, ANY, "Relative standard deviation of the quantity; blank: from the pedigree of the source."),
    WORD("fate", kn_words_fate, "What happens to it today."),
    FIGURE("fate_eur", "EUR", -1, ANY, "What the holder pays today per unit; negative where it earns."),
    FIGURE("fate_co2_kg", "kg", -1, ANY, "Emission of today's fate per unit."),
    WINDOW_FROM,
    WINDOW_TO,
    WORD("disclosure", kn_words_disclosure, "Who may see it."),
    TEXT("description", "What else there is to say."),
    SOURCE,
    REAL("fate_rel_sd", NULL, ANY, "Relative standard deviation of fate_eur; blank: from the pedigree of its source."),
    REF("profile_id", KN_T_PROFILE, "The hours in which it comes; blank: not known."),
};
static const kn_column_def need_columns[] = {
    KEY("need_id", KN_T_NEED, "Key of the need."),
    MUST_REF("resource_id", KN_T_RESOURCE, "What is needed."),
    MUST_FIGURE("quantity", NULL, 1, FROM_0, "How much is needed a year."),
    REF("site_id", KN_T_SITE, "Where; blank: it may go to any site that offers the resource."),
    UNIT_COLUMN,
    REAL("rel_sd", NULL, ANY, "Relative standard deviation of the quantity; blank: from the pedigree of the source."),
    FIGURE("price_eur", "EUR", -1, ANY, "What is paid today per unit, delivered."),
    FIGURE("market_co2_kg", "kg", -1, ANY, "Footprint of what is bought today, per unit."),
    WINDOW_FROM,
    WINDOW_TO,
    WORD("disclosure", kn_words_disclosure, "Who may see it."),
    TEXT("description", "What else there is to say."),
    SOURCE,
    REAL("price_rel_sd", NULL, ANY, "Relative standard deviation of price_eur; blank: from the pedigree of its source."),
    REF("profile_id", KN_T_PROFILE, "The hours in which it is needed; blank: not known."),
};
static const kn_column_def offer_property_columns[] = {
    MUST_REF("offer_id", KN_T_OFFER, "The offer that has the property."),
    {COLUMN("property", KN_TEXT, "Name of the property."), MUST, ANY},
    MUST_FIGURE("value", NULL, 1, ANY, "Its value."),
    TEXT("unit", "Unit of the value; one unit per property, others are converted to it."),
    REAL("rel_sd", NULL, ANY, "Relative standard deviation of the value."),
    SOURCE,
};
static const kn_column_def need_spec_columns[] = {
    MUST_REF("need_id", KN_T_NEED, "The need that asks for the property."),
    {COLUMN("property", KN_TEXT, "Name of the property."), MUST, ANY},
    FIGURE("min", NULL, 1, ANY, "Least value that will do; blank: no limit."),
    FIGURE("max", NULL, 1, ANY, "Largest value that will do; blank: no limit."),
    TEXT("unit", "Unit of the limits; one unit per property, others are converted to it."),
    SOURCE,
};
static const kn_column_def substitution_columns[] = {
    MUST_REF("offered_id", KN_T_RESOURCE, "The resource that can replace another."),
    MUST_REF("needed_id", KN_T_RESOURCE, "The resource that is replaced."),
    MUST_REAL("ratio", NULL, ABOVE_0, "Units of the needed resource replaced by one unit offered."),
    REAL("cost_eur", "EUR", ANY, "Cost of replacing, per unit offered."),
    REAL("max_share", NULL, SHARE, "Share of a demand that may be met this way, 0 to 1; blank: 1."),
    SOURCE,
};
static const kn_column_def process_columns[] = {
    KEY("process_id", KN_T_PROCESS, "Key of the process."),
    NAME("Name of the process."),
    TEXT("activity_unit", "What one unit of activity is."),
    WORD("r_strategy", kn_words_strategy, "Its place on the ladder of circularity, R0 refuse to R9 recover."),
    REAL("opex_eur", "EUR", ANY, "Cost of running, per activity."),
    REAL("co2_kg", "kg", ANY, "Own emission, per activity."),
    REAL("jobs_fte", "FTE", ANY, "Jobs, per activity."),
    REAL("capex_eur", "EUR", ANY, "Investment per unit of yearly activity capacity."),
    REAL("capex_fixed_eur", "EUR", ANY, "Investment per unit opened, whatever its capacity."),
    REAL("lifetime_yr", "year", ABOVE_0, "Years over which the investment is written off."),
    REAL("min_load", NULL, SHARE, "Least share of the capacity that runs when open, 0 to 1."),
    SOURCE,
};
static const kn_column_def process_flow_columns[] = {
    MUST_REF("process_id", KN_T_PROCESS, "The process."),
    MUST_REF("resource_id", KN_T_RESOURCE, "What goes in or comes out."),
    {COLUMN("quantity", KN_REAL, "Output above 0, input below 0, per activity or per unit of capacity."), MUST, ANY,
     .is_not_zero = true},
    WORD("per", kn_words_per, "Whether it follows the activity or the capacity; blank: activity."),
    REAL("residual_eur", "EUR", ANY, "Cost per unit of output that finds no taker."),
    SOURCE,
};
static const kn_column_def unit_columns[] = {
    KEY("unit_id", KN_T_UNIT, "Key of the unit."),
    MUST_REF("process_id", KN_T_PROCESS, "The process it runs."),
    MUST_REAL("capacity", NULL, FROM_0, "Activity a year that it can run."),
    REF("site_id", KN_T_SITE, "Where it is; blank: at one of the sites that offer the space it needs."),
    WORD("status", kn_words_status, "Whether it exists or is a candidate; blank: existing."),
    REF("actor_id", KN_T_ACTOR, "Who runs it."),
    SOURCE,
};
static const kn_column_def gateway_columns[] = {
    KEY("gateway_id", KN_T_GATEWAY, "Key of the gateway."),
    NAME("Name of the gateway."),
    LON,
    LAT,
    MUST_REF("resource_id", KN_T_RESOURCE, "What passes."),
    MUST_WORD("direction", kn_words_direction, "Into the region or out of it."),
    MUST_REAL("price_eur", "EUR", ANY, "In: what the region pays per unit; out: what it receives."),
    REAL("capacity", NULL, FROM_0, "How much can pass a year; blank: unlimited."),
    WORD("level", kn_words_level, "Level of the world beyond it."),
    REAL("co2_kg", "kg", ANY, "Emission per unit; out: negative where it displaces something."),
    SOURCE,
};
static const kn_column_def mode_columns[] = {
    {COLUMN("mode_id", KN_TEXT, "Key of the mode; one row per class that it carries."), MUST, ANY},
    NAME("Name of the mode."),
    MUST_WORD("class", kn_words_class, "Class of resource that this row is about."),
    REAL("load_eur", "EUR", ANY, "Cost of loading and unloading, per unit and trip."),
    REAL("eur_per_unit_km", "EUR", ANY, "Cost per unit and kilometre."),
    REAL("co2_kg_per_unit_km", "kg", ANY, "Emission per unit and kilometre."),
    REAL("circuity", NULL, ABOVE_0, "Kilometres by this mode per great-circle kilometre; blank: 1."),
    REAL("max_km", "km", ANY, "Farthest it carries; blank: no limit."),
    REAL("speed_kmh", "km/h", ANY, "Mean speed."),
    YES_NO("needs_network", "1: it runs only along the links of its network."),
    SOURCE,
    TEXT("network", "Kinds of links that it runs on, parted by ; - blank: as its name says."),
    REAL("vehicle_t", "t", FROM_0, "Gross weight of the vehicle, for links with a limit; blank: no limit matters."),
    REAL("eur_per_unit_h", "EUR/h", FROM_0, "Cost of the time under way, per unit and hour."),
    REAL("max_hours", "h", ABOVE_0, "Longest time under way; blank: any."),
    REAL("loss_per_km", "1/km", BELOW_1, "Share of what is carried that each kilometre loses; blank: 0."),
};
static const kn_column_def node_columns[] = {
    KEY("node_id", KN_T_NODE, "Key of the node."),
    LON,
    LAT,
    SOURCE,
};
static const kn_column_def link_columns[] = {
    KEY("link_id", KN_T_LINK, "Key of the link."),
    MUST_REF("from_id", KN_T_NODE, "The node it begins at."),
    MUST_REF("to_id", KN_T_NODE, "The node it ends at."),
    MUST_WORD("kind", kn_words_link, "What runs on it."),
    REAL("km", "km", FROM_0, "Its length; blank: along its geometry, or as the crow flies."),
    REAL("speed_kmh", "km/h", ABOVE_0, "Speed on it; blank: that of the mode."),
    YES_NO("oneway", "1: from from_id to to_id only; blank: 0."),
    REAL("max_t", "t", FROM_0, "Heaviest vehicle that it bears; blank: no limit."),
    REAL("toll_eur", "EUR", FROM_0, "Toll per unit carried."),
    SOURCE,
};
static const kn_column_def terminal_columns[] = {
    KEY("terminal_id", KN_T_TERMINAL, "Key of the terminal."),
    NAME("Name of the terminal."),
    LON,
    LAT,
    {COLUMN("kinds", KN_TEXT, "Kinds of links between which it transfers, parted by ; as in road;water."), MUST, ANY},
    REAL("transfer_eur", "EUR", FROM_0, "Cost of a transfer, per unit."),
    REAL("transfer_co2_kg", "kg", FROM_0, "Emission of a transfer, per unit."),
    REAL("hours", "h", FROM_0, "Time that a transfer takes."),
    REAL("capacity", NULL, FROM_0, "How much it can transfer a year; blank: unlimited."),
    WORD("status", kn_words_status, "Whether it exists or is a candidate; blank: existing."),
    REAL("capex_eur", "EUR", FROM_0, "Investment, where it is a candidate."),
    REAL("lifetime_yr", "year", ABOVE_0, "Years over which the investment is written off."),
    SOURCE,
};
static const kn_column_def tariff_columns[] = {
    {COLUMN("from_id", KN_TEXT, "Site, gateway, node, terminal or area that it starts from."), MUST, ANY},
    {COLUMN("to_id", KN_TEXT, "Site, gateway, node, terminal or area that it leads to."), MUST, ANY},
    REF("resource_id", KN_T_RESOURCE, "What it is for, with all that is a kind of it; blank: a class."),
    WORD("class", kn_words_class, "Class of resource that it is for; blank: a resource."),
    {COLUMN("mode_id", KN_TEXT, "The mode that has this rate; may be one that is not in mode."), MUST, ANY},
    MUST_REAL("eur", "EUR", FROM_0, "Rate per unit."),
    REAL("co2_kg", "kg", FROM_0, "Emission per unit."),
    REAL("km", "km", FROM_0, "How far it is; blank: as the crow flies."),
    SOURCE,
};
static const kn_column_def flow_columns[] = {
    KEY("flow_id", KN_T_FLOW, "Key of the flow."),
    {COLUMN("from_id", KN_TEXT,
            "Site, area, gateway, process, sector (nace:24.10), node or stock (stock:ID) it leaves; blank: outside."),
     MUST, ANY, .may_be_blank = true},
    {COLUMN("to_id", KN_TEXT,
            "Site, area, gateway, process, sector (nace:24.10), node or stock (stock:ID) it enters; blank: outside."),
     MUST, ANY, .may_be_blank = true},
    MUST_REF("resource_id", KN_T_RESOURCE, "What moves."),
    {COLUMN("year", KN_INT, "Year of the report."), MUST, ANY},
    FIGURE("quantity", NULL, 1, ANY, "How much moved that year; blank: not measured; below 0 only for a stock."),
    UNIT_COLUMN,
    REAL("rel_sd", NULL, ANY, "Relative standard deviation of the quantity; blank: from the pedigree of the source."),
    FIGURE("sd", NULL, 1, FROM_0, "Standard deviation of the quantity; 0: exactly known."),
    SOURCE,
};
static const kn_column_def balance_node_columns[] = {
    KEY("node_id", KN_T_BALANCE_NODE, "A node that flows begin or end at: one of the region, or a name of its own."),
    TEXT("name", "Its name, where it has none elsewhere."),
    TEXT("layer", "Layers that balanced holds for, parted by ; as in mass;carbon - blank: all."),
    YES_NO("balanced", "0: what enters need not equal what leaves; 1: it must, also for a gateway; blank: as the flows say."),
    WORD("by", kn_words_by, "Whether each resource balances by itself or all of the class together; blank: as the flows say."),
    SOURCE,
};
static const kn_column_def transfer_columns[] = {
    KEY("transfer_id", KN_T_TRANSFER, "Key of the transfer coefficient."),
    MUST_REF("from_flow", KN_T_FLOW, "The flow it is a share of."),
    MUST_REF("to_flow", KN_T_FLOW, "The flow that is value times from_flow."),
    REAL("value", NULL, FROM_0, "The coefficient; blank: not known."),
    REAL("rel_sd", NULL, FROM_0, "Relative standard deviation of the value; blank: from the pedigree of the source."),
    REAL("sd", NULL, FROM_0, "Standard deviation of the value; 0: exactly known."),
    SOURCE,
};
static const kn_column_def flow_property_columns[] = {
    MUST_REF("flow_id", KN_T_FLOW, "The flow that carries it."),
    {COLUMN("property", KN_TEXT, "The layer: carbon, energy, money ..."), MUST, ANY},
    FIGURE("value", NULL, 1, FROM_0, "How much of it one unit of the flow carries; blank: not known."),
    TEXT("unit", "Unit of the layer, as in t of carbon; one unit per layer, others are converted to it."),
    REAL("rel_sd", NULL, FROM_0, "Relative standard deviation of the value; blank: from the pedigree of the source."),
    FIGURE("sd", NULL, 1, FROM_0, "Standard deviation of the value; 0: exactly known."),
    SOURCE,
};
static const kn_column_def stock_level_columns[] = {
    KEY("stock_level_id", KN_T_STOCK_LEVEL, "Key of the report."),
    {COLUMN("node_id", KN_TEXT, "The node whose stock it is."), MUST, ANY},
    MUST_REF("resource_id", KN_T_RESOURCE, "What is in stock, with all that is a kind of it."),
    {COLUMN("year", KN_INT, "Year at whose end the stock was so large."), MUST, ANY},
    FIGURE("quantity", NULL, 1, FROM_0, "The stock at the end of the year; blank: not measured."),
    UNIT_COLUMN,
    REAL("rel_sd", NULL, FROM_0, "Relative standard deviation of the quantity; blank: from the pedigree of the source."),
    FIGURE("sd", NULL, 1, FROM_0, "Standard deviation of the quantity; 0: exactly known."),
    SOURCE,
};
static const kn_column_def incentive_columns[] = {
    KEY("incentive_id", KN_T_INCENTIVE, "Key of the incentive."),
    NAME("Name of the incentive."),
    {COLUMN("target", KN_TEXT, "What it rewards: resource:ID, process:ID, area:ID, need:ID or r_strategy:R0 to R9."), MUST, ANY},
    MUST_REAL("eur", "EUR", ANY, "Amount per unit or activity."),
    REAL("budget_eur", "EUR", ANY, "Most that is paid a year; blank: no limit."),
    WINDOW_FROM,
    WINDOW_TO,
    TEXT("measure_id", "The measure it belongs to."),
    SOURCE,
};
static const kn_column_def precedent_columns[] = {
    KEY("precedent_id", KN_T_PRECEDENT, "Key of the precedent."),
    {COLUMN("donor_nace", KN_TEXT, "NACE code of who gives."), MUST, ANY},
    {COLUMN("resource", KN_TEXT, "What is exchanged, in words."), MUST, ANY},
    {COLUMN("receiver_nace", KN_TEXT, "NACE code of who takes."), MUST, ANY},
    TEXT("code_low", "Code in the List of Waste, six digits."),
    TEXT("use", "What it is used for."),
    TEXT("place", "Where it works."),
    INT("year", "Year in which it was reported."),
    SOURCE,
};

static const kn_column_def permit_columns[] = {
    MUST_REF("site_id", KN_T_SITE, "The site that has the permit."),
    {COLUMN("code_low", KN_TEXT, "What it may receive: 2, 4 or 6 digits of the List of Waste, and all that begins so."), MUST,
     ANY},
    WORD("operation", kn_words_operation,
         "What it may do with it, R1 to R13 or D1 to D15 of the waste directive; blank: not said."),
    DATE("to", "Last day on which the permit holds; blank: no end known."),
    SOURCE,
};

static const kn_column_def total_columns[] = {
    KEY("total_id", KN_T_TOTAL, "Key of the total."),
    REF("area_id", KN_T_AREA, "The area it is about, with all that is part of it; blank: the whole region."),
    REF("resource_id", KN_T_RESOURCE, "What is added up, with all that is a kind of it; blank: all material, in t."),
    TEXT("nace", "The sector it is about, as 10 or 10.5; blank: all sectors."),
    WORD("side", kn_words_side, "Whether offers or needs are added up; blank: offer."),
    INT("year", "Year of the total."),
    MUST_FIGURE("quantity", NULL, 1, FROM_0, "How much there is a year, all together."),
    UNIT_COLUMN,
    REAL("rel_sd", NULL, FROM_0, "Relative standard deviation of the quantity; blank: from the pedigree of the source."),
    SOURCE,
};
static const kn_column_def stock_columns[] = {
    KEY("stock_id", KN_T_STOCK, "Key of the stock."),
    TEXT("name", "Name of the stock."),
    REF("site_id", KN_T_SITE, "Where it is, and where what leaves it becomes an offer."),
    REF("area_id", KN_T_AREA, "The area it is spread over."),
    MUST_REF("resource_id", KN_T_RESOURCE, "What is in stock, and what leaves it."),
    MUST_WORD("driver", kn_words_driver, "What is known of each year: inflow, or stock."),
    MUST_WORD("lifetime", kn_words_lifetime, "How long a piece stays: fixed, normal, weibull or lognormal."),
    REAL("mean_yr", "year", ABOVE_0, "Mean lifetime; not for weibull."),
    REAL("sd_yr", "year", ABOVE_0, "Standard deviation of the lifetime; for normal and lognormal."),
    REAL("shape", NULL, ABOVE_0, "Shape of a weibull lifetime."),
    REAL("scale_yr", "year", ABOVE_0, "Scale of a weibull lifetime."),
    YES_NO("may_shrink",
           "1: a stock that falls faster than it wears out has a negative inflow; 0: all cohorts shrink; blank: 1."),
    SOURCE,
};
static const kn_column_def stock_year_columns[] = {
    MUST_REF("stock_id", KN_T_STOCK, "The stock."),
    {COLUMN("year", KN_INT, "The year."), MUST, ANY},
    REAL("inflow", NULL, ANY, "What was put in that year; for a stock driven by inflow."),
    REAL("stock", NULL, FROM_0, "What there was at the end of that year; for a stock driven by stock."),
    SOURCE,
};
static const kn_column_def stock_cohort_columns[] = {
    MUST_REF("stock_id", KN_T_STOCK, "The stock."),
    {COLUMN("cohort", KN_INT, "Year in which it was put in, before the first year of the stock."), MUST, ANY},
    MUST_REAL("quantity", NULL, FROM_0, "What was left of it at the end of the year before the first."),
    SOURCE,
};
static const kn_column_def fleet_columns[] = {
    KEY("fleet_id", KN_T_FLEET, "Key of the fleet."),
    TEXT("name", "Name of the fleet."),
    REF("site_id", KN_T_SITE, "Where it returns to, and where what is recycled becomes an offer."),
    REF("area_id", KN_T_AREA, "The area it serves."),
    MUST_REF("resource_id", KN_T_RESOURCE, "What becomes of a unit that is not used again."),
    {COLUMN("contract_years", KN_INT, "Years that a contract lasts."), MUST, .least = 1, .most = 1000},
    REAL("loss_at_return", NULL, SHARE, "Share of the units that does not come back, 0 to 1; blank: 0."),
    REAL("refurbish_yield", NULL, SHARE, "Share of the units that come back which is fit for one life more; blank: 0."),
    {COLUMN("most_refurbishments", KN_INT, "How often a unit can be refurbished; blank: 0."), .least = 0, .most = 1000},
    REAL("kg_new", "kg", FROM_0, "Material of a new unit."),
    REAL("kg_parts", "kg", FROM_0, "Material of the parts of a refurbishment."),
    SOURCE,
};
static const kn_column_def fleet_year_columns[] = {
    MUST_REF("fleet_id", KN_T_FLEET, "The fleet."),
    {COLUMN("year", KN_INT, "The year."), MUST, ANY},
    MUST_REAL("contracts", NULL, FROM_0, "Units of which a contract begins that year."),
    SOURCE,
};
static const kn_column_def product_columns[] = {
    KEY("product_id", KN_T_PRODUCT, "Key of the product."),
    TEXT("name", "Name of the product."),
    REF("site_id", KN_T_SITE, "Where it is made or used."),
    REF("actor_id", KN_T_ACTOR, "Who makes it or uses it."),
    REF("resource_id", KN_T_RESOURCE, "The resource that it is a piece of."),
    REAL("weight", NULL, FROM_0, "What it counts for in the mean of the products; blank: 1."),
    REAL("lifetime_yr", "year", ABOVE_0, "How long it is used; blank, with the average: as long as its like."),
    REAL("lifetime_average_yr", "year", ABOVE_0, "How long its like is used on average."),
    REAL("use_per_year", NULL, ABOVE_0,
         "How much it is used in a year, in any unit; blank, with the average: as much as its like."),
    REAL("use_per_year_average", NULL, ABOVE_0, "How much its like is used in a year on average, in the same unit."),
    SOURCE,
};
static const kn_column_def product_material_columns[] = {
    MUST_REF("product_id", KN_T_PRODUCT, "The product."),
    {COLUMN("material", KN_TEXT, "What it is made of: a name, or the key of a resource."), MUST, ANY},
    MUST_REAL("mass_kg", "kg", ABOVE_0, "How much of it is in the product."),
    REAL("recycled_in", NULL, SHARE, "Share of it that is recycled feedstock, 0 to 1; blank: 0."),
    REAL("reused_in", NULL, SHARE, "Share of it that comes from parts used again, 0 to 1; blank: 0."),
    REAL("bio_in", NULL, SHARE, "Share of it that is biological and grown sustainably, 0 to 1; blank: 0."),
    REAL("to_recycling", NULL, SHARE, "Share of it that is collected for recycling after use, 0 to 1; blank: 0."),
    REAL("to_reuse", NULL, SHARE, "Share of it that is used again after use, 0 to 1; blank: 0."),
    REAL("to_compost", NULL, SHARE, "Share of it that is composted after use, 0 to 1; blank: 0."),
    REAL("to_energy", NULL, SHARE, "Share of it, biological and clean, that yields energy after use, 0 to 1; blank: 0."),
    REAL("eff_in", NULL, UP_TO_1, "Yield of making the recycled feedstock, above 0 to 1; blank: 1."),
    REAL("eff_out", NULL, SHARE, "Yield of recycling after use, 0 to 1; blank: 1."),
    SOURCE,
};
static const kn_column_def material_account_columns[] = {
    KEY("account_id", KN_T_MATERIAL_ACCOUNT, "Key of the account."),
    REF("area_id", KN_T_AREA, "The area it is about; blank: the whole region."),
    {COLUMN("year", KN_INT, "Year of the account."), MUST, ANY},
    {COLUMN("material", KN_TEXT, "What it is about: biomass, metal ores, non-metallic minerals, fossil, or any other."), MUST,
     ANY},
    REAL("extraction", "t", FROM_0, "What is taken from nature there; blank: not known."),
    REAL("imports", "t", FROM_0, "What comes in from outside; blank: not known."),
    REAL("exports", "t", FROM_0, "What goes out; blank: not known."),
    REAL("recycled_domestic", "t", FROM_0, "What is recycled there; blank: not known."),
    REAL("imported_for_recycling", "t", FROM_0,
         "Waste that comes in to be recycled, part of what is recycled there; blank: not known."),
    REAL("exported_for_recycling", "t", FROM_0, "Waste that goes out to be recycled; blank: not known."),
    SOURCE,
};
static const kn_column_def treatment_account_columns[] = {
    KEY("account_id", KN_T_TREATMENT_ACCOUNT, "Key of the account."),
    REF("area_id", KN_T_AREA, "The area it is about; blank: the whole region."),
    {COLUMN("year", KN_INT, "Year of the account."), MUST, ANY},
    {COLUMN("waste", KN_TEXT, "The waste stream it is about."), MUST, ANY},
    REAL("recycled", "t", FROM_0, "What is recycled there; blank: not known."),
    REAL("backfilled", "t", FROM_0, "What is backfilled there; blank: not known."),
    REAL("energy_recovery", "t", FROM_0, "What is burnt for its energy there; blank: not known."),
    REAL("incinerated", "t", FROM_0, "What is burnt otherwise there; blank: not known."),
    REAL("landfilled", "t", FROM_0, "What is landfilled there; blank: not known."),
    REAL("imported_for_recycling", "t", FROM_0,
         "What comes in to be recycled, part of what is recycled there; blank: not known."),
    REAL("exported_for_recycling", "t", FROM_0, "What goes out to be recycled; blank: not known."),
    YES_NO("is_major_mineral", "1: major mineral waste, left out of rates without it; blank: 0."),
    SOURCE,
};

static const kn_column_def profile_columns[] = {
    KEY("profile_id", KN_T_PROFILE, "Key of the profile."),
    TEXT("name", "Name of the profile."),
    SOURCE,
};
static const kn_column_def profile_hour_columns[] = {
    MUST_REF("profile_id", KN_T_PROFILE, "The profile."),
    {COLUMN("month", KN_INT, "Month, 1 to 12; blank: every month."), .least = 1, .most = 12},
    WORD("day_type", kn_words_day, "Working day, Saturday or Sunday; blank: every day."),
    {COLUMN("hour", KN_INT, "Hour that begins then, 0 to 23; blank: the row is a factor of the whole day."), .least = 0,
     .most = 23},
    MUST_REAL("load", NULL, FROM_0, "How much runs then, in any unit: only ratios count. Hours not given count as 0."),
};

/* Keys are kept as they were: what was tried need not be offered or needed any more. */
static const kn_column_def trial_columns[] = {
    KEY("trial_id", KN_T_TRIAL, "Key of the trial."),
    MUST_WORD("kind", kn_words_seed, "Kind of seed that it was: what knoop seeds calls kind."),
    TEXT("offer_id", "The offer it was about, also when it is gone; blank: none."),
    TEXT("need_id", "The need it was about, also when it is gone; blank: none."),
    TEXT("from_site_id", "The site that would give, or the first of two."),
    TEXT("to_site_id", "The site that would take, or the second of two."),
    TEXT("resource_id", "What would move."),
    TEXT("precedent_id", "Of a receiver: the precedent that spoke for it; blank: none did."),
    REAL("told", NULL, INSIDE_0_1,
         "The chance told before it was tried: what knoop seeds calls told; blank: the usual one of its kind."),
    MUST_WORD("outcome", kn_words_outcome, "What became of it: it can be done, or it cannot."),
    DATE("date", "Day on which that was known."),
    TEXT("reason", "Why, in words."),
    SOURCE,
};

/* ---------------------------------------------------------------- tables */
/* `table` is the name of the file; its columns stand above under it. */
#define TABLE(table_id, table)                                                                                                   \
  .id = (table_id), .name = #table, .column_count = (int32_t)(sizeof table##_columns / sizeof *table##_columns),                 \
  .columns = table##_columns
#define KEYED .key_column = 0, .unique = {0, KN_NONE, KN_NONE}
#define UNIQUE(first, second) .key_column = KN_NONE, .unique = {(first), (second), KN_NONE}
#define REPEATS .key_column = KN_NONE, .unique = {KN_NONE, KN_NONE, KN_NONE}

static const kn_table_def tables[KN_TABLE_COUNT] = {
    {TABLE(KN_T_SETTINGS, settings), KEYED, MUST, .text = "What holds for the region as a whole."},
    {TABLE(KN_T_SOURCE, source), KEYED, .text = "Where figures come from."},
    {TABLE(KN_T_AREA, area), KEYED, .geometry = 'a', .text = "Parks, municipalities and what they are part of."},
    {TABLE(KN_T_ACTOR, actor), KEYED, MUST, .text = "Companies, governments and others who act."},
    {TABLE(KN_T_SITE, site), KEYED, MUST, .geometry = 'p', .text = "Places where actors are."},
    {TABLE(KN_T_RESOURCE, resource), KEYED, MUST,
     .text = "Materials, energy, water, space, labour, knowledge and capital, and what is a kind of what."},
    {TABLE(KN_T_OFFER, offer), KEYED, .text = "What someone holds and could let go."},
    {TABLE(KN_T_NEED, need), KEYED, .text = "What someone lacks."},
    {TABLE(KN_T_OFFER_PROPERTY, offer_property), UNIQUE(0, 1), .text = "Known properties of offers."},
    {TABLE(KN_T_NEED_SPEC, need_spec), UNIQUE(0, 1), .text = "Properties that needs ask for."},
    {TABLE(KN_T_SUBSTITUTION, substitution), REPEATS, .text = "What can replace what."},
    {TABLE(KN_T_PROCESS, process), KEYED, .text = "Recipes: what they cost and bring."},
    {TABLE(KN_T_PROCESS_FLOW, process_flow), REPEATS, .text = "What recipes take in and put out."},
    {TABLE(KN_T_UNIT, unit), KEYED, .text = "Installations that run a process or could."},
    {TABLE(KN_T_GATEWAY, gateway), KEYED, .geometry = 'p', .text = "Where the region trades with the world."},
    {TABLE(KN_T_MODE, mode), UNIQUE(0, 2), .text = "Ways to move a resource."},
    {TABLE(KN_T_NODE, node), KEYED, .geometry = 'p', .text = "Where links of the transport network meet."},
    {TABLE(KN_T_LINK, link), KEYED, .geometry = 'l', .text = "Roads, rails, waterways, lines, pipes and cables between nodes."},
    {TABLE(KN_T_TERMINAL, terminal), KEYED, .geometry = 'p',
     .text = "Where goods and people change from one kind of link to another."},
    {TABLE(KN_T_TARIFF, tariff), REPEATS, .text = "Known rates between two places, which replace the computed cost of a mode."},
    {TABLE(KN_T_FLOW, flow), KEYED, .text = "What is reported to move."},
    {TABLE(KN_T_BALANCE_NODE, balance_node), KEYED,
     .text = "How single nodes balance, and nodes of reported flows that are none of the region's."},
    {TABLE(KN_T_TRANSFER, transfer), KEYED, .text = "Transfer coefficients: a flow as a share of another."},
    {TABLE(KN_T_FLOW_PROPERTY, flow_property), UNIQUE(0, 1),
     .text = "What reported flows carry per unit: further layers of the balance."},
    {TABLE(KN_T_STOCK_LEVEL, stock_level), KEYED, .text = "How large stocks are reported to be at the end of a year."},
    {TABLE(KN_T_INCENTIVE, incentive), KEYED, .text = "Payments that reward ties."},
    {TABLE(KN_T_PRECEDENT, precedent), KEYED, .text = "Exchanges that work somewhere in the world."},
    {TABLE(KN_T_PERMIT, permit), REPEATS,
     .text = "What sites may receive, by code of the List of Waste, and what they may do with it."},
    {TABLE(KN_T_TOTAL, total), KEYED, .text = "What is known of areas and sectors as a whole."},
    {TABLE(KN_T_STOCK, stock), KEYED, .text = "Products, buildings and landfills in use."},
    {TABLE(KN_T_STOCK_YEAR, stock_year), UNIQUE(0, 1), .text = "What was put into a stock, or was in it, year by year."},
    {TABLE(KN_T_STOCK_COHORT, stock_cohort), UNIQUE(0, 1),
     .text = "What stood in a stock before its first year, by the year it was put in."},
    {TABLE(KN_T_FLEET, fleet), KEYED, .text = "Products as a service."},
    {TABLE(KN_T_FLEET_YEAR, fleet_year), UNIQUE(0, 1), .text = "Contracts of a fleet that begin, year by year."},
    {TABLE(KN_T_PRODUCT, product), KEYED, .text = "Products, how long and how much they are used."},
    {TABLE(KN_T_PRODUCT_MATERIAL, product_material), UNIQUE(0, 1),
     .text = "What products are made of, where that comes from and where it goes."},
    {TABLE(KN_T_MATERIAL_ACCOUNT, material_account), KEYED,
     .text = "What an economy takes in and recycles, by material and year."},
    {TABLE(KN_T_TREATMENT_ACCOUNT, treatment_account), KEYED, .text = "What happens to waste, by stream and year."},
    {TABLE(KN_T_PROFILE, profile), KEYED, .text = "When things run: hours of a typical year."},
    {TABLE(KN_T_PROFILE_HOUR, profile_hour), REPEATS, .text = "Loads of profiles by month, type of day and hour."},
    {TABLE(KN_T_TRIAL, trial), KEYED, .text = "What became of opportunities that were tried."},
};

const kn_table_def *
kn_schema(kn_table_id table)
{
  assert(table >= 0 && table < KN_TABLE_COUNT);
  assert(tables[table].id == table);
  return &tables[table];
}

int32_t
kn_schema_find_table(const char *name)
{
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    if (strcmp(tables[i].name, name) == 0)
      return i;
  return KN_NONE;
}

int32_t
kn_schema_find_column(const kn_table_def *table, const char *name)
{
  for (int32_t i = 0; i < table->column_count; i++)
    if (strcmp(table->columns[i].name, name) == 0)
      return i;
  return KN_NONE;
}
