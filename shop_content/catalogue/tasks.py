"""Tasks of the stage: check and import files. A message is only a bell."""

from __future__ import annotations

from celery import shared_task

from shop_content.catalogue.services.import_bells import bell_ring
from shop_content.catalogue.services.import_steps import import_advance, imports_waiting


@shared_task(ignore_result=True)
def process_import(run_id: int) -> None:
    """Do what there is to do for an import; a row that is gone or taken is left alone."""
    import_advance(run_id=run_id)


@shared_task(ignore_result=True)
def sweep_imports() -> None:
    """Ring again for imports that no worker has, and give up those out of attempts."""
    for run_id in imports_waiting():
        bell_ring(run_id=run_id)
