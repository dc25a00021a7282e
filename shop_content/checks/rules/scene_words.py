"""Words that set a scene: what a product stands beside, what people do with it, where and when.

"Over yoghurt", "in the cellar", "when the lorry ahead throws up spray": nothing of it is said of
the product. The same words may name a part or an ingredient ("with a kettle", "contains plums"); so
they are free only where nothing is given to the product by them (see `grounding`).

Written by hand, by subject. Compared by their roots, so that "letters" and "letter" are one word.
"""

from __future__ import annotations

import re

from shop_content.checks.rules.evidence import root_of
from shop_content.checks.rules.vocabulary import COLOURS
from shop_content.checks.rules.words import word_set

_FOOD = word_set(
    """
    yoghurt yogurt cocoa espresso latte cappuccino juice lemonade cider ale soup stew broth curry
    sauce gravy mayonnaise ketchup mustard salad sandwich toast loaf bread baguette roll bun
    sourdough dough batter pancake waffle porridge muesli granola cereal breakfast  dinner
    supper brunch snack dessert pudding cake cakes pie tart biscuit cookie scone crumble jam
    marmalade honey syrup butter cheese cream egg omelette bacon sausage steak roast burger
    chicken beef lamb pork ham fish salmon trout prawn rice pasta noodle spaghetti lasagne pizza
    risotto couscous potato potatoes tomato tomatoes onion garlic leek carrot pea peas bean lentil
    pumpkin squash courgette aubergine pepper cucumber lettuce spinach cabbage broccoli mushroom
    radish beetroot herb herbs basil parsley thyme mint rosemary chive salt sugar flour vinegar
    apple pear plum cherry peach apricot orange lemon lime banana berry berries strawberry
    raspberry blackberry currant grape melon fig nut walnut hazelnut almond popcorn crisp crisps
    chocolate sweets  flatbread dumpling dip   leftover leftovers recipe meal
    meals feast picnic barbecue buffet potluck portion plateful mouthful sip sips slice slices
    """
)
_WORDS = _FOOD | word_set(
    """
    rose roses tulip lavender daisy lily flower flowers bloom blooms blossom petal stem twig
    branch leaf leaves bush shrub hedge lawn grass weed weeds moss seed seeds seedling bulb soil
    earth mud compost bed beds border pot pots planter greenhouse allotment orchard vegetable
    patch plot tree oak birch willow pine forest wood woods woodland meadow field fields hill hills
    mountain mountains valley cliff ridge summit peak trail path track lane riverside river stream
    brook pond lake shore beach sand dune dunes sea ocean wave tide harbour bay island coast rain
    drizzle shower storm thunder snow frost  hail wind breeze fog mist cloud sky sun sunrise
    dawn dusk twilight moonlight star stars puddle puddles spray splash splashes dew  cold
    chill spring summer autumn winter season january february march april may june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday
    morning noon  evening night nights midnight tonight tomorrow yesterday week weekend
    holiday holidays vacation christmas easter birthday anniversary wedding party parties
    celebration festival  market disco concert match game games kickabout lap laps race
    training workout session lesson lessons class term exam homework meeting meetings call calls
    shift commute journey trip trips tour voyage outing walk hike ride flight drive errand errands
    shopping chores laundry ironing cleaning washing cooking baking brewing boiling frying grilling
     stirring kneading chopping slicing peeling grating whisking pouring nibble nibbling
    eating drinking sipping tasting dining reading writing drawing painting sketching singing
    dancing playing listening watching talking chatting laughing sleeping dozing dreaming waking
    resting sitting standing lounging leaning running jogging climbing swimming paddling rowing
    sailing fishing skiing skating cycling kayaking camping gardening digging planting sowing
    weeding pruning watering mowing raking harvesting sawing drilling sanding hammering fixing
    mending building stacking sorting tidying packing unpacking carrying lifting dragging pushing
    pulling throwing catching kicking fetching collecting gathering searching looking finding
    forgotten forget remember remembering learn learning teach teaching explain explanation
    understand understood guess guesswork wonder wondering wish wishing hope hoping help helps
    helping hurts hurt ache aches tired tiring sleepy hungry thirsty busy lazy curious clumsy messy
    muddy dusty sticky greasy crumbs crumb spill spills stain stains mess noise noises quarrel
    argument fuss hurry rush rushing wait waiting pause pauses break breaks moment moments
    while age ages childhood friend friends friendly neighbour neighbours guest guests visitor
    family families parent parents mother father mum dad grandma grandpa grandmother grandfather
    grandparent grandparents sister brother aunt uncle cousin child children kid kids toddler baby
    babies teenager adult couple crowd people person somebody someone anybody everyone colleague
    colleagues boss teacher pupil pupils student students beginner beginners expert chef cook baker
    barista gardener farmer driver rider walker hiker camper climber angler swimmer runner dancer
    musician drummer guitarist painter artist writer reader knitter sewer carpenter plumber
    electrician mechanic nurse doctor postman courier cat cats dog dogs puppy kitten rabbit hamster
    bird birds sparrow robin hen hens duck horse pony cow sheep goat pig fox hedgehog bee bees
    butterfly fish paw paws claw claws nose noses ear ears eye eyes hair head neck shoulder
    shoulders back arm arms elbow wrist hand hands palm finger fingers fingertip thumb nail nails
    chest belly tummy hip hips knee knees leg legs ankle foot feet toe toes heel skin cheek cheeks
    chin forehead lip lips mouth tooth teeth tongue body bodies
    house home flat apartment cottage cabin hut shed barn garage workshop studio office desk
    classroom school nursery kindergarten library museum gallery theatre cinema cafe café
    restaurant bar pub hotel hostel shop supermarket bakery station platform train tram bus coach
    car van lorry truck trailer caravan motorbike bike bicycle scooter boat canoe kayak raft plane
    airport runway motorway road roads street streets pavement kerb  crossing bridge square
    park playground garden terrace balcony patio porch veranda yard driveway gate fence wall walls
    roof attic loft cellar basement hallway hall corridor landing stairs staircase step steps door
    doorway window windowsill ledge shelf mantelpiece fireplace hearth stove oven hob kettle fridge
    freezer larder pantry cupboard drawer worktop counter table tabletop sideboard sofa armchair
    chair bench stool bedside bedroom bathroom bathtub bath sink kitchen nursery playroom
    living dining room rooms floor floors carpet rug curtain curtains lamp candle candlelit
    candlelight mirror picture frame clock calendar diary journal journals letter letters postcard
    envelope parcel newspaper magazine book books novel novels atlas atlases map maps poem story
    stories chapter page pages notebook pencil pen pens crayon brush film films photo photos
    photograph music song songs tune melody chord chords album record playlist audience applause
    rucksack rucksacks backpack suitcase luggage bag bags basket baskets bin bins bucket crate
    glove gloves scarf hat coat jacket jumper shirt trousers jeans dress skirt shoes boots socks
    slippers apron towel blanket pillow duvet mattress cot pram pushchair buggy
    city cities town towns village villages country countries countryside world abroad
    rainy sunny windy stormy snowy frosty foggy gloomy dim  cloudless
    tower towers castle castles stable stables spaceship spaceships dragon pirate princess knight
    dinosaur robot circus zoo farm jungle
    jacket pocket lightly hardly merely boiled fried grated sliced chopped blended punched pumped
     rattle glorious sways strand clearing dragged progress wrong rarely looked later
    slab slabs rail rails plank planks board boards tile tiles brick bricks screw screws nail bolt
    nut washer rivet joint joints hinge beam furniture
    lorries flysheet tent tents campsite campfire bonfire embers log logs twigs
    headstock fretboard strings rehearsal gig gigs stage
    beginner's newcomer newcomers owner owners host hosts hostess
    laugh laughs smile smiles giggle giggles cuddle cuddles hug hugs kiss kisses nap naps dream
    dreams habit habits routine ritual rituals tradition traditions plan plans list lists idea ideas
    thought thoughts question questions answer answers reason reasons secret secrets surprise
    surprises present presents gift
    """
)
SCENE_ROOTS = frozenset(root_of(word) for word in _WORDS)
_FOOD_ROOTS = frozenset(root_of(word) for word in _FOOD)

