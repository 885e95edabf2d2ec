from contextlib import contextmanager

from django.db import transaction


@contextmanager
def booking_guard(show_id: int):
    with transaction.atomic():
        from bookings.models import Show

        Show.objects.select_for_update().get(pk=show_id)
        yield
