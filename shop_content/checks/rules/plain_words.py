"""Words that any product's copy may use: they say nothing that a fact would have to carry.

Function words, and the verbs and connecting words that stood most often in copy written by hand
in which every statement is carried (`training/starter/train`): in three products at least, of two
categories, and in no source. Words that could claim something (a material, a use, praise) were
taken out by hand.
"""

from __future__ import annotations

from shop_content.checks.rules.words import word_set

PLAIN_WORDS = word_set(
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
