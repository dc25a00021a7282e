"""States that exclude each other, where the text says one and a fact the other. English only.

"Closure: laces" and "slip in, nothing to tie" share no word, so that no comparison of words finds
what is wrong. The table says, for facts that products of many kinds have, in which words copy says
the opposite. It was written by hand; what it does not list is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from shop_content.checks.rules.base import CheckContext, FactValue
from shop_content.checks.rules.words import sentences, split_words


@dataclass(frozen=True, slots=True)
class Against:
    """Words of a text that a fact excludes."""

    start: int  # code points
    end: int
    fact: FactValue


@dataclass(frozen=True, slots=True)
class _Opposites:
    fact: re.Pattern[str]  # in "name: value"
    said: re.Pattern[str]
    is_of_part: bool = False  # the sentence has to name the fact: its hood, not its lid, is fixed


def _pair(fact: str, said: str, *, is_of_part: bool = False) -> _Opposites:
    return _Opposites(
        re.compile(fact, re.IGNORECASE), re.compile(rf"\b(?:{said})\b", re.IGNORECASE), is_of_part
    )


_DENIED = re.compile(r"\b(?:not|non|no)[- ]\w+", re.IGNORECASE)
_FREE = re.compile(r"[- ]free\b", re.IGNORECASE)
_BATTERIES = r"(?:batter(?:y|ies)|cells?)"
_MACHINE = r"in(?:to)? the (?:washing )?machine|machine[- ]wash(?:able|ed|es)?"
_CLOSURE = r"(?:closure|fastening|closing|fastener|closes(?: with)?)"
_NO_CABLE = (
    r"cordless(?:ly)?|free of (?:any |the )?(?:sockets?|cables?|cords?)"
    r"|no (?:cables?|cords?|sockets?|plug)|without (?:a |any )?(?:cable|cord|socket|plug)"
    r"|(?:away|far) from (?:the|any) socket"
    r"|no need (?:to \w+ (?:for )?|of |for )?(?:a |an |the )?(?:socket|outlet|plug|cable)"
)
_NOT_IN_PARTS = (
    r"no assembly|ready[- ](?:assembled|built)|nothing to (?:assemble|screw|build)"
    r"|without (?:any )?(?:assembly|assembling)|in one piece|no (?:tools?|screws?) needed"
    r"|(?:arrives?|comes?|delivered) (?:fully |ready )?(?:assembled|built|put together)"
)
_OPPOSITES = (
    # Care
    _pair(
        r"hand[- ]?wash(?! or)|wash(?:ed)? by hand|machine[- ]wash(?:able)?: no\b|not machine",
        rf"{_MACHINE}|the machine does|(?:short|gentle|wool|delicate|spin) cycle",
    ),
    _pair(
        r"dry[- ]clean(?:ing)? only|(?:care|wash\w*): .*\bdo not wash",
        rf"{_MACHINE}|goes in the wash|(?:wash|rinse) (?:it|them) (?:at|in|under)"
        r"|hand[- ]wash\w*",
    ),
    _pair(r"tumble[- ]?dry\w*: no\b|(?:not|no) tumble", r"in(?:to)? the (?:tumble )?dryer"),
    _pair(
        r"(?:dishwasher)\w*(?: safe| proof)?: (?:no\b|not)|not dishwasher",
        r"(?:leave|put) the washing[- ]up to the machine|no (?:washing[- ]up"
        r"|need to wash (?:it )?up)",
    ),
    # Power
    _pair(
        r"power(?: supply| source)?: (?:mains|corded|plug|cable|socket)|\bcorded\b|: mains\b",
        rf"{_NO_CABLE}|{_BATTERIES}[- ](?:powered|operated)|runs? on (?:a |its )?{_BATTERIES}",
    ),
    _pair(
        rf"power(?: supply| source)?: (?:\d+ x )?(?:\w+ )?{_BATTERIES}|\bcordless\b",
        r"mains[- ]powered|plugs? (?:it )?into the (?:wall|mains)|power cord|corded",
    ),
    _pair(
        rf"{_BATTERIES}(?: included)?: (?:.*\bnot (?:included|supplied)|no\b)"
        rf"|{_BATTERIES} not included|without {_BATTERIES}",
        r"(?:straight|right) out of the box|ready to (?:use|go|play) (?:at once|straight away)"
        r"|already (?:inserted|inside|fitted|installed|in place|in it)"
        r"|unpack (?:it|them)(?:,| and) (?:press|switch)[^.!?]{0,40}"
        rf"|{_BATTERIES} (?:is|are) (?:in the box|inside|fitted|inserted|part of)",
    ),
    _pair(
        r"\brechargeable\b(?!: no)",
        rf"disposable|single[- ]use|(?:new|fresh|spare) {_BATTERIES}|change the {_BATTERIES}",
    ),
    _pair(r"not rechargeable|rechargeable: no\b|single[- ]use", r"recharg\w+|charge it"),
    _pair(
        r"dimmable: no\b|not dimmable|brightness: fixed",
        r"dim(?:s|med|ming|mable)?|turn(?:s|ed)? (?:\w+ ){0,3}(?:down|low)|lower the light"
        r"|from bright to \w+|brightness levels?|as bright as you like",
    ),
    _pair(
        r"connect(?:ion|ivity|or)?: (?:cable|wired|3\.5 ?mm|usb cable)|\bwired\b",
        r"wireless(?:ly)?|without (?:a |any )?(?:cable|wire)s?|over bluetooth",
    ),
    _pair(
        r"\b(?:auto(?:matic)?[- ](?:shut|switch|turn)[- ]?off|auto off): no\b",
        r"(?:switches|turns|shuts) (?:itself )?off (?:by itself|on its own|automatically)"
        r"|(?:switches|turns|shuts) itself off",
    ),
    _pair(
        r"(?:drive|operation|operated|type|power\w*): (?:manual|hand|by hand)\b",
        r"electric(?:ally)?|motor(?:ised|ized)?|at the (?:push|touch|press) of a button",
    ),
    _pair(
        r"(?:drive|operation|operated|power\w*): (?:electric|motor)",
        r"cranks?|by hand(?! or)|muscle power|hand-operated|without electricity",
    ),
    _pair(r"fuel: (?:charcoal|wood|pellets?)", r"gas(?! station)|turn (?:a|the) knob|plug it in"),
    _pair(r"fuel: (?:gas|propane|butane)", r"charcoal|briquettes?|embers"),
    # Water, weather, place
    _pair(
        r"(?:water|splash|rain)\w*(?: protection| resistan\w+| proof| rating)?: (?:none|no)\b"
        r"|not (?:waterproof|water[- ]resistant)",
        r"(?:under|in|into) the (?:shower|rain|pool|bath|bathtub|wet)|through the rain"
        r"|when it (?:rains|pours)|waterproof|splash[- ]?proof|swim\w*|dunk\w*|submer\w+"
        r"|shrugs? off (?:the )?rain|rain (?:does|will) not|keeps? (?:the )?rain out",
    ),
    _pair(
        r"winter storage: (?:indoors?|inside)|store indoors|frost[- ]?(?:proof|resistan\w+"
        r"|hardy): no|not frost",
        r"leave (?:it|them) (?:where (?:it|they) stands?|outside|out|standing)|stays? (?:out"
        r"|outside|outdoors)|outdoors all (?:year|winter)|all year (?:round )?outdoors"
        r"|all winter|through the (?:frost|winter)",
    ),
    _pair(
        r"\bindoors? (?:use )?only|(?:use|location|suitable for): indoors?\b",
        r"outdoors?|(?:in|for|into) the (?:garden|rain)|on the (?:patio|terrace|balcony|lawn)"
        r"|(?:front|door) ?steps?|porch",
    ),
    _pair(
        r"(?:light|location|position|site): (?:full )?sun\b|\bfull sun\b",
        r"(?:likes|loves|for|in) (?:the |deep |full )?shade|shady|out of the sun",
    ),
    _pair(r"(?:light|location|position|site): .*\bshade", r"full sun|(?:loves|in the blazing) sun"),
    _pair(
        r"\bannual\b",
        r"comes? back (?:every|each|next) (?:year|spring)|perennial|year after year",
    ),
    _pair(r"\bperennial\b|\bhardy\b", r"for one (?:summer|season) only|sow it again every year"),
    # How it closes, opens, folds, comes apart
    _pair(
        rf"{_CLOSURE}: (?:\w+ )?lac(?:es?|ing)\b",
        r"nothing to tie|no laces|slip[- ]ons?|slip in and go|velcro|hook[- ]and[- ]loop"
        r"|without (?:laces|tying)|step in and go|zips? up",
    ),
    _pair(
        rf"{_CLOSURE}: (?:slip[- ]on|velcro|hook|elastic|zip|buckle)",
        r"tie (?:the|your) laces|lace (?:them|it) up|lace[- ]ups?",
    ),
    _pair(
        rf"{_CLOSURE}: (?:\w+ )?zip",
        r"button(?:s|ed)? (?:up|down|it)|press studs?|do up the buttons",
    ),
    _pair(rf"{_CLOSURE}: (?:\w+ )?buttons?", r"zips? (?:up|shut|closed)|pull up the zip"),
    _pair(
        rf"{_CLOSURE}: (?:\w+ )?screw|\bscrew cap\b",
        r"corkscrew|corks?|pull the cork|swing top",
    ),
    _pair(
        rf"{_CLOSURE}: (?:\w+ )?cork",
        r"screw(?:s|ed)? (?:\w+ )?(?:open|shut|off)|screw cap|twist it open",
    ),
    _pair(
        r"(?:: |, )(?:fixed|attached|sewn[- ]in|permanent|non[- ]removable|not (?:removable"
        r"|detachable|replaceable))\b|(?:removable|detachable): no\b",
        r"com(?:es|ing) off|(?:zip|snap|button|clip|take|lift|slip|pull|screw)s? (?:\w+ )?off"
        r"|detach\w*|remov(?:e|es|ed|able)|un(?:zip|plug|clip|hook|screw|button)s?|swap\w*"
        r"|exchang\w+|replaceable",
        is_of_part=True,
    ),
    _pair(
        r"\b(?<!not )(?:removable|detachable)\b(?![^:]*: no)",
        r"sewn[- ]in|permanently (?:attached|fixed)|cannot be (?:removed|detached)"
        r"|stays on for good",
        is_of_part=True,
    ),
    _pair(
        r"(?:passenger|driver|left|right|one|single)['’]?s?[- ]side only|\bone side only"
        r"|(?:one|single)[- ]sided",
        r"(?:on |from )?both sides|either side|on the left and (?:on )?the right"
        r"|from (?:the )?left or (?:the )?right|reversible",
    ),
    _pair(
        r"reversible: no\b|not reversible",
        r"(?:both|either) sides?|turn it (?:over|inside out)",
    ),
    _pair(r"assembly(?: required)?: (?:required|yes|needed|self)", _NOT_IN_PARTS),
    _pair(r"self[- ]assembly|\bin parts\b|flat[- ]?pack", _NOT_IN_PARTS),
    _pair(
        r"assembly(?: required)?: (?:none|no|not required|not needed)\b|pre-?assembled"
        r"|deliver\w+: (?:fully )?(?:assembled|in one piece)",
        r"assemble (?:it|them)|(?:screw|put|bolt) (?:it|the \w+|them) together"
        r"|self[- ]assembly|flat[- ]?pack\w*",
    ),
    _pair(
        r"(?:foldable|folding|folds): (?:no\b|not)|not foldable|fixed frame",
        r"folds? (?:it |them )?(?:flat|up|away|down|together)|fold(?:s|ed|able|ing)?"
        r"|collaps\w+|tucks? (?:away )?flat",
    ),
    _pair(
        r"stackable: no\b|not stackable",
        r"on top of (?:one another|each other)|stack\w*|pil(?:e|es|ed) (?:\w+ )?up"
        r"|one into the other",
    ),
    _pair(
        r"(?:height|adjust\w+|angle|position)[\w -]*: (?:fixed|no|not adjustable)\b"
        r"|not (?:height[- ])?adjustable",
        r"rais(?:e|es|ed) or lower\w*|(?:raise|lower|tilt) (?:it|the \w+)|set it (?:higher"
        r"|lower)|adjust(?:s|ed|able)?|grows? with|in (?:two|three|four|five|six"
        r"|several) (?:heights|positions)",
        is_of_part=True,
    ),
    _pair(
        r"(?:wheels|castors|rollers): (?:none|no)\b",
        r"rolls? (?:it |along|away|over)|on wheels",
    ),
    _pair(
        r"(?:lock(?:able)?|key): (?:none|no)\b|not lockable",
        r"locks? (?:it|them|shut|away|up)|turn the key|under lock and key",
    ),
    _pair(
        r"(?:leak|spill)[- ]?proof: no\b|not leak",
        r"not a drop|upside down|on its side in (?:the|a|your) bag|without (?:a )?(?:leak|drip"
        r"|spill)\w*",
    ),
    # Fit, cut, firmness
    _pair(
        r"(?:fit|cut): (?:\w+ )?(?:loose|relaxed|oversized|wide|baggy)",
        r"close to the (?:body|skin)|close[- ]fitting|figure[- ]hugging|hugs (?:the|your)"
        r"|slim(?:ly)?|tight(?:ly)?|clings?|tailored|skin[- ]tight|narrow(?:ly)? cut",
    ),
    _pair(
        r"(?:fit|cut): (?:\w+ )?(?:slim|tight|close|fitted|skinny|narrow)",
        r"loose(?:ly)?|roomy|baggy|plenty of room|oversized|falls wide|wide cut",
    ),
    _pair(r"sleeves?: (?:\w+ )?short|short[- ]sleeved", r"long sleeves?|down to the wrists?"),
    _pair(r"sleeves?: (?:\w+ )?long|long[- ]sleeved", r"short sleeves?|sleeveless|bare arms"),
    _pair(
        r"\bsleeveless\b|sleeves?: (?:none|no)\b",
        r"(?:long|short|rolled) sleeves?|down to the wrists?",
    ),
    _pair(
        r"firmness: (?:\w+ )?(?:firm|hard)\b",
        r"soft(?:est|er)? (?:mattress|feel|side|pillow)|sink(?:s|ing)? in(?:to)?|gives? way",
    ),
    _pair(
        r"firmness: (?:\w+ )?soft\b",
        r"firm(?:ly|est|er)?(?! name)|does not give|hard (?:mattress|feel|side|pillow)",
    ),
    _pair(
        r"heel(?: height)?: (?:flat|none|no)\b",
        r"high heels?|a few centimetres taller|raised heel",
    ),
    # Food and drink
    _pair(
        r"\bwhole[- ]beans?\b",
        r"(?:finely |freshly |pre-?|coarsely )?ground(?! floor)|(?:fine "
        r"|coarse )?powder(?:ed)?",
    ),
    _pair(
        r"(?:form|grind): (?:\w+ )?(?:ground|powder)",
        r"whole beans?|grind (?:it|them) yourself",
    ),
    _pair(
        r"\bloose(?:[- ]leaf)?(?: tea)?\b.*\btea|form: loose",
        r"(?:tea ?)?bags? (?:in|into) (?:the|your)|sachets?",
    ),
    _pair(
        r"\btea ?bags?\b|\bpyramid bags?\b",
        r"loose (?:leaf|tea|leaves)|by the spoonful|measure out",
    ),
    _pair(
        r"(?:carbonation|carbonated|type|sparkling): (?:still|none|no)\b"
        r"|\bstill (?:mineral )?water",
        r"sparkling|fizz\w*|bubbl(?:e|es|y|ing)|carbonated|lively|prickl\w+|tingl\w+",
    ),
    _pair(
        r"\bsparkling\b(?!: no)|carbonated: yes",
        r"still (?:mineral )?water|without (?:bubbles|gas)",
    ),
    _pair(
        r"\b(?:refrigerate|keep refrigerated|in the fridge|keep chilled)",
        r"(?:in|into) (?:the|a) (?:cupboard|larder|pantry)|at room temperature"
        r"|no need for a fridge",
    ),
    _pair(r"\b(?:cloudy|unfiltered)\b", r"clear(?:ly)?|crystal[- ]clear|filtered"),
    _pair(r"\bunsalted\b|no (?:added )?salt", r"salted|pinch of salt|salty"),
    _pair(r"\bunsweetened\b|added sugar: (?:none|no)\b", r"sweetened|sugared|touch of sugar"),
    _pair(
        r"(?:taste|style|sweetness): (?:\w+[ -])?(?:dry|brut|tart|bitter)\b",
        r"sweet(?:ish|ly|ness)?|honeyed|sugary",
    ),
    _pair(
        r"(?:taste|style|sweetness): (?:\w+[ -])?sweet\b",
        r"(?:bone[- ])?dry(?! place)|brut|tart|bitter",
    ),
    _pair(
        r"(?:heat|taste|spiciness|hotness): (?:\w+ )?mild",
        r"fiery|scorching|spicy|(?:very|really) hot|burns?",
    ),
    _pair(
        r"(?:heat|taste|spiciness|hotness): (?:\w+ )?(?:hot|spicy)",
        r"mild(?:ly)?|gentle on the tongue",
    ),
    _pair(
        r"\bsmooth\b.*\b(?:butter|spread)|texture: smooth",
        r"crunch(?:y)?|(?:with |whole )?(?:pieces|chunks)|lumps",
    ),
    _pair(r"texture: (?:crunchy|chunky|coarse)", r"smooth(?:ly)?|silky|without (?:pieces|lumps)"),
    _pair(
        r"\bdecaf\w*|caffeine: (?:none|no|0)\b|caffeine[- ]free",
        r"wakes? you|pick[- ]me[- ]up|kick",
    ),
    _pair(r"\balcohol[- ]free|alcohol: (?:0|none|no)\b", r"tipsy|a dram|nightcap|boozy"),
    _pair(
        r"contains (?:gluten|wheat)|allergens?: .*(?:gluten|wheat)",
        r"gluten[- ]free|for coeliacs|without gluten",
    ),
    _pair(
        r"contains (?:milk|lactose)|allergens?: .*(?:milk|lactose)|vegan: no\b",
        r"vegans?|dairy[- ]free|lactose[- ]free|without milk|plant[- ]based",
    ),
    _pair(r"roast: light", r"dark(?:ly)? roast\w*|roasted (?:long|dark|almost black)"),
    _pair(r"roast: dark", r"light(?:ly)? roast\w*|roasted (?:light|gently|briefly)"),
    # Senses and surface
    _pair(
        r"\bunscented\b|(?:scent|fragrance|perfume): (?:none|no|unscented)\b|fragrance[- ]free",
        r"scent of|scented (?:with|like)|smells? of|fragran\w+|perfumed|a (?:trace|hint"
        r"|whiff) of \w+(?: \w+)? (?:lingers|stays)",
    ),
    _pair(r"\bopaque\b", r"see[- ]through|sheer|translucent|transparent|shows? what is inside"),
    _pair(
        r"\b(?:transparent|see-through)\b",
        r"opaque|keeps? out (?:all )?(?:eyes|glances)|hides what",
    ),
    _pair(
        r"(?:finish|surface|paper|look)?: ?(?:\w+ )?matte?\b",
        r"gloss(?:y)?|shiny|high[- ]shine",
    ),
    _pair(r": (?:\w+ )?(?:high )?gloss(?:y)?\b", r"matte?"),
    _pair(
        r"\b(?:untreated|unfinished|raw|uncoated|unvarnished)\b",
        r"varnish\w*|lacquer\w*|oiled|waxed|painted|coated",
    ),
    _pair(
        r"(?:finish|surface|treatment)\w*: (?:\w+ )?(?:oiled|oil)\b",
        r"varnish\w*|lacquer\w*|untreated|painted",
    ),
    _pair(
        r"(?:finish|surface|treatment)\w*: (?:\w+ )?(?:lacquer|varnish)",
        r"oiled|untreated|bare wood|waxed",
    ),
    _pair(
        r"\bveneer\w*",
        r"solid (?:oak|wood|walnut|beech|pine|ash|maple|timber|through)|massive wood",
    ),
    _pair(
        r"\bsolid (?:oak|wood|walnut|beech|pine|ash|maple|timber)",
        r"veneer\w*|foil|wood[- ]effect|laminate",
    ),
    _pair(
        r"\bhand[- ]?made|made by hand|hand[- ](?:knotted|woven|sewn|thrown)",
        r"machine[- ]made|by machine|off the line|mass[- ]produced",
    ),
    _pair(
        r"\bmachine[- ](?:made|woven|knitted)",
        r"by hand|hand[- ]?(?:made|woven|knotted|tufted)",
    ),
    _pair(
        r"\bmonochrome\b|black[- ]and[- ]white (?:print|only)",
        r"in colour|full colour|colour (?:print\w*|pictures|photos)",
    ),
    # Shape, side, size of the user
    _pair(
        r"shape: (?:round|circular)",
        r"square(?! metre| meter| foot| feet| inch)|rectangular|oval|corners",
    ),
    _pair(
        r"shape: (?:square|rectangular|oblong)",
        r"circular|round (?:shape|top|form|table|plate|tray|rug|mirror|cushion)|oval",
    ),
    _pair(
        r"\bright[- ]handed\b(?! (?:and|or)\b)",
        r"left[- ]hand(?:ed|ers?)|either hand|both hands alike",
    ),
    _pair(r"(?<!and )(?<!or )\bleft[- ]handed\b", r"right[- ]hand(?:ed|ers?)|either hand"),
    _pair(
        r"\b(?:for|gender:|department:) (?:women|ladies|girls)\b",
        r"for (?:men|him|boys|gentlemen)|men['’]s",
    ),
    _pair(
        r"\b(?:for|gender:|department:) (?:men|boys)\b",
        r"for (?:women|her|girls|ladies)|women['’]s",
    ),
    _pair(
        r"\bage: (?:from )?(?:[3-9]|1\d)\b(?![^,;]*month)"
        r"|not (?:suitable )?for children under (?:3|three)",
        r"from birth|newborns?|for (?:babies|infants)",
    ),
    _pair(r"gears?: (?:none|no|1|single)\b|single[- ]speed", r"shift(?:s|ing)? (?:up|down|gears)"),
    _pair(r"edge: (?:\w+ )?serrated", r"(?:smooth|plain|straight)[- ]edged?|(?:smooth|plain) edge"),
    _pair(r"edge: (?:smooth|plain|straight)", r"serrated|toothed|saw[- ]edged?"),
    _pair(
        r"\bhard(?:cover|back)\b|cover: hard",
        r"paperback|soft[- ]?cover|flexible cover|bends? (?:open|back)",
    ),
    _pair(r"\bpaperback\b|\bsoft[- ]?cover\b", r"hard[- ]?(?:cover|back)|hard covers"),
    _pair(
        r"(?:ruling|pages?|paper): .*\b(?:blank|plain)\b",
        r"ruled|lined|dotted|squared|on the lines?",
    ),
    _pair(
        r"(?:ruling|pages?|paper): .*\b(?:ruled|lined)\b",
        r"blank pages?|unlined|dotted|squared",
    ),
    _pair(
        r"(?:movement|drive): quartz",
        r"wind (?:it|the watch)|self[- ]winding|automatic movement|no battery",
    ),
    _pair(
        r"(?:movement|drive): .*\b(?:automatic|mechanical|hand|wind-up|spring)",
        r"quartz|batter(?:y|ies)|(?:one|a|each) charge",
    ),
    _pair(
        r"display: (?:digital|lcd|led)",
        r"(?:clock |watch )?hands (?:show|tell|point)|analogue|needle",
    ),
    _pair(r"display: (?:analogue|analog|hands)", r"digital|digits"),
    _pair(r"\bdouble[- ]wall", r"single[- ]wall\w*|one wall"),
    _pair(
        r"wall(?:s|ed)?: single|\bsingle[- ]wall",
        r"double[- ]wall\w*|two walls|insulat\w+|keeps? (?:\w+ ){1,2}(?:hot|warm|cold)",
    ),
    _pair(
        r"induction\w*: no\b|not (?:for|suitable for) induction",
        r"(?:every|all|any) (?:kind of |type of )?(?:hobs?|cookers?|stoves?)|induction (?:hob"
        r"|too|as well)",
    ),
)  # fmt: skip


def opposites_said(text: str, context: CheckContext) -> Iterator[Against]:
    """Yield what a text says against the facts; of a part only where its sentence names it."""
    for opposites, against in _excluded(context):
        for match in opposites.said.finditer(text):
            if _FREE.match(text, match.end()):
                continue
            facts = against
            if opposites.is_of_part:
                sentence = _sentence_around(text, match.start())
                facts = tuple(fact for fact in against if _is_named(fact, sentence))
            if facts:
                yield Against(match.start(), match.end(), facts[0])


@lru_cache(maxsize=16)  # A product is checked for each field and at each keystroke.
def _excluded(context: CheckContext) -> tuple[tuple[_Opposites, tuple[FactValue, ...]], ...]:
    """Return the rows of the table that the facts speak of; what another fact says is none."""
    lines = [(fact, f"{fact.name}: {fact.value} {fact.unit}") for fact in context.facts]
    rows = []
    for opposites in _OPPOSITES:
        against = tuple(
            fact
            for fact, line in lines
            # "Use: indoors and outdoors" says both.
            if opposites.fact.search(line)
            and not opposites.said.search(_DENIED.sub(" ", fact.value))
        )
        others = [context.name, *context.keywords]
        others += [line for fact, line in lines if fact not in against]
        if against and not any(map(opposites.said.search, others)):
            rows.append((opposites, against))
    return tuple(rows)


def _sentence_around(text: str, place: int) -> str:
    for start, end in sentences(text):
        if start <= place < end:
            return text[start:end]
    return ""


def _is_named(fact: FactValue, sentence: str) -> bool:
    forms = split_words(sentence).forms
    return any(form in forms for form in split_words(fact.name).forms if len(form) > 2)
