"""Forms of files in and out."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shop_content.catalogue.csv_io.dialects import TARGETS
from shop_content.catalogue.forms.imports import (
    TARGET_LABELS,
    ExportForm,
    MappingForm,
    UploadForm,
)


def mapping_form(header: list[str], data: dict[str, str] | None = None) -> MappingForm:
    return MappingForm(
        data, header=header, mapping={"0": "title", "1": "fact:Weight|g"}, samples=[["a"], []]
    )


def test_every_target_has_a_name_for_people():
    assert set(TARGET_LABELS) == set(TARGETS)


def test_each_column_is_a_field_with_its_guess_and_samples():
    form = mapping_form(["Name", "Weight [g]"])

    (name, name_samples), (weight, _samples) = form.rows()

    assert (name.label, name.initial, name_samples) == ("Name", "title", ["a"])
    assert weight.initial == "fact"


def test_a_column_without_a_name_is_numbered():
    form = mapping_form(["Name", ""], {"column_0": "title", "column_1": "fact"})

    assert form.rows()[1][0].label == "Column 2"
    assert form.is_valid()
    assert form.mapping() == {0: "title", 1: "fact:2"}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Colour", "fact:Colour"),
        ("Weight [g]", "fact:Weight|g"),
        ("a|b", "fact:a/b"),
        ("x" * 300, "fact:" + "x" * 120),
    ],
)
def test_facts_are_named_as_their_columns(name, target):
    form = mapping_form(["Name", name], {"column_0": "title", "column_1": "fact"})

    assert form.is_valid()
    assert form.mapping()[1] == target


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"column_0": "sku"},
        {"column_0": "title", "column_1": "title"},
        {"column_0": "title", "column_1": "option1_value"},
        {"column_0": "title", "column_1": "fact:evil"},
    ],
)
def test_what_makes_no_sense_is_refused(data):
    assert not mapping_form(["Name", "Other"], data).is_valid()


def test_a_file_above_the_limit_is_refused_before_it_is_read(settings):
    settings.SHOP_CONTENT_IMPORT_MAX_BYTES = 10

    form = UploadForm({}, {"file": SimpleUploadedFile("x.csv", b"x" * 11)})

    assert not form.is_valid()
    assert "larger than" in form.errors["file"][0]


def test_an_upload_replaces_nothing_unless_ticked():
    file = {"file": SimpleUploadedFile("x.csv", b"a")}

    form = UploadForm({}, file)

    assert form.is_valid()
    assert form.cleaned_data["replaces_written"] is False


def test_an_export_needs_no_choice_and_takes_only_known_ones():
    assert ExportForm({}).is_valid()
    assert ExportForm({"dialect": "woocommerce", "content_only": "on"}).is_valid()
    assert not ExportForm({"dialect": "excel"}).is_valid()
