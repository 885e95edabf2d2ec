import pytest


@pytest.fixture
def make_house(db):
    def make(rows, per_row):
        from bookings.models import House

        return House.grid(rows, per_row)

    return make


@pytest.fixture
def make_show(db):
    def make(house, starts="19:30"):
        return house.shows.create(starts=starts)

    return make


@pytest.fixture
def book(db):
    def make(show, *seats):
        return show.bookings.create_for(seats)

    return make


@pytest.fixture(params=["house_opera", "house_cabaret", "house_pillar"])
def odd_house(request, db):
    from bookings.models import House

    return House.objects.get(slug=request.param)
