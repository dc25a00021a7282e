"""Words that any product's copy may use: they say nothing that a fact would have to carry.

`FREQUENT_WORDS`: function words, and the verbs and connecting words that stood most often in copy
written by hand in which every statement is carried (`training/starter/train`): in three products
at least, of two categories, and in no source.

`_OTHERS`: what presents a product, tells how to handle it, or sets a scene, and the other words of
that copy which no fact carries.

Words that could claim something (a material, a part, a use, an effect, praise) were taken out of
both by hand. Whatever is left over in a text needs a source (see `grounding`).
"""

from __future__ import annotations

from shop_content.checks.rules.words import word_set

FREQUENT_WORDS = word_set(
    """
    a about above across add adds after afterwards again against all allow allows almost alone
    along already also although always among amount amounts an and another any anyone anything
    are around as ask asks at available away back be bears because become becomes been before
    begin beginning begins behind being belong belongs below beneath beside between beyond both
    bring brings build builds built but by call called calls can carries carry case choice
    choose chosen close closed closes come comes coming complete consist consists contain
    contained containing contains could cover covers cut daily day deep delivered delivers depth
    different do does done down drop during each either else enclosed encloses end ends enough
    even every everything except extend extends fall feature features fill filled fills find
    finds finish finished first fit fits fitted fix fixed follow follows for form formed forms
    found from full further gather gathers get gets give given gives go goes good great grown half
    hand hands has have having head held her here hers high him his hold holding holds how if
    in include included includes including inside instead intended into is it item items its
    itself join joined joins just keep keeping keeps kept kind know known knows large last lay
    lays lead leads least leave leaves left less let lets lie lies like list lists little live
    lives long longer look looks lower made main make makes making many matter may mean means
    meant measure measured measures measuring meet meets might model more most move moves much
    must name named names near nearly need needed needs never new next no none nor not note
    nothing now number numbers of off offer offers on once one ones only onto open opened opens
    or order other others our out outside over overall own pack packed packs pair part parts
    pass people per piece pieces place placed places please plus product products provide
    provided provides pull pulls purpose put puts quite rather reach reached reaches read ready
    receive remain remains rest rests right rise rises round run running runs said same say says
    second see seen separate serve serves set sets several shape shaped shapes share shared
    should show shown shows side sides simple simply since sit sits size sized sizes slightly
    small so some something soon speak speaks stand standing stands start starts stay stays step
    still stop stops such suit suitable suited suits supplied supplies supply sure take taken
    takes tall tell tells than that the their them then there these they thick thickness thing
    things this those though through throughout time times to together too total towards turn
    turned turns two type types under underneath until up upon us use used user uses using usual
    wait waiting waits want wants was way ways we wear wears weigh weighing weighs weight well
    were what whatever when where whether which while who whole whose why wide width will wish
    with within without work worked works would yes yet you your yours yourself
    three four five six seven eight nine ten eleven twelve
    height length colour color comes brand also means another holds fits made
"""
)

