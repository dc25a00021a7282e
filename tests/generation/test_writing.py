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
)
from shop_content.lm.echo import EchoEngine
from shop_content.lm.engine import FinishReason, GenerationOutput
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

    with django_assert_num_queries(2):
        jobs_prepare(jobs)


def test_outcomes_are_in_the_order_of_the_jobs():
    prepared = jobs_prepare(make_jobs("a", "b", "c"))

    outcomes = batch_write(engine=EchoEngine(), prepared=prepared, on_step=no_step)

    ids = [out.request_id for out in outcomes if isinstance(out, GenerationOutput)]
    assert ids == [str(item.job.pk) for item in prepared]


@pytest.mark.parametrize(
    ("marker", "code"),
    [
        ("ECHO_RAISE", FailureReason.ENGINE_ERROR),
        ("ECHO_MEMORY", FailureReason.OUT_OF_MEMORY),
    ],
)
def test_error_of_a_batch_is_found_one_by_one(marker, code):
    engine = CountingEngine()
    prepared = jobs_prepare(make_jobs("a", marker, "c"))

    outcomes = batch_write(engine=engine, prepared=prepared, on_step=no_step)

    assert engine.sizes == [3, 1, 1, 1]
    assert [isinstance(outcome, GenerationOutput) for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1], FailedWriting)
    assert outcomes[1].code == code


def test_memory_error_of_a_gpu_is_known_by_its_name():
    class OutOfMemoryError(RuntimeError):
        pass

    class SmallEngine(EchoEngine):
        def generate(self, requests, on_step=None):
            raise OutOfMemoryError

    [outcome] = batch_write(
        engine=SmallEngine(), prepared=jobs_prepare(make_jobs("a")), on_step=no_step
    )

    assert isinstance(outcome, FailedWriting)
    assert outcome.code == FailureReason.OUT_OF_MEMORY


def test_prompt_that_does_not_fit_is_a_failure_of_its_own():
    class NarrowEngine(EchoEngine):
        def _output(self, request):
            output = super()._output(request)
            values = {name: getattr(output, name) for name in output.__slots__}
            return GenerationOutput(**{**values, "finish_reason": FinishReason.ERROR})

    [outcome] = batch_write(
        engine=NarrowEngine(), prepared=jobs_prepare(make_jobs("a")), on_step=no_step
    )

    assert outcome == FailedWriting(FailureReason.PROMPT_TOO_LONG, "")


def test_stop_ends_the_batch_and_is_no_failure():
    def stop(_num: int) -> None:
        raise WorkerStoppingError

    engine = CountingEngine()
    with pytest.raises(WorkerStoppingError):
        batch_write(engine=engine, prepared=jobs_prepare(make_jobs("a", "b")), on_step=stop)

    assert engine.sizes == [2]


def test_stop_while_writing_one_by_one_ends_it_too():
    steps: list[int] = []

    def stop_at_the_second(num: int) -> None:
        steps.append(num)
        if len(steps) == 2:
            raise WorkerStoppingError

    with pytest.raises(WorkerStoppingError):
        batch_write(
            engine=EchoEngine(),
            prepared=jobs_prepare(make_jobs("ECHO_RAISE", "b", "c")),
            on_step=stop_at_the_second,
        )
