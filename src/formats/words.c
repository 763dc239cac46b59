/* What people call things: names of columns and tables, of fates and of units, in Dutch, English, French and German.
 * All in folded form (lower case, no accents), several parted by '|'. Proposals only: the user confirms. */
#include "formats/mapping.h"

#include <stdlib.h>
#include <string.h>

enum { ANY = -1, NAME_MOST = 160 };

typedef struct called {
  int32_t table;    /* ANY */
  const char *what; /* column, table, word or unit */
  const char *names;
} called;

static const char company[] =
    "bedrijf|bedrijfsnaam|naam bedrijf|onderneming|firma|firmanaam|organisatie|houder|actor|company|company name|"
    "enterprise|organisation|organization|holder|entreprise|societe|nom de l entreprise|raison sociale|"
    "unternehmen|firmenname|betrieb";
static const char substance[] = "materiaal|stof|stroom|grondstof|product|hulpbron|material|raw material|stream|resource|matiere|"
                                "matiere premiere|flux|ressource|stoff|rohstoff|werkstoff";
static const char residue[] = "afvalstof|afval|reststroom|restproduct|bijproduct|waste|waste type|residue|by product|dechet|"
                              "type de dechet|sous produit|abfall|abfallart|reststoff|nebenprodukt";

static const called columns[] = {
    {KN_T_ACTOR, "name", company},
    {KN_T_ACTOR, "actor_id",
     "ondernemingsnummer|kbo|kbo nummer|btw nummer|vat number|company number|numero d entreprise|firmennummer"},
    {KN_T_SITE, "actor_id", company},
    {KN_T_SITE, "name", "vestiging|vestigingsnaam|locatie|plaats|site|site name|location|lieu|nom du site|standort|standortname"},
    {KN_T_SITE, "site_id", "vestigingsnummer|vestigingseenheidsnummer|numero d etablissement"},
    {KN_T_RESOURCE, "name", substance},
    {KN_T_RESOURCE, "name", residue},
    {KN_T_OFFER, "resource_id", substance},
    {KN_T_OFFER, "resource_id", residue},
    {KN_T_NEED, "resource_id", substance},
    {KN_T_FLOW, "resource_id", substance},
    {KN_T_FLOW, "resource_id", residue},
    {KN_T_GATEWAY, "resource_id", substance},
    {KN_T_AREA, "name",
     "gebied|gemeente|gemeentenaam|naam gemeente|area|municipality|district|commune|nom de la commune|gemeinde|gebiet"},
    {KN_T_AREA, "area_id", "nis|niscode|nis code|ins|code ins|gebiedscode|gemeentecode|lau|nuts|nuts id"},
    {ANY, "site_id", "vestiging|locatie|site|location|lieu|standort"},
    {ANY, "area_id", "gemeente|gebied|area|municipality|commune|gemeinde"},
    {ANY, "name", "naam|benaming|name|title|titel|nom|bezeichnung|designation"},
    {ANY, "quantity",
     "hoeveelheid|hoeveelheid per jaar|jaarlijkse hoeveelheid|aantal|tonnage|volume|massa|gewicht|quantity|amount|qty|annual "
     "quantity|"
     "mass|weight|quantite|quantite annuelle|tonnes|poids|menge|jahresmenge|masse"},
    {ANY, "unit", "eenheid|maateenheid|unit|uom|unit of measure|unite|einheit|mengeneinheit"},
    {ANY, "lon",
     "longitude|lengtegraad|lengte|lng|long|x|x coordinaat|x coord|x coordinate|easting|lambert x|x lambert|langengrad"},
    {ANY, "lat", "latitude|breedtegraad|breedte|y|y coordinaat|y coord|y coordinate|northing|lambert y|y lambert|breitengrad"},
    {ANY, "address", "adres|straat|address|street|street address|adresse|rue|anschrift|strasse"},
    {ANY, "nace", "nace code|nacebel|nace bel|nacecode|sector|sectorcode|secteur|branche|wirtschaftszweig"},
    {ANY, "jobs_fte",
     "fte|vte|werknemers|tewerkstelling|personeel|aantal werknemers|jobs|employees|staff|emplois|effectif|mitarbeiter|"
     "beschaftigte"},
    {ANY, "website", "webstek|webadres|url|web|homepage|site web|internetseite|webseite"},
    {ANY, "fate",
     "verwerking|verwerkingswijze|huidige verwerking|bestemming|eindbestemming|treatment|current treatment|disposal|"
     "destination|traitement|mode de traitement|entsorgung|verwertung|behandlung|verbleib"},
    {ANY, "fate_eur",
     "verwerkingskost|verwerkingskosten|verwerkingsprijs|prijs verwerking|kost|kosten|kostprijs|tarief|afzetkost|cost|disposal "
     "cost|"
     "gate fee|cout|cout de traitement|entsorgungskosten"},
    {ANY, "price_eur", "prijs|aankoopprijs|inkoopprijs|price|purchase price|prix|prix d achat|preis|einkaufspreis"},
    {ANY, "from",
     "van|vanaf|start|startdatum|begindatum|beschikbaar vanaf|start date|available from|date de debut|debut|von|ab|beginn"},
    {ANY, "to", "tot|tot en met|einde|einddatum|beschikbaar tot|until|end|end date|available until|date de fin|fin|bis|ende"},
    {ANY, "description",
     "omschrijving|beschrijving|opmerking|opmerkingen|toelichting|remarks|remark|notes|note|comment|comments|"
     "commentaire|remarque|beschreibung|bemerkung|anmerkung"},
    {ANY, "source_id", "bron|source|quelle|herkomst gegevens"},
    {ANY, "code_low", "eural|euralcode|eural code|list of waste|low|low code|ewc|ewc code|code dechet|avv|abfallschlussel"},
    {ANY, "hazardous", "gevaarlijk|gevaarlijk afval|hazardous|dangerous|dangereux|gefahrlich"},
    {ANY, "level", "niveau|schaal|ebene|echelle"},
    {ANY, "kind", "type|soort|aard|art|genre"},
    {ANY, "class", "klasse|categorie|category|classe|kategorie"},
    {ANY, "capacity", "capaciteit|capacite|kapazitat"},
    {ANY, "year", "jaar|annee|jahr|referentiejaar|jaartal"},
    {ANY, "rel_sd", "onzekerheid|relatieve standaardafwijking|uncertainty|incertitude|unsicherheit"},
    {ANY, "disclosure", "vertrouwelijkheid|openbaarheid|confidentiality|confidentialite|vertraulichkeit"},
    {ANY, "property", "eigenschap|kenmerk|propriete|eigenschaft|parameter"},
    {ANY, "value", "waarde|valeur|wert"},
    {ANY, "publisher", "uitgever|editeur|herausgeber"},
    {ANY, "licence", "licentie|license|lizenz"},
};