_OTHERS = word_set(
    """
    grip grips fibre fibres dirty hotter colder onwards nearer teaspoon tablespoon louder fifths
    cent quarter quarters thirds zero delivery temperature temperatures higher
    able aboard abroad absent accept accepts accommodate accommodates accompanied accompanies
    accompany accompanying according accordingly account accounts acorn activities activity
    actual actually adapt added adding addition additional addressed addresses adds adjust
    adjusted adjusts admits adult adults advance advised affair afternoon afternoons age aged
    ago agree agreed agreeing agrees ahead ahoy aim aims air airport alights align aligned
    aligns alike allowed allowing along alongside alternate alternative alternatives altogether
    am ambles angle angled angler anglers animal animals ankle ankles anniversary answer answers
    anticipate anybody anytime anyway anywhere apart apiece appear appearance appears appetite
    appetites applied applies apply appointment approach approved approx april arch area areas
    aren't argue arm armchair arms arrange arranged arranges arrival arrive arrived arrives
    arriving article artist artists aside ask asked asking asks aspect aspects assemble
    assembled assigned assortment assure astray astronaut attach attached attaches attaching
    attend attends august autumn await awaits awake babies baby backed background bag bags bake
    baker bakers bakes baking balance balances balcony ball band banish bar barely base bases
    bash basic basics basin basis batch batches bath bathes bathrobes bathroom batter beach
    beans bear bearing beat bed bedroom bedrooms bedtime bee beer befits beforehand beginner
    beginners beginnings believe belly bench bend bends besides best beware bides big bigger
    biggest bike bikes bind binds bird birds birthday birthdays biscuit biscuits bit bite blade
    blank blends blind block blow blown blush blushes board boast boasts boat boats bodies body
    boil boils bold bolder book bookcase bookshelf boot boots border borders borrow borrows
    bottle bottles bottom bought bounce bouquet bow bowl box boxes boy boys brace branch
    branches brand brands bread break breakfast breath breathe breeze brew brewed bridge brief
    brightens brightly brings brisk broad broader brought brush bubbles bulk bulky bunch bunches
    bundle bundles burns burst bus business busy butter buy buyer buyers buying cake cakes calf
    call calling calls came camp camper campers camping campsite can't candle candles cannot
    capacity capped caps captain capture captures cards carpet carried carrying carton cast
    casts casual cat catalogue catch catches category cats ceiling celebrates celebration center
    central centre ceremony certainly certified chair chairs chance change changed changes
    changing chaos chapter character characterise characterised charge charged charges charging
    charts check checks cheek cheeks cheer cheerful cheese chef chefs chest chief child child's
    childhood children children's chilly choice choices chooses choosing chord chords christmas
    chunky circle circles city clack claim claims clamp clamps clasp class classes cleaned clear
    cleared clearly click climb climber climbers climbs cling clings clip clips closely closer
    closes closing cloth clothes clothing clouds club cluster clutter cm coarse coast coat
    cocktail cocktails coffee coil coils coin coins cold colleague colleagues collect collected
    collection collector collectors collects colourful colours column combination combinations
    combine combined combines combining combo come comes common commonly commute commuter
    commuters companion companions company compare complementary complete completely completes
    complies comply component components compose composed composes comprise comprised comprises
    comprising conceal conceals concerned concert conditions confess confine conform conforms
    connect connected connects consequently consider construction consumption container
    containers content contents contrast contrasting contrasts control controlled controls
    conversation cook cooking cooks copes copy core corner corners corresponding cot couldn't
    count counted counter countless country counts couple coupled couples covered cows crack
    cradles craft crafter crafters crafts creases create created creates creating creature
    credentials crew crews crisp crooked cross crosses crowd crowded crowned crowns crumbs
    crunch cube cubes cuddles cup cupboard cupboards cupful cupped curl curled curly current
    currently curtain curve curved curves customer customers cuts cycle cyclist cyclists dab
    dabs daily dainty damp dance dancer dancers dances dangle dangles dark darken darkens darker
    dash data date days december decide decidedly decides declare decline decor decorate
    decorates decoration decorations decorative dedicated deep deepens deeper default define
    degree deliver delivering demand demands den dense dentist depart depend depends describe
    described describes deserve design designed designs desk despite dessert detail detailed
    details device devices diagonal dials diameter diary didn't difference dig dim dimension
    dimensions dine ding dining dinky dinner dip direct directed direction directly dirt
    disappear disappears disc discard discovery discreet dish dishes display displays dispose
    dissolve dissolved distance distant distinct dive divided divides dock doesn't dog dogs
    dolls don't doo door doors doorstep doorway dose doses dotted double dough downpour dozen
    drab draft drape drapes draw drawer drawers drawn draws dream dreaming dress dressed dresses
    dried dries drift drifts drink drinkers drinking drinks drive driven driver drivers drives
    driveway driving drizzle drop drops drummer dry drying due duets duo dusk dust dusting ear
    early earn ears earth eat eaten eats echo echoes edge edged edges edition editions egg eggs
    eighteen eighth eighty electricity element elements elongated elsewhere email emails
    embodies emerges emits emphasis employs empties empty encircles enclose enclosed encounters
    endure enlarge enlarged ensemble enter enters enthusiast enthusiasts entire entirely
    entrance entries entrusts entry envelope envelops environment equal equally equip equipment
    equipped equips era escapes especially essentially essentials etc eve even evening evenings
    evenly event events eventually ever everybody everyday everyone everywhere exact exactly
    examine example exceed exception exchange excuse exercise exercises exhibit exist expand
    expect expedition experiment explain explains explore extended extending extends exterior
    extra extras eye eyeline eyes fabric face faces facing fact factor facts fades fading faint
    fair falling falls familiar fancy far farewell fashion fasten fastened fastens fate father
    favourite favourites fear feast feature featuring february feed feeds feel feeling feels
    feet festive fetch few fewer fiddly field fifteen fifth fifty figure figures file filed
    files final finally fine finer finger fingers finish fire firstly fish fishing fittings fix
    fizz flame flask flat flavour flavours fleet flick flight flights flip floor floral flow
    flower flowers flowing flows fly flying fold folded folding folds followed following fond
    food foot football footprint footwell forearm forest forget forgetful forgets fork formal
    format formats former formula formulates forth forty forward forwards fought fourteen fourth
    frame frames framing free freely frequent frequently freshly friday fridge friend friends
    fringe front frontal frost frosty fruit fully fun function functions funny furthermore fuss
    future fuzzy gain gains gallery galleys game gang gap gaps garage garden gardener gardeners
    gardening gardens garment garments gate gathered gathering gatherings gathers gave gear
    general generally genre getting giant giddy gift gifts girl girls giveaway giving glance
    glances glasses gleam gleams glide glides glimmer glimpse globe gloom glossy glow glowing
    glows glue goal going golfer golfers gone goodnight goods goose grab grabbing gradually
    grand grant grants grasp grass gravity greet greets grew grid grind grinding grinds ground
    group grow growling grown grows guard guarded guest guests guide guides guitarist gust gym
    habit had hadn't hair hairdo hall hallway halves hamster hamsters handed handful handfuls
    handing handle handled handles handling hang hanging hangs happen happens happy hardly
    harvest hasn't haste haul haven't he heading heads heap hear heart heavier heavy hedge heft
    hefty held hello helper helping hem hence herself hidden hide hides hiker hikers hill hills
    himself hint hints hip hips historic hoard hobbies hobby hobs hold holder holiday holidays
    hollow home homely homes honest honour hop hopped hopping hops horizon horizontal horse
    horses host hosts hot hour hours house housed household households houses however hub hugs
    hum human humans hums hundred hunger hungry hunt hurry hush hutch hypothesis i i'd i'll i'm
    i've ice icy idea ideas identical identifies identify idle ignition ignore image images
    imaginary immediately impatient implies imports impression incl incorporate incorporated
    incorporates indeed indicate indicates individual individually indoor indoors infants
    informal ingredient ingredients initially initials inner insert inserted inserts inspiration
    inspired install installed installs instalment instance instruct instructions instrument
    intends intense interest interior interrupts interval intervals introduce introduces
    introducing invite invited invites inward irregular isn't it'll it's items jackets january
    jar jaws jeans jingle job jobs joining jolly journey journeys judge jug juggling july jumble
    jump june jungle keen keepsake kept key keys kg kid kids kind kindly kinds kitchen
    kitchenette kitten kittens knee knit knits knitter knitters knitting knock knots label
    labelled lace ladies lady laid lake lamp land landing lands landscape lane lanes language
    laptop largest lastly lasts latch late lately later latest latter laughter launch launder
    laundries laundry lawn layer layered layers laying layout laze lazy lead leaf lean leans
    leap learner learners leave leaves led leg legends legs leisure lend lends lesser lessons
    let's lets letter level levels lib lifes lift lifted lifting lifts light lighter lighting
    lights likely likes likewise limit limited limits line lines linger lingers link links lips
    listed listen listens lit literally little lively living load loaded loads loaves local
    locate located location lodge lone longer look looking looks loose loosen loosens loot lost
    lot lots loud low lowered lowers luck luggage lullaby lump lunch lunchbox lunchtime lying
    machine magic mainly mains maintain major maker makers man manage manages manner manners
    mantelpiece manufactured map mapped maps march marches margin mark marked market markings
    marks mass mast masters match matched matches matching material materials matte matters max
    maximum maybe me meadow meal meals meaning meanwhile measure measured measurement
    measurements meaty medium medley meeting melts members memories men men's mends mention menu
    merely merge mess message method midday middle mild milder mile miles mill million min mind
    mine mingle mingles mini miniature minimal minor minus minute miss misses missing mission
    mist mix mixed mixer mixes mixing mixture ml mm mode models moderate modes modest moisten
    moistened moment moments monday month monthly months mood moods moon moonlight mop moreover
    morning mornings mosaic mostly motif motifs motion motorway mould mount mountain mounted
    mounting mounts mouth mouthful moved movement mucky mud muddy mug mugs multiple music
    musician mustn't muted myself mystery nail nails name namely naming nap naptime narrow
    narrower narrows naughty nearby neat neatly necessarily necessary neck needn't neighbour
    neighbours neither nest nestle nestles neutral newborn newcomer newcomers newly nibbles
    night nights nineteen ninety ninth nobody nod nods noise noisy none nook noon normal
    normally nose notable notably notes notice novel novelty november nowhere nudge number
    numbered numbers numerous nursery object oblong observe obvious occasion occasional
    occasionally occasions occupies occupy ocean october odd odds offered offering office offset
    often old olden older ongoing opening operate operated operates operation opportunity
    opposite option optional options oranges orbit order ordered orders ordinary original
    originally otherwise ought ours ourselves outcome outdoors outer outfit outing outings
    outline outlines outlook output outputs outward oval overall overboard overcast overhead
    overlap overlaps overnight overview owing own owned owner owners owns pace paces package
    packaging packed packet packing packs pad page pages paint painter painters painting
    paintings paints paired pairing pairings pairs palate pale palette palms pan pancake
    pancakes pans pantry parade parcel parent parents park partial particular particularly
    parties partly partner parts party passage passed passes passing passport past pasta patch
    path patience patient patio patrols pattern patterns pause pauses paws pcs peak pebble
    pebbles peckish peek peel peep peg pens perch perform performs perhaps period periods
    permits person pet petite pets phase phone phones pianist pick picked picking picks picnic
    picture pictures pie pies pile pin pinch pint pipe pitch pitched pitches pixel pizza plain
    plan planned plans plant plants plate plates platform play played player players playful
    playground playing playroom plays playtime pleat pleated pleats plenty plop plot plug plugs
    plunge ply point points poise pole politely pond pop pops porch porridge port portion
    portrait position positioned positions possess possesses possession possible possibly post
    pot potential pounce pour poured pouring pours powder power practice practise practising
    pram precisely prefer preference prefers prepare prepared presence present presented
    presenting presently presents press pressed presses previous previously primarily primary
    principles print printed prints prior private probably problem procedure process produce
    produced produces profile profiles programme project projects promise promises proper
    properly proportion proportions proud provided provides providing provisions pssst psst
    publish pudding puddle puddles puff puffing pulled pump pumps pupil pupils puppies puppy
    purchase purchased purely purposes push pushchair pushed pushes puts putting puzzles quarrel
    quarter quest question queue quieter quietly quirky quota quote rabbit rabbits race races
    raid rain rainbow rains rainy raise raises rally range ranges ranging rate rated rates
    rating rattles reach reader readers reading reads real reality really rear reason receives
    recent recently recipe recipes recommended recommends record records rectangle rectangular
    refer refill refilled reflect reflects regains regard region regular regulates rehearsal
    rejoice relate related release relevant relies reluctant remainder remaining remains
    remember reminder reminders renew reopen repeat replace replaced replaces report represent
    represents request required requires reserve reserved reset residents respective
    respectively respond responds rest retain retains retires return returns reveal reveals
    rhythm ribbit ribbons ribs ridden riddle ride rider riders rides rigid rim ring rings rinse
    rinsed ripe ripples rise rises rising ritual rituals river rivers road roads roast roasting
    roasts rock rodent role roll rolled rolls room rooms roost root roots rotate rotates
    rotation rough roughly round rounded rounding rounds route routes routine routines row rowdy
    rows rub rucksack rule ruled ruler rulers rules runner runners runs rush rustic rustle
    saddle sailors sails salad salads salty sands sandwich sandwiches saturday sauce sauces
    scale scales scanner scarcely scarf scarves scatter scattered scattering scene scenic scent
    schedule school schools scientists scoop scoops score scrap scrapbook screen screens screwed
    scribble scuttle sea seaside season seasons seat seated seating seats secondary seconds
    section sections secured seed seeds seek sees seldom select selected selection selects sell
    selling sells send sends sense separately september sequence series serious serve served
    serves serving session setting settings settle settled settles setup seventeen seventh
    seventy sew sewer sewing sewn sews shade shades shadow shadows shake shaken shall shallow
    shaped shapes share shares she sheet sheets shelf shell shelve shift shifts shine shines
    shiny ship shipped ships shirts shoes shop shopping shore short shorter shortly shot
    shoulder shoulders shouldn't shower showing shown shrinks shuffles shut shuts siblings side
    sides sieves sight sign signal signals signature silence silhouette silly similar similarly
    simple simultaneously sing singer singing single sings sink sinks sip sips sitting sixteen
    sixth sixty skater sketch sketches skills skimming skin skip sky skyline slanted sleep
    sleeper sleeps sleepy sleeve slender slice slices slide slides slight slim slimline slip
    slips slope sloping slot slots slow slowly small smaller smear smell smelling smells smooth
    snack snacks snails snap snazzy snooze snow snowy soak soaks sock socket sockets socks sofa
    softens softly soil sold sole solely solo somebody someone someone's sometimes somewhere
    song songs sort sorted sorting sound sounding sounds soup soups source sources space spaced
    spaces spacing span spans spare spark sparkle sparkles specific specifically specified
    specifies speckled speed speeds spend spends spent sphere spiky spill spills spin spins
    spiral splash splashing split splits spoken spoon spoonful sport sports spot spots spotted
    spotty spray sprays spread spreads spring sprinkle sprinkled spritz sprung squad square
    squash squeeze squeezes stack stacked stacks staff stage stairs stalks stall standard stands
    star stars starter stash state stated statement states stating station stay steady steam
    steep steeped stem stems step steps stew stews stick sticking sticks sticky stir stirs
    stitch stitches stock stocked stolen stone stones stop store stored stores stories storing
    storm stormy story storyline stove stow stowed stows straight straightaway strap stray
    street stretch stretches strikes strip stripe striped stripes stroke strokes stroll
    structure stubborn studded student students studio study stuff styled styles stylised
    subject subsequent subsequently substantial subtle suddenly sugar suggest suits summer
    summit sums sun sunday sunlight sunny sunrise sunset sunshine supper surface surfaces
    surprise surprises surround surrounded surroundings surrounds swallow swallows swap sweep
    sweeping sweeps swim swimmer swimmers swimming swims swing swings swirl swish switch
    switched switches symbol symbols symmetrical system table tables tail tails takes tale tales
    talk tall taller tame tangled tap target task tasks taste tastes tasting tea teacher
    teachers team teamed teaming teams tear technique teenager teens tells temperature temporary
    tend tender tense tent tenth tents term terms terrace terrain territory text texture thanks
    that'll that's theirs theme themed themes themselves there's thereby therefore they'd
    they'll they're they've thin thing think thinner third thirst thirsty thirteen thirty
    thorough thought thoughts thousand thread thrice throat thursday thus ticket tide's tidied
    tidies tidy tidying tie tied ties tight tighten tilt tilts timekeeping tin tiny tip tipped
    tips title toast toasts toasty today toddler toddlers toe toes toilette tomorrow tone tones
    tonight tonight's tool tools top tops toss totals touch touched touches tour towel towels
    tower town toy toys trace traces track tracks trade tradition traffic trail trails train
    trains transfer transition transport travel traveller travellers travels treasure treat
    treated treats tree trees triangle triangular trick tricks tricky trim trio trip triple
    trips trot trousers truly truth try tub tube tuck tucked tucks tuesday tummy tune tuned turn
    turning twenty twice twin twinkles twins twirl twist twisted typed typical typically
    underfoot underside undo undone unfold unfolded unfolds unfurl unit unite unites units
    universe unless unlike unlined unpack unplugged unroll unrolls unruly unscrew untie unwind
    unwrap update updates upkeep upper uppers upright ups upside urban urge usable user's usual
    usually value variant variants varied varies variety various vary veg vegetable vegetables
    veils veneered venue verse version versions versus vertical very vessel via view views
    village visible visit visitor visitors vista voice voices vol volume voyage waddling waist
    wait wake wakes walk walker walkers walkies walks wall walls wander wandering wanted
    wardrobe warm wash washed washes washing wasn't watch water waters wave waves wavy we'd
    we'll we're we've wearer wearers wearing weather wedding weddings wednesday weeds week
    weekday weekdays weekend weekends weekly weeks welcome welcomes well weren't wet what's
    whatsoever wheel wheels whenever where's whereas whereby wherein wherever whichever whirl
    whirr whisk whisper whispers who's whoever whole wholly whom wick's wide wider width widths
    wild wind winding window windows winds windscreen windy wine wink winter wintry wipe wiped
    wipes wired withdraws witness wobbles wobbly woman women women's won't wonder wonders wooded
    woods word words work workbench workday worked working workout workshop worktop world worm
    worms worn worries worry worth wouldn't wound wove wrap wrapped wrapping wraps wriggles
    wrist write writer writers writes writing wrong yard yards year year's yearly years
    yesterday yield yields yoga you'd you'll you're you've young younger youngest youngster zest
    zone
"""
)

PLAIN_WORDS = FREQUENT_WORDS | _OTHERS
