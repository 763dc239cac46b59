"""Units: what stands and has capacity to spare, and candidates. Candidates without a site are to be placed by the plan."""

from text import table

# id | process | site (blank: to be placed) | capacity | status | actor | source
TEXT = """
# what stands
u-gielen-chip|chip-clean|gielen|9000|existing|gielen|s-est-unit
u-suez-wood|clean-wood|suez|9000|existing|suez|s-est-unit
u-suez-sort|mixed-sort|suez|12000|existing|suez|s-est-unit
u-gielen-sort|mixed-sort|gielen|8000|existing|gielen|s-est-unit
u-vg-sort|mixed-sort|van-gansewinkel|6000|existing|van-gansewinkel|s-est-unit
u-grc-wash|soil-wash|grc|60000|existing|grc|s-grc
u-grc-dredge|dredge-dry|grc|40000|existing|grc|s-est-unit
u-grc-sweep|sweep-wash|grc|12000|existing|grc|s-est-unit
u-grc-tar|tar-burn|grc|15000|existing|grc|s-est-unit
u-bioterra-wash|soil-wash|bioterra|50000|existing|bioterra|s-bioterra
u-bioterra-bio|soil-bio|bioterra|40000|existing|bioterra|s-bioterra
u-bionerga-compost|composting|bionerga-compost|30000|existing|bionerga|s-bionerga
u-biomassa-chip|chip-clean|biomassa-limburg|5000|existing|biomassa-limburg|s-est-unit
u-biomassa-compost|composting|biomassa-limburg|9000|existing|biomassa-limburg|s-est-unit
u-pmd-sort|pmd-sort|bionerga-beringen|6000|existing|bionerga|s-bionerga
u-wos-split|oil-split|wos|2500|existing|wos|s-est-unit
u-cleuren-uco|uco-clean|cleuren|900|existing|cleuren|s-est-unit
u-stelimet-shred|scrap-shred|stelimet|20000|existing|stelimet|s-est-unit
u-stassen-shred|scrap-shred|stassen|9000|existing|stassen|s-est-unit
u-stelimet-elv|elv-dismantle|stelimet|3500|existing|stelimet|s-est-unit
u-orbix-sort|slag-sort|orbix|80000|existing|orbix|s-est-unit
u-carbstone-first|carbstone|carbstone-maker|20000|existing|carbstone-maker|s-est-unit
u-ekol-profiles|plastic-profiles|ekol|4400|existing|ekol|s-ekol
u-grl-lummen|glass-sort|grl-lummen|15000|existing|grl|s-est-unit
u-grl-beringen|glass-sort|grl-beringen|25000|existing|grl|s-grl
u-grl-flat|flat-glass|grl-lummen|6000|existing|grl|s-est-unit
u-carglass-split|windscreen-split|carglass|800|existing|carglass|s-est-unit
u-deconde-retread|tyre-retread|deconde|150|existing|deconde|s-est-unit
u-martens-concrete|concrete-crush|martens|40000|existing|martens|s-est-unit
u-martens-rubble|rubble-crush|martens|45000|existing|martens|s-est-unit
u-gielen-rubble|rubble-crush|gielen|20000|existing|gielen|s-est-unit
u-apl-mill|asphalt-mill|apl-zolder|25000|existing|asfalt-productie-limburg|s-est-unit
u-aswebo-mill|asphalt-mill|aswebo-lummen|20000|existing|willemen-infra|s-est-unit
u-belasco-mill|asphalt-mill|belasco-bilzen|18000|existing|belasco|s-est-unit
u-social-textile|textile-sort|social-economy-hasselt|900|existing|social-economy|s-est-unit
u-social-weee|weee-refurbish|social-economy-genk|600|existing|social-economy|s-est-unit
u-social-pallet|pallet-repair|social-economy-houthalen|1500|existing|social-economy|s-est-unit
u-flagbag|flag-bags|flagbag|3|existing|flagbag|s-est-unit
u-social-meals|food-rescue|social-economy-genk|150|existing|social-economy|s-est-unit
u-training|training|agency-genk|30000|existing|agency|s-est-unit
# candidates with a place
c-board-norbord|wood-board|langerlo|20000|candidate||s-est-unit
c-wood-steam|wood-boiler|langerlo|25000|candidate||s-est-unit
c-clean-gielen|clean-wood|langerlo|30000|candidate|gielen|s-est-unit
c-carbstone-genk|carbstone|langerlo|30000|candidate|orbix|s-est-unit
c-capture-aperam|co2-capture|aperam|6000|candidate|aperam|s-est-unit
c-landfill|landfill-mining|remo|150000|candidate|remo|s-est-unit
c-plasma|plasma|bionerga-houthalen|30000|candidate|remo|s-remo
c-solar-remo|solar-land|remo|9000|candidate|remo|s-est-unit
c-network-genk|heat-network|zol|22000|candidate|city-genk|s-est-unit
c-network-hasselt|heat-network|jessa|22400|candidate|city-hasselt|s-est-unit
c-pump-genk|heat-pump|wwtp-genk|20000|candidate|city-genk|s-est-unit
c-pump-hasselt|heat-pump|wwtp-hasselt|22000|candidate|city-hasselt|s-est-unit
c-water-genk|water-reuse|bioterra|180000|candidate|aquafin|s-est-unit
c-digest|digestion|bionerga-houthalen|18000|candidate|bionerga|s-est-unit
c-sludge|sludge-dry|bionerga-houthalen|12000|candidate|aquafin|s-est-unit
c-living-lab|living-lab|c-mine-crib|5000|candidate|coordinator|s-est-unit
c-rerefine|oil-rerefine|langerlo|20000|candidate||s-lit-oil
c-film|film-regranulate|ggl|6500|candidate||s-est-unit
c-foam-glass|foam-glass|mine-beringen|8000|candidate||s-est-unit
c-paper-wool|paper-insulate|mine-zolder|6000|candidate||s-est-unit
c-coffee|coffee-farm|c-mine-crib|60|candidate||s-est-unit
c-bulky|bulky-sort|bionerga-houthalen|8000|candidate||s-est-unit
c-rubber-tiles|rubber-tiles|mine-zwartberg|5000|candidate||s-est-unit
c-hard|hard-regranulate|mine-beringen|10000|candidate||s-est-unit
c-modular|modular-build|ford-zone-a|1500|candidate||s-est-unit
c-brick|brick-clean|mine-zolder|6000|candidate|social-economy|s-est-unit
c-gypsum|gypsum-recycle|ford-zone-a|2500|candidate||s-est-unit
c-crates|crate-wash|greenville|900|candidate|social-economy|s-est-unit
# candidates to be placed where the space they need is offered
c-tyre|tyre-granulate||14000|candidate||s-est-unit
c-furniture|furniture-service||1500|candidate||s-est-unit
c-school|school-furniture||300|candidate||s-est-unit
"""

COLUMNS = "unit_id process_id capacity site_id status actor_id source_id"


def units():
    return table("unit_id process_id site_id capacity status actor_id source_id", TEXT)