static const called tables[] = {
    {KN_T_OFFER, "offer",
     "aanbod|offers|reststromen|reststroom|afval|afvalstromen|afvalstoffen|supply|waste|waste streams|residues|offre|"
     "offres|dechets|flux sortants|angebot|angebote|abfall|abfalle|reststoffe"},
    {KN_T_NEED, "need", "vraag|behoefte|behoeften|needs|demand|demands|besoin|besoins|demande|bedarf|nachfrage|grondstoffen"},
    {KN_T_ACTOR, "actor",
     "actoren|actors|bedrijven|bedrijf|ondernemingen|companies|company|organisations|entreprises|societes|"
     "unternehmen|firmen|partners"},
    {KN_T_SITE, "site", "sites|vestigingen|locaties|locations|lieux|standorte|percelen|parcels|panden|gebouwen|buildings"},
    {KN_T_AREA, "area", "areas|gebieden|gemeenten|municipalities|communes|gemeinden|zones|bedrijventerreinen|parken"},
    {KN_T_RESOURCE, "resource", "resources|materialen|stoffen|materials|matieres|ressources|stoffe|producten"},
    {KN_T_SOURCE, "source", "sources|bronnen|quellen"},
    {KN_T_PROCESS, "process", "processes|processen|procedes|prozesse|recepten"},
    {KN_T_UNIT, "unit", "units|installaties|installations|anlagen|plants"},
    {KN_T_GATEWAY, "gateway", "gateways|poorten|terminals|havens|ports"},
    {KN_T_FLOW, "flow", "flows|stromen|flux|strome|materiaalstromen"},
    {KN_T_MODE, "mode", "modes|vervoer|transport|vervoerswijzen"},
    {KN_T_INCENTIVE, "incentive", "incentives|subsidies|premies|steun|forderung"},
    {KN_T_PERMIT, "permit", "permits|vergunning|vergunningen|omgevingsvergunningen|permis|genehmigung|genehmigungen"},
    {KN_T_OFFER_PROPERTY, "offer_property", "eigenschappen|properties|proprietes|eigenschaften"},
    {KN_T_SETTINGS, "settings", "instellingen|parametres|einstellungen"},
};

