from __future__ import annotations

import math
import re
import statistics
import time
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_content.lm.engine import FinishReason, GenerationOutput
from shop_content.lm.ranking import (
    RankedCandidate,
    RankingBrief,
    RankingWeights,
    rank_candidates,
)
from tests.naughty import NAUGHTY_STRINGS

SCORE_NAMES = [field.name for field in fields(RankingWeights)]
BRIEF = RankingBrief(
    facts=("stoneware", "0.3 l", "dishwasher safe"),
    source_text="Stoneware mug by Holm. Kitchen > Mugs.",
    must_use=("slow mornings",),
    must_not_use=("cheap", "best price"),
)
GOOD = "The stoneware mug by Holm holds 0.3 l and is dishwasher safe. It is made for slow mornings."
WORDS = [
    *("mug", "Holm", "Sony", "stoneware", "cheap", "0.3", "l", "12", "1,000", "kg", "two", "safe."),
    *(
        "It",
        "washes",
        "slow",
        "mornings",
        "the",
        "马克杯。",
        "ที่ดี",
        "Ünïcode",
        "don’t",
        "-",
        "!",
        "\n",
    ),
]
texts = st.one_of(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.text(max_size=80))
briefs = st.builds(
    RankingBrief,
    facts=st.lists(texts, max_size=3).map(tuple),
    source_text=texts,
    must_use=st.lists(texts, max_size=2).map(tuple),
    must_not_use=st.lists(texts, max_size=2).map(tuple),
    min_words=st.integers(0, 20),
    max_words=st.integers(0, 40),
    min_lines=st.integers(0, 3),
    max_lines=st.integers(0, 5),
)
logprobs = st.lists(st.floats(-30, 0), max_size=4).map(tuple)
reasons = st.sampled_from(FinishReason)


def make_output(text: str = GOOD, candidate: int = 0, **fields: Any) -> GenerationOutput:
    values: dict[str, Any] = {
        "request_id": "1",
        "text": text,
        "token_ids": (),
        "logprobs": (-0.5, -0.7),
        "finish_reason": FinishReason.STOP,
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "queue_seconds": 0.0,
        "prefill_seconds": 0.0,
        "decode_seconds": 0.0,
        "candidate": candidate,
    }
    return GenerationOutput(**{**values, **fields})


def judge(text: str, brief: RankingBrief = BRIEF, **fields: Any) -> RankedCandidate:
    (ranked,) = rank_candidates([make_output(text, **fields)], brief)
    return ranked


def score(name: str, text: str, **brief: Any) -> float:
    return judge(text, RankingBrief(**brief)).scores[name]


outputs = st.lists(
    st.builds(make_output, texts, logprobs=logprobs, finish_reason=reasons), max_size=6
).map(
    lambda made: [
        make_output(out.text, number, logprobs=out.logprobs, finish_reason=out.finish_reason)
        for number, out in enumerate(made)
    ]
)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (GOOD, GOOD.replace("0.3", "0.4")),
        (GOOD, GOOD.replace("0.3 l", "0.3 kg")),
        (GOOD, f"{GOOD} It weighs 350 g."),
        (GOOD, GOOD.replace("is dishwasher safe", "is a joy")),
        (GOOD, GOOD.replace("0.3 l", "a good deal")),
        (GOOD, GOOD.replace("slow mornings", "long evenings")),
        (GOOD, GOOD.replace("It is made", "Cheap, and made")),
        (GOOD, GOOD.replace("by Holm", "by Sony")),
        (GOOD, f"{GOOD} {GOOD}"),
        (GOOD, f"{GOOD} It is made for slow mornings."),
        (GOOD, GOOD.rstrip(".")),
        (GOOD, f"{GOOD} And then there"),
        (GOOD, GOOD.replace("stoneware", "porcelain")),
        # A wrong number outweighs all else together.
        ("Mug", f"{GOOD} It has 2 handles."),
        ("Cheap cheap cheap cheap", f"{GOOD} Made in 1999."),
        ("Cheap mug by Sony", f"{GOOD} Only 1 left."),
        # One wrong number is better than two.
        ("Mug 7", f"{GOOD} 7 of 8."),
    ],
)
def test_the_better_of_two_comes_first(better: str, worse: str) -> None:
    for pair in ([better, worse], [worse, better]):
        made = [make_output(text, number) for number, text in enumerate(pair)]

        assert [ranked.output.text for ranked in rank_candidates(made, BRIEF)] == [better, worse]


