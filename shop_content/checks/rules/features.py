"""Find parts, accessories and abilities that nothing about the product mentions. English only.

What a small model invents is mostly one of these: "with a lid for travel", "folds flat". The words
are those that name a thing that a product has or does; a text may use any other word freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shop_content.checks.rules.base import (
    CheckContext,
    Finding,
    Severity,
    excerpt,
    finding,
    first_findings,
    gettext_noop,
)
from shop_content.checks.rules.evidence import MAX_TEXT_CHARS, Sources, sources_of
from shop_content.checks.rules.plain_words import FREQUENT_WORDS
from shop_content.checks.rules.words import (
    PhraseIndex,
    fold,
    is_phrase_in,
    split_words,
    stem,
    word_set,
)

RULE_ID = "feature"

UNSUPPORTED = gettext_noop(
    "The text speaks of “%(said)s”; nothing about the product does. "
    "Take it out, or add it to the product's facts."
)
ONLY_SUPPLIER = gettext_noop(
    "The text speaks of “%(said)s”; only the supplier's text does. "
    "Check it, and add it to the product's facts."
)

_PARTS = """
    pocket, pockets, compartment, compartments, lid, lids, button, buttons, knob, dial, display,
    screen, touchscreen, touchscreens, speaker, speakers, loudspeaker, microphone, torch,
    flashlight, remote control, remote, timer, thermostat, thermometer, hook, hooks, magnet,
    magnets, magnetic, backrest, armrest, armrests, headrest, footrest, kickstand, extension,
    extensions, grill, grate, poker, strap, straps, shoulder strap, buckle, buckles, zip, zips,
    zipper, zippers, velcro, drawstring, drawers, shelves, castors, casters, hinge, hinges,
    latch, padlock, keyhole, alarm, app, bluetooth, wifi, wi fi, nfc, sensor, sensors, camera,
    cameras, battery, batteries, charger, adapter, adaptor, power supply, carry case, carrying
    case, storage bag, travel bag, cooler bag, dust bag, gift box, pouch, tripod, mount,
    bracket, brackets, hood, cuffs, lining, insulation, padding, cushion, cushions, nozzle,
    nozzles, splash guard, drain, vent, vents, fan, motor, engine, spout, lever, toe box,
    insole, insoles, outsole, midsole, heel, laces, sleeves, seam, seams, name plate, nameplate,
    monogram, logo, embroidery, handle, handles, grip, grips, safety lock, child lock, mesh,
    membrane, filter, filters, carbon filter, memory card, headphone jack, usb port, hdmi, sim,
    warranty card, user manual, manual, instruction booklet, recipe book, spare parts, refill,
    refills, attachment, attachments, accessories, accessory, carrying handle, tool kit, leds,
    light ring, backlight, night light, ring light, wireless, cordless, rechargeable,
    interchangeable, replaceable, removable, detachable, adjustable, foldable, collapsible,
    folding, stackable, extendable, extendible, telescopic, reversible, convertible, inflatable,
    reclining, swivel, swivels, rotates, rotating, rotatable, tilts, tilting, retractable,
    expandable, programmable, dimmable, automatic, automatically, self cleaning, self closing,
    waterproof, water resistant, windproof, rainproof, washable, machine washable, dishwasher
    safe, microwave safe, oven safe, freezer safe, ovenproof, airtight, leakproof, leak proof,
    spill proof, insulated, heated, cooled, padded, quilted, ventilated, reinforced, engraved,
    embossed, hand painted, handpainted, hand stitched, handmade, handcrafted, hand finished,
    pre drilled, pre assembled, flat packed, folds flat, folds up, reclines, extends, expands,
    inflates, recharges, dries, stacks, rolls up, wipes clean, tv, smartphone,
    smartphones, tablet, tablets, laptop, laptops, iphone, ipad, android, ios, alexa,
    playstation, xbox, airpods, scented, unscented, fragrance, perfume, flavour, flavours,
    gluten, lactose, caffeine, preservatives, additives, colourings, parabens, vitamins,
    protein, antioxidants, antibacterial, antimicrobial, fire retardant, flame retardant, uv
    protection, by itself, by themselves, on its own, on their own, glow, glows, glowing, clicks,
    beeps, vibrates, stays put, stay put, ties, returns to its, anti slip,
    ergonomic, orthopaedic, orthopedic, guard, guards, blade guard, safety catch, rear light,
    front light, tail light, sand timer, hourglass, all the way round, key clip, insert, inserts