/* Words of the lists in the schema. The same word never stands in two lists with another sense. */
static const called words[] = {
    {ANY, "landfill",
     "stort|storten|gestort|gestorte|stortplaats|deponie|decharge|mise en decharge|enfouissement|deponierung|d1|d5"},
    {ANY, "incineration", "verbranding|verbranden|verbrand|afvalverbranding|verbrennung|d10|verbrandingsoven"},
    {ANY, "energy_recovery",
     "energieterugwinning|energierecuperatie|verbranding met energierecuperatie|verbranding met energieterugwinning|"
     "energy recovery|waste to energy|valorisation energetique|energetische verwertung|r1"},
    {ANY, "recycling",
     "recyclage|recycleren|gerecycleerd|recycled|recycle|compostering|composteren|recyclen|stoffliche verwertung|r3|r4|r5"},
    {ANY, "reuse", "hergebruik|hergebruiken|herbruik|reemploi|reutilisation|wiederverwendung"},
    {ANY, "storage", "opslag|stockage|lagerung|gestockeerd|r13|d15"},
    {ANY, "discharge", "lozing|lozen|geloosd|rejet|einleitung|riool"},
    {ANY, "vacant", "leegstand|leegstaand|leeg|vide|leer|leerstand"},
    {ANY, "idle", "stilstand|stilliggend|braak|inactif|stillgelegt"},
    {ANY, "unused", "ongebruikt|niet gebruikt|onbenut|inutilise|ungenutzt|fakkel"},
    {ANY, "unknown", "onbekend|niet gekend|inconnu|unbekannt|n b"},
    {ANY, "material", "materiaal|materie|matiere|stoff"},
    {ANY, "energy", "energie|warmte|restwarmte|elektriciteit|heat|chaleur|warme|strom"},
    {ANY, "water", "eau|wasser|afvalwater"},
    {ANY, "space", "ruimte|oppervlakte|gebouw|terrein|espace|surface|flache|raum"},
    {ANY, "labour", "arbeid|labor|travail|arbeit|personeel"},
    {ANY, "knowledge", "kennis|connaissance|wissen"},
    {ANY, "capital", "kapitaal|kapital"},
    {ANY, "park", "bedrijventerrein|industrieterrein|industriezone|zone d activite|gewerbegebiet|industrial park"},
    {ANY, "municipality", "gemeente|stad|commune|ville|gemeinde|stadt|city"},
    {ANY, "region", "regio|provincie|province"},
    {ANY, "country", "land|pays"},
    {ANY, "world", "wereld|monde|welt"},
    {ANY, "company", "bedrijf|onderneming|entreprise|unternehmen|firma|kmo|sme"},
    {ANY, "government", "overheid|gemeentebestuur|autorite|behorde|public authority"},
    {ANY, "citizens", "burgers|burger|citoyens|burgerinitiatief"},
    {ANY, "financier", "bank|investeerder|investisseur|financiers"},
    {ANY, "public", "openbaar|publiek|offentlich"},
    {ANY, "broker", "vertrouwelijk|confidentieel|confidential|confidentiel|vertraulich"},
    {ANY, "existing", "bestaand|in bedrijf|existant|bestehend"},
    {ANY, "candidate", "kandidaat|gepland|planned|candidat|geplant"},
    {ANY, "in", "invoer|import|entree|eingang"},
    {ANY, "out", "uitvoer|export|uit|sortie|ausgang"},
    {ANY, "measured", "gemeten|mesure|gemessen"},
    {ANY, "estimate", "schatting|geschat|estimated|estimation|schatzung"},
    {ANY, "reported", "gerapporteerd|aangegeven|rapporte|gemeldet"},
    {ANY, "1", "ja|yes|oui|true|waar|j|y"},
    {ANY, "0", "nee|neen|no|non|nein|false|onwaar|n"},
};

