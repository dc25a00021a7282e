from __future__ import annotations

import pytest

from shop_content.generation.tidying import tidy

SENTENCE = "The mug holds 0.3 l and is dishwasher safe."


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        f'"{SENTENCE}"',
        f"“{SENTENCE}”",
        f"Here is a friendly product description:\n\n{SENTENCE}",
        f"Here's a product description of about 80 words: {SENTENCE}",
        f"Sure! Here is the text:\n{SENTENCE}",
        f"Certainly, here are the notes rewritten:\n{SENTENCE}",
        f"Product description: {SENTENCE}",
        f"**Product Description:** {SENTENCE}",
        f'Here is the text:\n\n"{SENTENCE}"',
        f"<|im_start|>assistant\n{SENTENCE}<|im_end|>",
        f"assistant\n{SENTENCE}",
        f"[INST]{SENTENCE}[/INST]",
        f"{SENTENCE} It also comes in",
        f"{SENTENCE}\n\nIt also comes in",
        f"## {SENTENCE}",
        "The **mug** holds *0.3 l* and is `dishwasher safe`.",
        "The mug holds 0.3 l\nand is dishwasher safe.",
        f"  {SENTENCE}\r\n",
        f"- {SENTENCE}",
    ],
)
def test_a_description_loses_what_stands_around_it(text: str) -> None:
    assert tidy(text, "description") == SENTENCE


@pytest.mark.parametrize(
    "text",
    [
        'The "Holm" mug is blue. It is called "Holm".',
        "Here is where the day begins. The mug is blue.",
        "5 * 3 cm and 2 * 4 cm are its sizes.",
        "It costs nothing to look at - and much to leave.",
        "The file_name and the other_name stay.",
        "Is it blue? Yes! It is…",
        "Er sagt: „Schön.“",
        "It weighs 1.5 kg (with its box).",
        "It works with <b> and a < b.",
    ],
)
def test_a_sound_description_stays_as_it_is(text: str) -> None:
    assert tidy(text, "description") == text


def test_paragraphs_stay_apart() -> None:
    assert tidy("One is here.\n \nTwo is\nthere.", "description") == "One is here.\n\nTwo is there."


def test_an_unfinished_text_without_a_full_sentence_stays() -> None:
    assert tidy("A mug that holds", "description") == "A mug that holds"


def test_the_point_within_a_number_ends_no_sentence() -> None:
    assert tidy("It is blue. It holds 0.3", "description") == "It is blue."


@pytest.mark.parametrize("field", ["description", "bullets", "meta_title", "image_alt_text"])
@pytest.mark.parametrize("text", ["", "   \n", "<|im_end|>", "assistant\n"])
def test_nothing_stays_nothing(field: str, text: str) -> None:
    assert tidy(text, field) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Holds 0.3 l\nDishwasher safe\nMade of stoneware",
        "- Holds 0.3 l\n- Dishwasher safe\n- Made of stoneware",
        "1. Holds 0.3 l\n2. Dishwasher safe\n3. Made of stoneware",
        "* **Holds 0.3 l**\n\n* Dishwasher safe\n\n* Made of stoneware",
        "Here are 4 selling points:\n• Holds 0.3 l\n• Dishwasher safe\n• Made of stoneware",
        "Points:\n- Holds 0.3 l\n- Dishwasher safe\n- dishwasher safe.\n- Made of stoneware",
    ],
)
def test_bullets_become_plain_lines(text: str) -> None:
    lines = tidy(text, "bullets").casefold().split("\n")

    assert lines == ["holds 0.3 l", "dishwasher safe", "made of stoneware"]


def test_a_list_written_as_a_paragraph_is_split() -> None:
    assert tidy("It is blue. It holds 0.3 l. It is safe.", "bullets") == (
        "It is blue.\nIt holds 0.3 l.\nIt is safe."
    )


def test_two_sentences_are_one_bullet() -> None:
    assert tidy("It is blue. It is round.", "bullets") == "It is blue. It is round."


def test_a_last_bullet_that_was_cut_goes() -> None:
    assert tidy("It is blue.\nIt is round.\nIt also", "bullets") == "It is blue.\nIt is round."


def test_at_most_five_bullets_stay() -> None:
    assert tidy("a\nb\nc\nd\ne\nf\ng", "bullets").split("\n") == list("abcde")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"Stoneware Mug by Holm"', "Stoneware Mug by Holm"),
        ("Stoneware Mug by Holm. The material is", "Stoneware Mug by Holm"),
        ("Page title: Stoneware Mug\n\nMore words.", "Stoneware Mug"),
        ("Mug 0.3 l", "Mug 0.3 l"),
        ("What a mug!", "What a mug!"),
    ],
)
def test_a_title_is_one_phrase(text: str, title: str) -> None:
    assert tidy(text, "meta_title") == title


def test_a_title_that_is_too_long_is_left_to_the_checks() -> None:
    title = "Mug " * 30

    assert tidy(title, "meta_title") == title.strip()


@pytest.mark.parametrize(
    ("field", "limit"),
    [("short_description", 300), ("meta_description", 155), ("image_alt_text", 125)],
)
def test_one_line_fields_keep_the_whole_sentences_that_fit(field: str, limit: int) -> None:
    sentence = "This is one of many sentences."

    text = tidy(" ".join([sentence] * 12) + "\n\nAnother paragraph.", field)

    assert text == " ".join([sentence] * (limit // (len(sentence) + 1)))


def test_a_first_sentence_that_is_too_long_stays_whole() -> None:
    text = f"{'very ' * 40}long."

    assert tidy(text, "image_alt_text") == text


@pytest.mark.parametrize("field", ["description", "bullets", "meta_title", "image_alt_text"])
def test_what_no_database_holds_is_taken_out(field: str) -> None:
    assert tidy("A\x00 stoneware\ud800 mug for\udfff tea.", field).startswith(
        "A stoneware mug for tea"
    )