@pytest.mark.parametrize("name", SCORE_NAMES)
def test_no_single_merit_outweighs_a_foreign_number(name: str) -> None:
    """The worst without such a number against the best with one, whatever counts."""
    brief = RankingBrief(("0.3 l",), "oak", ("oak",), ("cheap",), min_words=4)
    worst = make_output("cheap cheap", 1, logprobs=(-99.0,), finish_reason=FinishReason.LENGTH)
    best = make_output("Oak for 0.3 l 7.", 0, logprobs=(-0.0,))
    only = RankingWeights(**{**dict.fromkeys(SCORE_NAMES, 0.0), name: 1.0})

    first, last = rank_candidates([best, worst], brief, weights=only)

    assert (first.output, last.output) == (worst, best)
    assert name in {"grounded", "no_repetition"} or first.scores[name] < 0.51 < last.scores[name]


def test_every_score_is_named_and_a_good_text_has_them_all() -> None:
    ranked = judge(GOOD)

    assert sorted(ranked.scores) == sorted(SCORE_NAMES)
    assert {name for name, value in ranked.scores.items() if value == 1.0} == {
        "facts_covered",
        "must_use",
        "forbidden_absent",
        "no_repetition",
        "length_fit",
        "finished",
    }
    assert ranked.scores["grounded"] > 0.9
    assert 0.9 < ranked.total < 1.0
    assert ranked.foreign_numbers == ()


@pytest.mark.parametrize(
    ("fact", "text", "is_covered"),
    [
        ("0.3 l", "It holds 0.3 l.", True),
        ("0.3 l", "It holds 0.3l.", True),
        ("0.3 l", "A 0.3-litre mug.", True),
        ("0.3 l", "It holds 0,3 litres.", True),
        ("0.3 l", "It holds 300 ml.", True),
        ("0.3 l", "It holds 30 cl.", True),
        ("0.3 l", "It holds 0.3 kg.", False),
        ("0.3 l", "It holds 0.3 of it.", False),
        ("0.3 l", "It holds 3 l.", False),
        ("0.3 l", "It holds 10.3 l.", False),
        ("1,000 ml", "It holds 1 litre.", True),
        ("1.000 ml", "It holds 1000 ml.", True),
        ("2 l", "It holds two litres.", True),
        ("10 x 20 cm", "It measures 10 x 20 cm.", True),
        ("10 x 20 cm", "It measures 20 cm.", False),
        ("2 pockets", "It has 2 pockets.", True),
        ("2 pockets", "It has two pockets.", True),
        ("2 pockets", "It has 2 handles.", False),
        ("2 pockets", "It has pockets.", False),
        ("18/10 stainless steel", "Made of stainless steel 18/10.", True),
        ("60 %", "60% cotton.", True),
        ("dishwasher safe", "It is dishwasher-safe.", True),
        ("dishwasher safe", "Safe in every dishwasher.", True),
        ("dishwasher safe", "Safely washed in dishwashers.", True),
        ("dishwasher safe", "It is safe.", False),
        ("made by hand", "Hand-made.", True),
        ("Berries", "A berry jam.", True),
        ("bus", "Toy buses.", True),
        ("glasses", "A glass.", True),
        ("machine washable", "Washed by hand.", False),
        ("oak", "Solid OAK.", True),
        ("oak", "A soaked look.", False),
        ("water repellent cotton outer shell", "A shell of cotton that is water repellent.", True),
        ("water repellent cotton outer shell", "Cotton and water.", False),
        ("as is", "Sold as is.", True),
        ("容量300ml", "这个杯子容量300ml。", True),
        ("陶瓷", "手工陶瓷马克杯", True),
        ("陶瓷", "木", False),
    ],
)
def test_a_fact_counts_when_its_number_or_its_words_stand_in_the_text(
    fact: str, text: str, is_covered: bool
) -> None:
    assert score("facts_covered", text, facts=(fact,)) == float(is_covered)


def test_covered_facts_are_a_share() -> None:
    assert score("facts_covered", "Oak, 3 kg.", facts=("oak", "3 kg", "blue", "2 m")) == 0.5
    assert score("facts_covered", "Oak.", facts=()) == 1.0
    assert score("facts_covered", "Oak.", facts=("oak", "--", "")) == 1.0