static const called units[] = {
    {ANY, "t", "t|ton|tons|tonne|tonnes|tonnen|tn|mt|metric ton"},
    {ANY, "kg", "kg|kgs|kilo|kilogram|kilogramme|kilogramm"},
    {ANY, "MWh", "mwh"},
    {ANY, "kWh", "kwh"},
    {ANY, "GJ", "gj"},
    {ANY, "m3", "m3|kuub|kubieke meter|cubic metre|metre cube|kubikmeter|cbm"},
    {ANY, "l", "l|liter|liters|litre|litres"},
    {ANY, "m2", "m2|vierkante meter|square metre|metre carre|quadratmeter|sqm"},
    {ANY, "ha", "ha|hectare|hektar"},
    {ANY, "h", "h|u|uur|uren|hours|hour|heures|stunden"},
    {ANY, "FTE", "fte|vte|etp|vza"},
    {ANY, "EUR", "eur|euro|euros"},
};

static const struct {
  const char *names;
  double per_year;
} periods[] = {
    {"jaar|j|jr|year|yr|annum|an|annee|jahr|a|jaarlijks|pa", 1},
    {"kwartaal|quarter|trimestre|quartal", 4},
    {"maand|mnd|month|mois|monat", 12},
    {"week|wk|semaine|woche", 52},
    {"dag|day|d|jour|tag", 365},
};

/* ------------------------------------------------------------------ fit */
/* 1 the same, 0.85 but for a slip, 0.7 ... 0.8 stands in it as whole words; 0 otherwise. */
static double
fit_name(const char *name, size_t length, const char *text)
{
  char one[NAME_MOST];
  if (length >= sizeof one)
    return 0;
  memcpy(one, name, length);
  one[length] = '\0';
  if (strcmp(one, text) == 0)
    return 1;
  const size_t other = strlen(text);
  const int32_t slips = length >= 8 && other >= 8 ? 2 : length >= 5 && other >= 5 ? 1 : 0;
  if (slips > 0 && kn_text_distance(one, text, slips) <= slips)
    return 0.85;
  const char *at = length >= 3 ? strstr(text, one) : NULL;
  const bool is_word = at && (at == text || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' ');
  return is_word ? 0.7 + 0.1 * (double)length / (double)other : 0;
}

static double
fit_names(const char *names, const char *text)
{
  double best = 0;
  while (*names) {
    const size_t length = strcspn(names, "|");
    const double fit = fit_name(names, length, text);
    best = fit > best ? fit : best;
    names += length + (names[length] == '|');
  }
  return best;
}

/* Folded, without what stands between brackets: "Hoeveelheid (ton/jaar)" -> "hoeveelheid". */
static bool
fold_name(char out[NAME_MOST], const char *text)
{
  char plain[4 * NAME_MOST];
  const size_t length = strcspn(text, "([{");
  if (length == 0 || length >= sizeof plain)
    return length == 0 && kn_text_fold(out, NAME_MOST, text) < NAME_MOST && *out;
  memcpy(plain, text, length);
  plain[length] = '\0';
  return kn_text_fold(out, NAME_MOST, plain) < NAME_MOST && *out;
}

