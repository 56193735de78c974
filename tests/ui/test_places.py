"""The map of communes: a circle says how many by its area, and stands where the commune is."""

from callcare.ui.templatetags.figures import places

SPOTS = [("Lens", 50.43, 2.83, 4), ("Lille", 50.63, 3.06, 16), ("Roubaix", 50.69, 3.18, 1)]


def test_the_area_says_the_count_and_north_is_up():
    drawn = {name: (x, y, radius) for x, y, radius, name, _ in places(SPOTS, label="Besoins")["circles"]}
    assert drawn["Lille"][2] / drawn["Lens"][2] == 2.0  # four times as many, twice as wide
    assert drawn["Roubaix"][1] < drawn["Lille"][1] < drawn["Lens"][1]
    assert drawn["Lens"][0] < drawn["Lille"][0] < drawn["Roubaix"][0]
    assert all(0 <= x <= 480 and 0 <= y <= 360 for x, y, _ in drawn.values())


def test_names_do_not_cover_each_other_and_the_table_has_them_all():
    crowded = [(f"Commune {n}", 50.63 + n / 10_000, 3.06, 30 - n) for n in range(20)]
    told = places(crowded, label="Besoins")
    assert len({round(y / 17) for _, y, _ in told["names"]}) >= len(told["names"]) - 1
    assert 1 <= len(told["names"]) < 20
    assert [name for name, *_ in told["points"]] == [f"Commune {n}" for n in range(20)]


def test_one_place_or_none_is_no_failure():
    assert places([], label="Besoins")["circles"] == []
    [(x, y, radius, _, _)] = places(SPOTS[:1], label="Besoins")["circles"]
    assert (x, y, radius) == (240.0, 180.0, 20.0)