@pytest.mark.parametrize(
    ("source", "text", "foreign"),
    [
        ("0.3 l", "0.3 l", ()),
        ("0.3 l", "0.3", ()),
        ("0.3 l", "300 ml", ()),
        ("0.3", "0.3 l", ()),  # The unit may stand in the name of the fact.
        ("0.3 l", "0.3 kg", ("0.3 kg",)),
        ("0.3 l", "0.33 l", ("0.33 l",)),
        ("10 years", "10-year guarantee", ()),
        ("10 years", "10 months", ("10 months",)),
        ("12 pieces", "a dozen, 12 of them, 12 plates", ()),
        ("two handles", "2 handles", ()),
        ("a mug", "two handles, one mug", ()),
        ("1,500 W", "1500 watts, 1.5 kW", ()),
        ("1,500 W", "2,500 W", ("2,500 W",)),
        ("1,000,000", "1000", ("1000",)),
        ("X100", "X 100 and X100", ()),
        ("X100", "X200", ("200",)),
        ("1.2.3", "1.2.3", ()),
        ("5-6 kg", "5 to 6 kg", ()),
        ("", "7 7 8", ("7", "7", "8")),
        ("容量300ml", "300ml的容量, 400ml", ("400ml",)),
        ("๓ ชิ้น", "3 ชิ้น", ()),
    ],
)
def test_a_number_that_the_source_does_not_hold_is_foreign(
    source: str, text: str, foreign: tuple[str, ...]
) -> None:
    assert judge(text, RankingBrief(source_text=source)).foreign_numbers == foreign
    assert judge(text, RankingBrief(facts=(source,))).foreign_numbers == foreign


@pytest.mark.parametrize("text", ["Made by Sony.", "Seen in Paris.", "The Holm Sony mug."])
def test_a_foreign_name_costs_more_than_a_foreign_word(text: str) -> None:
    source = "A mug by Holm, made and seen in Denmark."

    as_name = score("grounded", text, source_text=source)
    as_word = score("grounded", text.lower(), source_text=source)

    assert as_name < as_word < 1.0
    assert score("grounded", "The mug by Holm.", source_text=source) == 1.0


@pytest.mark.parametrize(
    "text", ["Sony.", "A mug. Sony makes it.", "- A mug\n- Sony makes it", "Mug: Sony"]
)
def test_a_capital_at_the_start_of_a_sentence_makes_no_name(text: str) -> None:
    same = score("grounded", text, source_text="mug makes")

    assert same == score("grounded", text.lower(), source_text="mug makes")


@pytest.mark.parametrize(
    ("phrase", "text", "is_there"),
    [
        ("slow mornings", "For Slow Mornings!", 1.0),
        ("slow mornings", "A slow morning.", 1.0),
        ("slow mornings", "Slow, mornings", 1.0),
        ("slow mornings", "Mornings are slow.", 0.0),
        ("slow mornings", "For slowmornings.", 0.0),
        ("0.3 l", "It holds 0.3 l.", 1.0),
        ("  ", "Anything.", 1.0),
        ("马克杯", "手工马克杯", 1.0),
    ],
)
def test_words_to_use_are_looked_for_as_phrases(phrase: str, text: str, is_there: float) -> None:
    assert score("must_use", text, must_use=(phrase,)) == is_there


@pytest.mark.parametrize(
    ("phrase", "text", "is_absent"),
    [
        ("cheap", "Cheap!", 0.0),
        ("cheap", "Cheaply made.", 1.0),
        ("cheap", "A cheapskate.", 1.0),
        ("best price", "The BEST  price.", 0.0),
        ("best price", "Best of all, a price.", 1.0),
        ("", "Anything.", 1.0),
        ("!", "Anything!", 1.0),
        ("便宜", "真便宜。", 0.0),
    ],
)
def test_forbidden_words_are_looked_for_as_whole_words(
    phrase: str, text: str, is_absent: float
) -> None:
    assert score("forbidden_absent", text, must_not_use=(phrase, "never")) == is_absent


def test_the_likelier_of_two_equal_texts_comes_first() -> None:
    made = [make_output(logprobs=(-1.5,)), make_output(candidate=1, logprobs=(-0.2,))]

    assert [ranked.output.candidate for ranked in rank_candidates(made, BRIEF)] == [1, 0]


def test_gains_count_in_place_of_log_probabilities() -> None:
    made = [make_output(logprobs=(-0.2,)), make_output(candidate=1, logprobs=(-1.5,))]

    ranked = rank_candidates(made, BRIEF, gains=[0.5, 3.0])

    assert [one.output.candidate for one in ranked] == [1, 0]
    assert ranked[0].scores["likelihood"] > 0.5 > ranked[1].scores["likelihood"]