double
words_fit_column(kn_table_id table, const kn_column_def *column, const char *field)
{
  if (strcmp(field, column->name) == 0)
    return 1;
  char text[NAME_MOST], own[NAME_MOST];
  if (!fold_name(text, field) || !fold_name(own, column->name))
    return 0;
  if (strcmp(text, own) == 0)
    return 0.98;
  double best = 0.9 * fit_name(own, strlen(own), text);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
    if ((columns[i].table == ANY || columns[i].table == (int32_t)table) && strcmp(columns[i].what, column->name) == 0) {
      /* what a table calls its own comes before what any table may call so */
      const double fit = (columns[i].table == ANY ? 0.95 : 0.96) * fit_names(columns[i].names, text);
      best = fit > best ? fit : best;
    }
  if (column->kind == KN_KEY) {
    const double fit = 0.9 * fit_names("id|nr|nummer|number|no|ref|referentie|reference|kenmerk|key|sleutel|numero", text);
    best = fit > best ? fit : best;
  }
  return best;
}

double
words_fit_table(kn_table_id table, const char *layer)
{
  char text[NAME_MOST];
  if (!fold_name(text, layer))
    return 0;
  const char *name = kn_schema(table)->name;
  double best = 0.9 * fit_name(name, strlen(name), text);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (tables[i].table == (int32_t)table) {
      const double fit = 0.95 * fit_names(tables[i].names, text);
      best = fit > best ? fit : best;
    }
  return best;
}

static double
fit_value(const char *word, const char *text)
{
  char own[NAME_MOST];
  kn_text_fold(own, sizeof own, word);
  if (strcmp(own, text) == 0)
    return 1;
  double best = 0.9 * fit_name(own, strlen(own), text);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i].what, word) == 0) {
      const double fit = 0.97 * fit_names(words[i].names, text);
      best = fit > best ? fit : best;
    }
  return best;
}

const char *
words_find_value(const kn_column_def *column, const char *text, double *fit)
{
  static const char *const yes_no[] = {"0", "1", NULL};
  const char *const *list = column->kind == KN_WORD ? column->words : yes_no;
  char folded[NAME_MOST];
  const char *best = NULL;
  *fit = 0;
  if (kn_text_fold(folded, sizeof folded, text) >= sizeof folded)
    return NULL;
  for (; *list; list++) {
    const double one = fit_value(*list, folded);
    if (one > *fit) {
      *fit = one;
      best = *list;
    }
  }
  return best;
}

/* ------------------------------------------------------------------ units */
static bool
is_named(const char *names, const char *text)
{
  const size_t length = strlen(text);
  while (*names) {
    const size_t one = strcspn(names, "|");
    if (one == length && memcmp(names, text, length) == 0)
      return true;
    names += one + (names[one] == '|');
  }
  return false;
}

/* "m³" to "m3": folding would drop the raised digit. */
static void
lower_digits(char *out, size_t size, const char *text)
{
  size_t n = 0;
  for (; *text && n + 1 < size; text++) {
    const bool is_raised = text[0] == '\xC2' && (text[1] == '\xB2' || text[1] == '\xB3');
    out[n++] = is_raised ? (text[1] == '\xB2' ? '2' : '3') : *text;
    text += is_raised;
  }
  out[n] = '\0';
}

static bool
find_period(const char *text, double *per_year)
{
  if (strncmp(text, "per ", 4) == 0)
    text += 4;
  for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
    if (is_named(periods[i].names, text)) {
      *per_year = periods[i].per_year;
      return true;
    }
  return false;
}

const char *
words_find_unit(const char *text, double *per_year)
{
  char plain[NAME_MOST], folded[NAME_MOST];
  *per_year = 1;
  if (strlen(text) + 1 >= sizeof plain)
    return NULL;
  lower_digits(plain, sizeof plain, text);
  if (kn_text_fold(folded, sizeof folded, plain) >= sizeof folded)
    return NULL;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (is_named(units[i].names, folded))
      return units[i].what;
  /* the longest beginning that is a unit, then a period: "metric ton per year" */
  for (size_t cut = strlen(folded); cut > 0; cut--) {
    if (folded[cut] != ' ')
      continue;
    folded[cut] = '\0';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
      if (is_named(units[i].names, folded) && find_period(folded + cut + 1, per_year))
        return units[i].what;
    folded[cut] = ' ';
  }
  return NULL;
}
