"""The database's time, and the connection that is handed back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from shop_content.accounts.models import Merchant
from shop_content.core.database import (
    connection_released,
    database_now,
    lease_deadline,
    skip_locked,
)
from tests.factories import make_merchant


@pytest.mark.django_db
def test_the_databases_time_is_aware_and_near_ours():
    assert abs(database_now() - timezone.now()) < timedelta(seconds=30)


@pytest.mark.django_db
def test_a_lease_ends_the_given_seconds_from_now():
    left = lease_deadline(60) - database_now()
    assert timedelta(seconds=55) < left <= timedelta(seconds=60)


@pytest.mark.django_db
def test_rows_can_be_locked_where_the_database_knows_it():
    merchant = make_merchant()
    assert list(skip_locked(Merchant.objects.all())) == [merchant]


@pytest.mark.django_db
def test_inside_a_transaction_the_connection_stays():
    merchant = make_merchant()
    with connection_released():
        assert connection.connection is not None
    assert Merchant.objects.get() == merchant


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_the_connection_is_handed_back():
    make_merchant()
    with connection_released():
        if connection.vendor != "sqlite":  # SQLite's test database lives in its connection.
            assert connection.connection is None
    assert Merchant.objects.count() == 1
