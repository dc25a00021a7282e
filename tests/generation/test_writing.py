"""A batch: prompts with the facts as they were, one outcome per job, errors found by singles."""

from __future__ import annotations

import pytest

from shop_content.generation.models import FailureReason, GenerationJob
from shop_content.generation.services.prompting import prompt_input
from shop_content.generation.services.writing import (
    FailedWriting,
    WorkerStoppingError,
    batch_write,
    jobs_prepare,
    usable,
)
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import ErrorCode, FinishReason, GenerationOutput
from tests.factories import brief_snapshot, facts_snapshot, make_job, make_product, make_run

pytestmark = pytest.mark.django_db


def no_step(_num: int) -> None:
    """Take no notice of a step."""


def make_jobs(*keywords: str) -> list[GenerationJob]:
    run = make_run()
    return [make_job(run, brief=brief_snapshot(keywords=[word]), attempts=1) for word in keywords]


class CountingEngine(EchoEngine):
    """Note the size of each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def generate(self, requests, on_step=None):
        self.sizes.append(len(requests))
        return super().generate(requests, on_step)


def test_prompt_input_holds_product_and_brief():
    product = make_product(
        title="Mug", brand="Tidewater", supplier_text="Nice.", facts=[("Capacity", "350", "ml")]
    )

    made = prompt_input(
        product=product,
        field="bullets",
        brief=brief_snapshot(keywords=["winter"], must_not_use=["cheap"], tone="playful"),
        editor_note="Shorter.",
        previous_text="Old.",
    )

    assert (made.field, made.title, made.brand, made.tone) == (
        "bullets",
        "Mug",
        "Tidewater",
        "playful",
    )
    assert [(fact.name, fact.value, fact.unit) for fact in made.facts] == [
        ("Capacity", "350", "ml")
    ]
    assert (made.keywords, made.must_not_use) == (("winter",), ("cheap",))
    assert (made.supplier_text, made.editor_note, made.previous_text) == (
        "Nice.",
        "Shorter.",
        "Old.",
    )


def test_model_sees_no_private_fact_and_no_line_that_is_copied():
    product = make_product(
        facts=[("Material", "oak", ""), ("Cost", "4", "EUR"), ("Note", "Hot!", "")]
    )
    product.facts.filter(name="Cost").update(handling="private")
    product.facts.filter(name="Note").update(handling="verbatim")
    source = prompt_input(product=product, field="description", brief={})
    assert [fact.name for fact in source.facts] == ["Material"]
    assert source.verbatim == ("Hot!",)


def test_brief_of_an_older_release_lacks_keys_and_still_works():
    made = prompt_input(product=make_product(), field="description", brief={})

    assert (made.keywords, made.tone, made.language, made.length) == ((), "plain", "en", "medium")


def test_facts_are_those_of_the_prompt():
    [job] = make_jobs("winter")

    [prepared] = jobs_prepare([job])

    assert prepared.facts == facts_snapshot(job.product)
    assert prepared.facts_fingerprint == job.product.facts_fingerprint
    assert prepared.request.request_id == str(job.pk)
    assert "stoneware" in prepared.messages[-1]["content"]
    assert prepared.sampling["seed"] == job.seed


def test_each_attempt_has_its_own_seed():
    job = make_job(seed=10, attempts=3)

    assert jobs_prepare([job])[0].request.params.seed == 12


def test_batch_takes_few_queries(django_assert_num_queries):
    jobs = list(GenerationJob.objects.filter(pk__in=[job.pk for job in make_jobs(*"abcdefgh")]))

    with django_assert_num_queries(3):  # Products, facts, the rules of prompts.
        jobs_prepare(jobs)


def written(engine, prepared, on_step=no_step):
    """Return what became of the jobs, in the order in which it was yielded."""
    return list(batch_write(engine=engine, prepared=prepared, on_step=on_step))


def test_each_job_comes_with_its_own_outputs(settings):
    settings.SHOP_CONTENT_LM_CANDIDATES = 2
    prepared = jobs_prepare(make_jobs("a", "b", "c"))

    found = written(EchoEngine(), prepared)

    assert [item for item, _outcome in found] == prepared
    for item, outputs in found:
        assert {out.request_id for out in outputs} == {str(item.job.pk)}
        assert [out.candidate for out in outputs] == [0, 1]


def test_nothing_is_nothing():
    assert written(EchoEngine(), []) == []


@pytest.mark.parametrize(
    ("marker", "code"),
    [
        ("ECHO_RAISE", FailureReason.ENGINE_ERROR),
        ("ECHO_MEMORY", FailureReason.OUT_OF_MEMORY),
    ],
)
def test_error_of_a_batch_is_found_by_halving(marker, code):
    engine = CountingEngine()
    prepared = jobs_prepare(make_jobs("a", "b", marker, "d"))

    outcomes = [outcome for _item, outcome in written(engine, prepared)]

    assert engine.sizes == [4, 2, 2, 1, 1]
    assert [isinstance(outcome, FailedWriting) for outcome in outcomes] == [
        False,
        False,
        True,
        False,
    ]
    assert outcomes[2].code == code


def test_memory_error_of_a_gpu_is_known_by_its_name():
    class OutOfMemoryError(RuntimeError):
        pass

    class SmallEngine(EchoEngine):
        def generate(self, requests, on_step=None):
            raise OutOfMemoryError

    [(_item, outcome)] = written(SmallEngine(), jobs_prepare(make_jobs("a")))

    assert isinstance(outcome, FailedWriting)
    assert outcome.code == FailureReason.OUT_OF_MEMORY


def make_output(error_code: ErrorCode | None = None, **values: object) -> GenerationOutput:
    return GenerationOutput(
        request_id="1",
        text="" if error_code else "A mug.",
        token_ids=(),
        logprobs=(),
        finish_reason=FinishReason.ERROR if error_code else FinishReason.STOP,
        prompt_tokens=1,
        completion_tokens=1,
        queue_seconds=0.0,
        prefill_seconds=0.0,
        decode_seconds=0.0,
        error_code=error_code,
        error="HTTP 500" if error_code else "",
        **values,
    )


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_of_an_engine_has_a_reason_for_the_page(code):
    found = usable([make_output(code)])

    assert isinstance(found, FailedWriting)
    assert str(found.code.label)
    assert found.detail == "HTTP 500"


def test_one_text_among_errors_is_enough():
    good = make_output(candidate=1)

    assert usable([make_output(ErrorCode.UNAVAILABLE), good]) == [good]


def test_numbers_of_the_facts_and_nothing_else_may_be_written():
    product = make_product(title="Mug 7", facts=[("Capacity", "0.3", "l")], supplier_text="12 pcs")
    job = make_job(
        product=product, brief=brief_snapshot(keywords=["gift 24"], must_not_use=["x1"]), attempts=1
    )

    [prepared] = jobs_prepare([job])

    constraint = prepared.request.constraint
    assert constraint.numbers == ("7", "0.3", "24")
    assert "x1" in constraint.forbidden
    assert prepared.sampling["constraint"]["numbers"] == constraint.numbers


def test_stop_ends_the_batch_and_is_no_failure():
    def stop(_num: int) -> None:
        raise WorkerStoppingError

    engine = CountingEngine()
    with pytest.raises(WorkerStoppingError):
        written(engine, jobs_prepare(make_jobs("a", "b")), stop)

    assert engine.sizes == [2]