"""
_INDEX = PhraseIndex(phrase.strip() for phrase in _PARTS.split(","))
# What stands for the same thing: the text's word, and what in the sources carries it.
_TWINS = {
    "zip": ("zipper", "zipped"), "zipper": ("zip", "zipped"), "battery": ("rechargeable", "mah"),
    "wifi": ("wi fi", "wlan"), "screen": ("display", "monitor"), "display": ("screen", "lcd"),
    "washable": ("wash", "machine wash"), "handle": ("grip", "haft"),
    "grip": ("handle", "non slip"), "light": ("led",), "led": ("light", "lamp", "bulb"),
    "waterproof": ("water", "ipx"), "speaker": ("audio", "sound"), "dry": ("drying",),
    "scented": ("fragrance", "scent"), "extend": ("telescopic",),
    "fragrance": ("scent", "perfume"), "foldable": ("fold",), "collapsible": ("fold", "collapse"),
    "handmade": ("hand",), "handcrafted": ("hand",), "compartment": ("pocket", "section"),
    "cordless": ("battery", "wireless"), "rechargeable": ("battery", "charge"),
    "mount": ("mounting",), "filter": ("filtration",), "strap": ("band", "belt"),
    "washing": ("wash",), "heel": ("shoe", "boot", "sock", "trainer", "slipper", "blade"),
    "glow": ("led", "light", "lamp", "lumen"), "tie": ("bracket", "lace", "ribbon"),
}  # fmt: skip
# "Disappears in a jacket pocket", "ready for the case lid": parts of what the product goes into.
_OTHER_THINGS = word_set("jacket coat apron trouser shirt jeans back case piano car")
_NO_PART = {
    "filter": word_set("coffee"),
    "hooks": word_set("onto into over to"),
    "hook": word_set("onto into over"),
    "mount": word_set("it the onto"),
    "shelves": word_set("up"),
    "fan": word_set("of the out"),
    "grip": word_set("it the them well under any"),
    "handle": word_set("it the them with"),
    "handles": word_set("it the them with like"),
    "dries": word_set("in flat by"),
    "grips": word_set("the bits it them table any"),
}
# One more of a part that the product has: "a hidden pocket".
_ONE_MORE = word_set("hidden concealed secret spare extra additional second third")
_KEEPS = re.compile(
    r"\bkeep(?:s|ing)?(?: \w+){1,3} (?P<how>warm|hot|cold|cool|fresh|dry)\b", re.IGNORECASE
)
_KEPT_BY = {
    "warm": "insulated insulation thermal thermo hot vacuum",
    "hot": "insulated insulation thermal thermo warm vacuum",
    "cold": "insulated insulation thermal thermo cool vacuum ice",
    "cool": "insulated insulation thermal thermo cold vacuum ice breathable",
    "fresh": "airtight seal sealed vacuum aroma",
    "dry": "waterproof water rain drain repellent",
}
_RANGE_BEGINS = frozenset({("from",), ("between",), ("to",)})
_DENIALS = word_set("no not without nor neither never")


def check_features(text: str, context: CheckContext) -> list[Finding]:
    """Find parts and abilities without support."""
    return first_findings(_find(text[:MAX_TEXT_CHARS], context)) if context.is_english else []


def _find(text: str, context: CheckContext) -> Iterator[Finding]:
    words, sources = split_words(text), sources_of(context)
    for first, past in _INDEX.find(words):
        forms = words.forms[first:past]
        is_one_more = words.forms[first - 1] in _ONE_MORE if first else False
        if is_one_more and not sources.knows(words.forms[first - 1]):
            first -= 1
        elif all(
            form in FREQUENT_WORDS or sources.knows(form) for form in forms
        ) or _is_said_otherwise(forms, sources):
            continue
        if forms[-1] == "adjustable" and words.forms[past : past + 1] in _RANGE_BEGINS:
            continue  # "adjustable from 45 to 70 cm": the numbers tell.
        if first and words.forms[first - 1] in _DENIALS:
            continue  # What is not there is the contradictions' business.
        if _is_elsewhere(words.forms, first, past):
            continue
        start, end = words.starts[first], words.ends[past - 1]
        said = text[start:end]
        template = ONLY_SUPPLIER if is_phrase_in(said, context.supplier_text) else UNSUPPORTED
        yield finding(RULE_ID, Severity.WARN, template, start, end, said=excerpt(said))
    for match in _KEEPS.finditer(text):
        how = fold(match["how"])
        if not any(map(sources.knows, (how, *_KEPT_BY[how].split()))):
            start, end = match.span()
            said = excerpt(match.group())
            yield finding(RULE_ID, Severity.WARN, UNSUPPORTED, start, end, said=said)


def _is_elsewhere(forms: tuple[str, ...], first: int, past: int) -> bool:
    """Tell whether the part is that of another thing, or the word no part: "jacket pocket"."""
    before, after = forms[first - 1 : first], forms[past : past + 1]
    return bool(
        (before and before[0] in _OTHER_THINGS)
        or (after and after[0] in _NO_PART.get(forms[past - 1], ()))
    )


def _is_said_otherwise(forms: tuple[str, ...], sources: Sources) -> bool:
    twins = _TWINS.get(stem(forms[-1]), ())
    return any(all(map(sources.knows, twin.split())) for twin in twins)
