"""Words for materials, colours, countries and certificates, and what supports them."""

from __future__ import annotations

from shop_content.checks.rules.words import word_set

MATERIALS = word_set(
    """
    goose-down duck-down eider-down
    leather suede nubuck nappa faux-leather cotton linen wool merino cashmere mohair alpaca
    silk satin velvet denim canvas fleece flannel polyester nylon polyamide acrylic viscose
    rayon lyocell tencel modal elastane spandex lycra microfiber microfibre jute hemp felt
    tweed corduroy gore-tex neoprene rubber latex silicone plastic polypropylene
    polyethylene polycarbonate pvc vinyl abs resin fiberglass fibreglass carbon-fiber
    carbon-fibre steel stainless-steel carbon-steel iron cast-iron aluminium aluminum copper
    brass bronze titanium zinc chrome pewter metal gold silver platinum sterling-silver
    rose-gold wood oak walnut beech pine maple birch teak mahogany bamboo rattan wicker cork
    cedar acacia ash ebony cherrywood plywood mdf ceramic porcelain stoneware earthenware
    clay terracotta glass borosilicate crystal marble granite slate concrete cardboard paper
    foam memory-foam down feathers fur shearling beeswax ivory
"""
)
# What a more general word is supported by: oak is wood. Stems.
KINDS: dict[str, frozenset[str]] = {
    "wood": word_set(
        """
    oak walnut beech pine maple birch teak mahogany bamboo cedar acacia ash ebony cherrywood
    plywood wooden hardwood timber mdf cherry
"""
    ),
    "metal": word_set(
        """
    steel iron aluminium aluminum copper brass bronze titanium zinc chrome pewter gold
    silver platinum metallic alloy tin
"""
    ),
    "ceramic": word_set(
        """
    porcelain stoneware earthenware clay terracotta pottery
"""
    ),
    "steel": frozenset({"stainless", "inox"}),
    "wool": word_set("merino cashmere mohair alpaca woollen woolen"),
    "leather": word_set("suede nubuck nappa calfskin cowhide sheepskin"),
    "plastic": word_set(
        """
    polypropylene polyethylene polycarbonate pvc abs acrylic vinyl melamine tritan pla pet
"""
    ),
    "glass": frozenset({"borosilicate", "crystal"}),
    "gold": frozenset({"golden"}),
    "silver": frozenset({"sterling", "925"}),
    "aluminium": frozenset({"aluminum"}),
    "aluminum": frozenset({"aluminium"}),
    "microfibre": frozenset({"microfiber"}),
    "microfiber": frozenset({"microfibre"}),
    "elastane": frozenset({"spandex", "lycra"}),
    "spandex": frozenset({"elastane", "lycra"}),
    "lycra": frozenset({"elastane", "spandex"}),
    "nylon": frozenset({"polyamide"}),
    "feather": frozenset({"down"}),
    "rayon": frozenset({"viscose"}),
    "denim": frozenset({"jean"}),
    "terracotta": frozenset({"clay"}),
    "earthenware": frozenset({"terracotta"}),
    "cardboard": frozenset({"paper", "card"}),
    "wicker": frozenset({"rattan", "willow"}),
    "lyocell": frozenset({"tencel"}),
    "tencel": frozenset({"lyocell"}),
}
# Also verbs, colours, vessels or everyday words: a warning, and only where it reads as a material.
AMBIGUOUS_MATERIALS = word_set(
    """
    gold silver copper bronze ivory slate iron glass paper felt down ash crystal pine cherry
    foam clay felt canvas rubber concrete cork cedar fur metal wood marble resin steel
    chrome maple platinum fleece satin velvet plastic rose-gold denim walnut modal lycra
    polished
"""
)
COLOURS = word_set(
    """
    red blue green yellow orange purple pink brown black white grey gray beige turquoise
    teal navy maroon burgundy crimson scarlet magenta cyan violet lavender lilac khaki olive
    mustard coral peach mint indigo charcoal cream taupe fuchsia amber mauve tan golden aqua
    blush ochre anthracite ecru cobalt azure vermilion bordeaux
"""
)
COLOUR_TWINS: dict[str, frozenset[str]] = {
    "grey": word_set("gray charcoal anthracite slate silver"),
    "gray": word_set("grey charcoal anthracite slate silver"),
    "blue": word_set("navy turquoise teal indigo cobalt azure aqua cyan"),
    "red": word_set("burgundy crimson scarlet maroon ruby"),
    "green": word_set("olive mint teal emerald khaki sage lime"),
    "white": word_set("ivory cream ecru"),
    "golden": frozenset({"gold"}),
    "tan": frozenset({"beige", "camel"}),
    "purple": word_set("violet lavender lilac plum"),
    "yellow": frozenset({"mustard", "gold"}),
    "pink": frozenset({"rose", "fuchsia", "magenta"}),
}
# What a colour belongs to when it paints nothing.
COLOUR_PHRASES = (
    "white noise", "red wine", "white wine", "rose wine", "green tea", "black tea", "white tea",
    "black coffee", "black pepper", "brown rice", "white rice", "brown bread", "white bread",
    "white balance", "blue light", "green light", "red carpet", "orange juice", "red light",
    "black out", "white paper", "green energy", "golden hour", "golden rule", "black box",
    "blue cheese", "red meat", "white meat", "brown sugar", "green beans", "green thumb",
    "black friday", "white christmas", "out of the blue", "mint condition", "olive oil",
    "peach fuzz", "ice cream", "cream cheese", "hand cream", "shaving cream", "face cream",
    "night cream", "sun cream", "whipped cream", "coral reef", "orange zest", "orange peel",
    "fresh mint", "mint tea", "mint leaves", "mint flavour", "mint flavor", "sour cream",
    "black and white", "amber glass", "green fingers", "grey sky", "grey skies", "blue sky",
    "blue skies", "grey day", "grey days", "grey morning", "grey mornings", "black ice",
)  # fmt: skip
# Named after a place, made anywhere.
STYLE_PHRASES = (
    "persian rug", "persian carpet", "oriental rug", "french press", "french door", "french doors",
    "french toast", "french terry", "french seam", "french seams", "swiss roll", "swiss cheese",
    "turkish delight", "turkish towel", "venetian blind", "venetian blinds", "roman blind",
    "roman blinds", "english breakfast", "earl grey", "greek yoghurt", "greek yogurt",
    "belgian waffle", "belgian waffles", "danish pastry", "indian ink", "dutch oven",
    "american walnut", "american football", "scots pine", "norway spruce", "brazil nut",
    "brazil nuts", "egyptian cotton", "panama hat", "chinese new year", "oxford shirt",
    "oxford cloth", "oxford fabric", "oxford shoe", "oxford shoes", "chelsea boot", "chelsea boots",
    "bermuda shorts", "breton stripe", "breton stripes", "fair isle", "scandinavian style",
    "moroccan style", "italian style", "japanese style", "french style", "german style",
    "american style", "english style", "mediterranean style", "provencal style", "nordic style",
    "irish coffee", "spanish onion", "cornish pasty", "bakewell tart", "new year", "new year's eve",
)  # fmt: skip
COUNTRIES: dict[str, tuple[str, ...]] = {
    # Demonym (or country): what supports it.
    "italian": ("italy", "it"),
    "german": ("germany", "de"),
    "french": ("france", "fr"),
    "swiss": ("switzerland", "ch"),
    "american": ("usa", "us", "united states", "america"),
    "british": ("britain", "uk", "united kingdom", "gb", "england"),
    "english": ("england",),
    "scottish": ("scotland",),
    "irish": ("ireland",),
    "japanese": ("japan", "jp"),
    "chinese": ("china", "cn"),
    "swedish": ("sweden",),
    "danish": ("denmark",),
    "norwegian": ("norway",),
    "finnish": ("finland",),
    "dutch": ("netherlands", "holland"),
    "belgian": ("belgium",),
    "spanish": ("spain",),
    "portuguese": ("portugal", "pt"),
    "austrian": ("austria",),
    "turkish": ("turkey", "türkiye"),
    "indian": ("india",),
    "polish": ("poland",),
    "czech": ("czechia", "czech republic"),
    "mexican": ("mexico",),
    "canadian": ("canada",),
    "vietnamese": ("vietnam",),
    "korean": ("korea",),
    "taiwanese": ("taiwan",),
    "thai": ("thailand",),
    "greek": ("greece",),
    "european": ("europe", "eu"),
}