# What gives a thing to the product: "with a kettle", "comes in a tin", "has two hooks".
_GIVEN = re.compile(
    r"(?:\b(?:with|has|have|having|features?|featuring|includ\w+|contain\w*|comes?|suppl\w+|"
    r"offers?|boasts?|built-?in|integrated|equipped|fitted|plus|made|adds?|brings?|carries|"
    r"smells?|tastes?|scent(?:ed)?|flavour\w*|of)\b)(?:[ -][\w'’-]+){0,3}[ -]$",
    re.IGNORECASE,
)
# "Apple green", "oak effect": the thing only names a look.
_SHADE = re.compile(
    rf"[ -](?:{'|'.join(sorted(COLOURS))}|effects?|look|style|shaped?|finish|scent(?:ed)?"
    r"|flavour\w*|print|motif|pattern)\b",
    re.IGNORECASE,
)
# "Over yoghurt", "for breakfast", where a product of food names it beside its ingredients.
_SERVED = re.compile(
    r"\b(?:over|on|onto|into|in|for|between|beside|after|before|at|to|under|your|from|like)"
    r"(?: \w+){0,2}[ -]$",
    re.IGNORECASE,
)
_REACH = 60  # code points before the word


def is_scene(
    text: str, start: int, end: int, forms: tuple[str, ...], *, is_food: bool = False
) -> bool:
    """Tell whether words only set a scene, and nothing gives what they name to the product.

    Args:
        text: that they stand in.
        start: of the first, code points.
        end: of the last.
        forms: the words, folded.
        is_food: facts tell what the product is made of: what it is eaten with is another thing.
    """
    if not all(root_of(form) in SCENE_ROOTS for form in forms):
        return False
    if _SHADE.match(text, end):
        return False
    if is_food and any(_is_eaten(form) for form in forms):
        return _SERVED.search(text[max(0, start - _REACH) : start]) is not None
    return _GIVEN.search(text[max(0, start - _REACH) : start]) is None


def _is_eaten(form: str) -> bool:
    return root_of(form) in _FOOD_ROOTS and not form.endswith(("ed", "ing"))