def test_gains_stay_with_their_texts() -> None:
    made = [make_output("Mug.", 0), make_output(GOOD, 1)]

    first, second = rank_candidates(made, BRIEF, gains=[9.0, -9.0])

    assert (first.output.candidate, second.output.candidate) == (1, 0)
    assert first.scores["likelihood"] < 0.01 < 0.99 < second.scores["likelihood"]


@pytest.mark.parametrize("gains", [[], [0.1], [0.1] * 3])
def test_one_gain_for_each_text_is_needed(gains: list[float]) -> None:
    with pytest.raises(ValueError, match="zip"):
        rank_candidates([make_output(), make_output(candidate=1)], BRIEF, gains=gains)


@pytest.mark.parametrize("gain", [math.nan, math.inf, -math.inf, 1e300, -1e300])
def test_a_gain_without_sense_is_no_reason_to_fail(gain: float) -> None:
    (ranked,) = rank_candidates([make_output()], BRIEF, gains=[gain])

    assert 0.0 <= ranked.scores["likelihood"] <= 1.0
    assert not math.isnan(ranked.total)


def test_an_engine_without_log_probabilities_is_neither_likely_nor_unlikely() -> None:
    assert judge(GOOD, logprobs=()).scores["likelihood"] == 0.5


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("A mug of clay.", 1.0),
        ("Mug.", 1.0),
        ("A mug. A mug.", 0.5),
        ("A mug.\nA mug!\nA cup.", 2 / 3),
        ("very very very very very", 1 / 3),
        ("one two three and then one two three", 5 / 6),
    ],
)
def test_repetition_is_counted_in_phrases_and_sentences(text: str, share: float) -> None:
    assert score("no_repetition", text) == pytest.approx(share)


@pytest.mark.parametrize(
    ("num_words", "fit"), [(5, 0.5), (9, 0.9), (10, 1.0), (20, 1.0), (25, 0.8), (40, 0.5)]
)
def test_length_falls_on_both_sides_of_its_limits(num_words: int, fit: float) -> None:
    text = " ".join(["dishwasher-safe"] * num_words)

    assert score("length_fit", text, min_words=10, max_words=20) == pytest.approx(fit)
    assert score("length_fit", text) == 1.0


@pytest.mark.parametrize(("num_lines", "fit"), [(1, 1 / 3), (3, 1.0), (5, 1.0), (10, 0.5)])
def test_lines_of_a_list_are_counted(num_lines: int, fit: float) -> None:
    text = "\n\n".join(["- Dishwasher safe"] * num_lines)

    assert score("length_fit", text, min_lines=3, max_lines=5) == pytest.approx(fit)


def test_characters_are_the_words_of_a_script_without_blanks() -> None:
    assert score("length_fit", "手工制作的马克杯。", min_words=8, max_words=9) == 1.0


@pytest.mark.parametrize(
    ("text", "reason", "max_lines", "finished"),
    [
        ("A mug.", FinishReason.STOP, 0, 1.0),
        ("A mug!” ", FinishReason.STOP, 0, 1.0),
        ("马克杯。", FinishReason.STOP, 0, 1.0),
        ("A mug", FinishReason.STOP, 0, 0.5),
        ("A mug.", FinishReason.LENGTH, 0, 0.5),
        ("A mug", FinishReason.LENGTH, 0, 0.0),
        ("- A mug", FinishReason.STOP, 5, 1.0),
        ("- A mug", FinishReason.LENGTH, 5, 0.5),
    ],
)
def test_a_text_that_was_cut_is_not_finished(
    text: str, reason: FinishReason, max_lines: int, finished: float
) -> None:
    brief = RankingBrief(max_lines=max_lines)

    assert judge(text, brief, finish_reason=reason).scores["finished"] == finished


@pytest.mark.parametrize(
    "nothing",
    [
        make_output("", 0),
        make_output(" \n", 0),
        make_output(GOOD, 0, finish_reason=FinishReason.ERROR),
    ],
)
def test_what_has_no_text_comes_last(nothing: GenerationOutput) -> None:
    bad = make_output("Cheap 7 8 9 cheap", 1, finish_reason=FinishReason.LENGTH, logprobs=(-9.0,))

    first, last = rank_candidates([nothing, bad], BRIEF)

    assert first.output is bad
    assert last.output is nothing
    assert last.total == 0.0 < first.total
    assert dict(last.scores) == dict.fromkeys(SCORE_NAMES, 0.0)


