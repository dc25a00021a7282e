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
    able aboard abroad absent accepts accompanied accompanies accompany accompanying
    accordingly account accounts acorn actual actually additional addressed addresses adjust
    adjusted adjusts admits adult adults advised affair afternoon afternoons ago agreed
    agreeing agrees ahead ahoy aim air alights align aligned aligns alike allowed alongside
    altogether am ambles angle anglers animal answer answers anybody anytime anyway anywhere
    apart apiece appear appears appetite appetites applied applies apply appointment approx
    april area areas aren't argue arm arms arrange arranged arranges arrival arrive arrived
    arrives arriving article aside asked asking aspect assembled assigned assortment astray
    astronaut attach attached attaches attaching attend attends august autumn await awaits
    awake backed background bag bags bake baker bakers bakes ball band bar barely base bash
    basic basin basis bath bathes bathrobes batter beach bear bearing bed bedroom bedtime bee
    befits beforehand beginner beginners believe belly bend bends besides beware bides big
    bigger biggest bike bikes bind binds bird birds bit bite blade blind block blow blown blush
    blushes board boast boasts bodies body boil boils book boot boots border borrow bottle
    bottles bottom bought bounce bow bowl box boxes boy boys brace branches break breakfast
    breath breathe breeze brew brewed bridge brief brightens broad broader brought bubbles
    burns bus buy buyer buyers buying cake calling came can't candle candles cannot caps
    captain cards carried carrying cast catch catches category ceiling center central centre
    ceremony certainly chair chairs change changed changes changing chapter character
    characterise characterised charts check checks chief child child's childhood children
    children's choices chooses choosing christmas clack claims clamp clamps class classes clear
    cleared clearly click climb climbs cling clings clip clips closely closing clothes clothing
    clouds cm coast coat coffee cold collect collection collector collectors collects colours
    column combination combinations combine combined combines combining common commonly company
    compare complementary completely completes component components compose composed composes
    comprise comprised comprises comprising concerned concert confess connect connected
    connects consequently consider construction container containers content contents control
    controlled controls conversation cook cooks copes copy core corner corners corresponding
    couldn't count counted counts couple coupled couples covered cows crack cradles creases
    creature credentials crew crews crooked cross crosses crowned crowns cuddles cup cupboard
    cupped curl curled current currently curtain curve customer customers cuts cycle cyclist
    cyclists dainty dances dangle dangles dark darken darkens data date days december decide
    decidedly decides declare decline dedicated deepens deeper define degree deliver delivering
    den dentist depart describe described describes deserve design designed designs desk detail
    detailed details device devices diagonal diameter didn't difference dig dimension
    dimensions ding dinner dip direct directed direction directly disappear disc discard dish
    dishes display displays dispose dissolve dissolved distance distant distinct dive divided
    divides dock doesn't dolls don't doo door dose double downpour dozen draft draw drawer
    drawn draws dreaming dress dressed dresses dried dries drift drifts drink drinkers drinking
    drinks drive driven driver drivers drives driving drizzle drops dry drying due duets dusk
    dust early earn earth eat eaten eats edge edged edges edition editions eighteen eighth
    eighty element elements elsewhere embodies emits empties empty encircles enter enters
    entire entirely entries entrusts entry equal equally equip equipment equipped equips
    especially essentially essentials etc eve evening evenings evenly eventually ever everybody
    everyone everywhere exact exactly example exceed exception excuse exist expect expedition
    experiment explains explore extending exterior extra extras eye eyes fabric face faces
    facing fact facts fades falling falls familiar fancy far fasten fastened fastens fate
    father fear featuring february feed feeds feel feeling feels feet fetch few fewer field
    fifteen fifth fifty figure figures filed final finally finer finger fingers fire firstly
    fish fittings fizz flame flask flat flavour flavours fleet flick flip floor flow flowing
    flows fly flying folded folds following food foot football footprint footwell forearm
    forest forget forgetful forgets fork format formats former formula formulates forth forty
    forward forwards fought fourteen fourth frame frames free freely frequently friday friend
    friends fringe front frontal frost fully function functions furthermore future gain gains
    galleys game gap gardener gardeners garment garments gathered gave general generally
    getting giddy girl girls giving gleam glide glides glimmer glowing glows going gone
    goodnight goose grab grabbing grant grants grass gravity greet greets grew grind grinding
    grinds ground group grow growling grows guard guest guests guide guides habit had hadn't
    hair hairdo handed handfuls handle handled handles handling hang hanging hangs happen happy
    hardly hasn't haste haven't he heads heap hear heart hello helper helping hem hence herself
    hidden hide hides himself hip hoard hobs home homes hop hopped hopping hops horizontal host
    hot hour house housed household households houses however hub hum human humans hums hundred
    hungry hunt hush hutch hypothesis i i'd i'll i'm i've idea identical identifies identify
    ignition ignore immediately impatient implies imports incl incorporate incorporated
    incorporates indeed indicate indicates individual individually indoors ingredient
    ingredients initially inner insert inserted inserts install installed installs instance
    instrument intends interest interior interrupts introduce introduces introducing invite
    invited invites isn't it'll it's jackets january jar jaws jeans jingle job jobs joining
    journey journeys jug juggling july jump june jungle key keys kg kid kids kindly kitchen
    knee knit knock label labelled lace ladies lady laid lamp land landing lands language
    largest lastly lasts latch late lately later latest latter launch launder laundries lawn
    layer layered layers laying layout lean leans leap led leg legends legs lend lends lesser
    lessons let's letter level levels lib lifes lift lifted lifting lifts light lights likely
    likes likewise limit limits line lines linger lingers link links lips listed listen listens
    lit literally load loaded loads loaves locate located looking loose loosen loosens loot
    lost lot lots low lowers luggage lump lunch lunchtime lying machine mainly maintain major
    maker man manage manages manner manners march marches mark marked markings marks masters
    match matched matches matching material materials matters max maximum maybe me meal meals
    meanwhile measurement measurements medium meeting members men men's mention menu merely
    merge message method midday middle mill million min mind mine minimal minor minute miss
    misses missing mixed mixes mixing mixture ml mm mode models moderate modes moisten
    moistened moment moments monday month months moods mop moreover morning mornings mostly
    motorway mould mount mountain mounted mounting mounts mouth moved movement mucky mud muddy
    multiple music musician mustn't myself mystery namely naming narrow narrower nearby
    necessarily necessary needn't neighbours neither newcomer newly nibbles night nights
    nineteen ninety ninth nobody noise noon normal normally notable notably notes notice
    november nowhere numerous object observe obvious occasionally occupies occupy ocean october
    odd odds offered offering office often old opening operate operated operates operation
    opposite option optional options oranges ordered orders ordinary original originally
    otherwise ought ours ourselves outer outfit outing outings outline overboard overcast
    overhead overnight owing owned owner owners owns pace package packaging packet pad page
    pages painter paired pairing pairings pairs pale palette palms pan parcel parent parents
    park partial particular particularly partly passage passed passes passing passport past
    path patience patrols pattern patterns pause paws pcs peel peep peg pens perform performs
    perhaps periods permits person phase phone phones pianist pick picked picking picks picnic
    picture pictures pile pin pinch plain plan planned plants plate plates play played player
    players playing plays playtime plop plot plug plugs plunge ply point points pole politely
    pop port portion position positioned positions possess possesses possession possible
    possibly post pot potential pounce pour poured pouring pours powder power practice practise
    practising pram precisely prefer preference prepare prepared present presented presenting
    presently presents press pressed presses previous previously primarily primary principles
    print printed prior probably problem procedure process produce produced produces profile
    profiles programme proper properly provisions pssst psst pudding puff puffing pulled pump
    pumps puppies purchase purchased purely purposes push pushed pushes putting quarrel quarter
    question queue quietly rain rains raise raises range ranges ranging rate rated rates rating
    rattles reader readers reading reads real really rear reason receives recent recently
    recipe recipes recommends record records refer refill refilled regains regular regulates
    rejoice related release relevant relies reluctant remaining remember reopen repeat replace
    replaced report represent represents request required requires reserve reserved respective
    respectively respond responds retain retains retires reveal reveals ribbit ribbons ribs
    ridden ride rider riders rides rim rings rinse rinsed ripples rivers rodent role roll
    rolled rolls room rooms roost roots roughly rounds row rows rub rule ruled rulers rules
    runner runners rustle sailors sails salty saturday scale scanner scarcely scarf scarves
    scatter scattered scattering scene scent schedule scientists scoop score screwed scribble
    scuttle sea season seasons seat seating seats secondary seconds section sections secured
    sees seldom select selected selection selects sell selling sells send sends sense
    separately september series serious served serving session setting settings settle settled
    settles setup seventeen seventh seventy sewn sews shade shades shake shaken shall shallow
    she sheet shelf shell shelve shift shifts shine shines ship shipped ships shirts short
    shorter shortly shoulder shouldn't shower showing shrinks shuffles shut shuts sieves sight
    sign signals silence similar similarly simultaneously sing single sings sink sinks sip
    sitting sixteen sixth sixty skimming skin skip sky sleep sleeper sleeps sleeve slender
    slice slide slides slight slim slip slips slot slots slow slowly smaller smear smell
    smelling smells smooth snails snap snow soak sock socket socks sofa softly soil sold sole
    solely somebody someone sometimes somewhere sort sorted sound soup source sources space
    spaces span spans spare specific specifically specified specifies speed speeds spend spends
    spent sphere spin spins splash splashing split splits spoken spoon spoonful spot spots
    spread spreads spring sprinkle sprinkled sprung square squash squeeze squeezes stack
    stacked staff stage stalks state stated statement states stating station steep steeped stem
    stems steps stick sticking sticks sticky stir stirs stitch stitches stock stocked stolen
    stones store stores storing stow stowed stows straight straightaway strap street stretch
    strikes strip stroke strokes structure student students studio stuff subject subsequent
    subsequently substantial suddenly suggest summer sums sun sunday supper surface surfaces
    surround surrounded surrounds swap sweeping swim swims swing swings swish switch switched
    switches system table tables taller tap task tasks taste tastes tea teamed teaming tear
    technique teenager teens temperature temporary tender tenth term terms territory text
    texture thanks that'll that's theirs themselves there's thereby therefore they'd they'll
    they're they've thin think thinner third thirteen thirty thorough thought thousand thread
    thrice throat thursday thus tide's tie tied ties tighten timekeeping tin tiny tip title
    toast toasts today toilette tomorrow tone tones tonight tool tools top totals touch touched
    touches towel towels trace traces track tracks trade transfer travel traveller travellers
    travels treasure treat treated treats trim trip triple trips trot truly try tub tube tuck
    tucked tucks tuesday tune tuned twenty twice twinkles twirl twist twisted typed typical
    typically underfoot underside undo unfold unfolded unfolds unfurl unit unite unites units
    unless unlike unlined unpack unplugged unroll unrolls unscrew untie unwind unwrap upper
    uppers upright ups upside usable user's usually value variant variants varied varies
    variety various vary veils veneered version versions versus vertical very vessel via view
    visible visit visitor visitors voice voices vol volume voyage waddling wake wakes walk
    walker walkers walks wall walls wandering wanted wash washed washes washing wasn't watch
    water we'd we'll we're we've wearer wearers wednesday weeds week weekend weekends weeks
    welcome welcomes weren't wet what's whatsoever whenever where's whereas whereby wherein
    wherever whichever whirr whisk whisper whispers who's whoever wholly whom wider widths wind
    window windows winds windscreen winter wipe wiped withdraws wobbles woman women women's
    won't wonders word words working workshop worktop world worm worms worn worth wouldn't
    wound wrap wrapped wrapping wraps wriggles wrist write writes writing year years yesterday
    yield yields you'd you'll you're you've youngest youngster zone
"""
)

PLAIN_WORDS = FREQUENT_WORDS | _OTHERS