def test_equal_texts_stay_in_the_order_of_their_numbers() -> None:
    made = [make_output(candidate=number) for number in (2, 0, 3, 1)]

    assert [one.output.candidate for one in rank_candidates(made, BRIEF)] == [0, 1, 2, 3]


def test_nothing_to_rank_is_no_error() -> None:
    assert rank_candidates([], BRIEF) == []


def test_weights_decide_what_counts() -> None:
    said = make_output("It holds 0.3 l in a cheap mug.", 0)
    clean = make_output("A mug for the morning.", 1)
    silent = dict.fromkeys(SCORE_NAMES, 0.0)

    by_facts = rank_candidates(
        [clean, said], BRIEF, weights=RankingWeights(**{**silent, "facts_covered": 1.0})
    )
    by_words = rank_candidates(
        [said, clean], BRIEF, weights=RankingWeights(**{**silent, "forbidden_absent": 1.0})
    )

    assert by_facts[0].output is said
    assert by_words[0].output is clean


@pytest.mark.parametrize(
    "weights",
    [
        {"grounded": -0.1},
        {"grounded": math.inf},
        {"grounded": math.nan},
        dict.fromkeys(SCORE_NAMES, 0.0),
    ],
)
def test_weights_without_sense_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        RankingWeights(**weights)


@given(made=outputs, brief=briefs)
def test_all_texts_are_kept_with_scores_between_0_and_1(
    made: list[GenerationOutput], brief: RankingBrief
) -> None:
    ranked = rank_candidates(made, brief)

    assert sorted(one.output.candidate for one in ranked) == list(range(len(made)))
    for one in ranked:
        assert set(one.scores) == set(SCORE_NAMES)
        assert all(0.0 <= value <= 1.0 for value in one.scores.values())
        assert 0.0 <= one.total <= 1.0
    totals = [one.total for one in ranked]
    assert totals == sorted(totals, reverse=True)


@given(made=outputs, brief=briefs, data=st.data())
def test_the_order_given_changes_nothing(
    made: list[GenerationOutput], brief: RankingBrief, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(made))

    assert rank_candidates(mixed, brief) == rank_candidates(made, brief)


@given(made=outputs, brief=briefs)
def test_no_text_with_a_foreign_number_stands_before_one_without(
    made: list[GenerationOutput], brief: RankingBrief
) -> None:
    ranked = [one for one in rank_candidates(made, brief) if one.total]

    counts = [len(one.foreign_numbers) for one in ranked]
    assert counts == sorted(counts)


@given(text=texts.filter(str.strip), brief=briefs, place=st.integers(0, 30), reason=reasons)
def test_a_foreign_number_more_never_raises_the_total(
    text: str, brief: RankingBrief, place: int, reason: FinishReason
) -> None:
    words = text.split()
    place = min(place, len(words))
    # Between a number and its unit it would not be one more, but another one.
    while place and re.search(r"\d\W*\Z", words[place - 1]):
        place -= 1
    with_number = " ".join([*words[:place], "98765", *words[place:]])

    before = judge(" ".join(words), brief, finish_reason=reason)
    after = judge(with_number, brief, finish_reason=reason)

    assert after.total <= before.total
    assert len(after.foreign_numbers) >= len(before.foreign_numbers)


@pytest.mark.parametrize("text", NAUGHTY_STRINGS)
def test_no_text_makes_it_fail(text: str) -> None:
    brief = RankingBrief((text,), text, (text,), (text,))

    assert len(rank_candidates([make_output(text), make_output(GOOD, 1)], brief)) == 2


@pytest.mark.parametrize(
    "text", ["a" * 50_000, "1" * 50_000, "1," * 25_000, "容" * 50_000, "'s" * 9]
)
def test_a_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    began = time.process_time()

    judge(text, RankingBrief(facts=("0.3 l",), source_text=text))

    assert time.process_time() - began < 2.0


def test_four_texts_of_a_hundred_words_take_a_few_milliseconds() -> None:
    words = f"{GOOD} A wide handle fits every hand, and the matt glaze feels soft and warm.".split()
    made = [make_output(" ".join(words[n:] + words * 3), n) for n in range(4)]
    assert all(len(output.text.split()) > 90 for output in made)

    seconds = []
    for _ in range(9):
        began = time.process_time()
        rank_candidates(made, BRIEF)
        seconds.append(time.process_time() - began)

    # The aim is 2 ms; five times that allows for a slow and busy machine.
    assert statistics.median(seconds) < 0.010
