import pickle
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faxapi.errors import DecodeError, FaxApiError
from faxapi.providers.imagicle.models import Fax
from faxapi.providers.interfax.models import FaxItemEx, OutboundActivity, UserGeneral
from faxapi.wire.models import ListOf, VendorModel, decode, spelled, to_items
from faxapi.wire.scalars import Reading
from tests.wire.samples import PHONE, Color, Item, Part

FULL = {
    "ItemID": "17",
    "Phone": PHONE,
    "Pages": "3",
    "Good": "true",
    "Part": {"Name": "cover", "Pages": "1", "Good": "0"},
    "Parts": {"Part": [{"Name": "a", "Pages": "2"}, {"Name": "b"}]},
}


def read(values: object) -> tuple[Item, Reading]:
    reading = Reading()
    return decode(Item, values, reading, path="GetItemsResult/Item"), reading


def test_a_structure_with_structures_in_it() -> None:
    item, reading = read(FULL)
    assert item == Item(
        item_id=17,
        phone=PHONE,
        pages=3,
        good=True,
        part=Part(name="cover", pages=1, good=False),
        parts=(Part(name="a", pages=2), Part(name="b")),
    )
    assert not reading.unknown


def test_what_is_absent_is_none_or_no_items() -> None:
    item, _ = read({"ItemID": "17"})
    assert item == Item(item_id=17)
    assert item.phone is None
    assert item.parts == ()


ONE, TWO = {"Name": "a", "Pages": "1"}, {"Name": "b", "Pages": "2"}


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (None, ()),
        ("", ()),
        ("\n  ", ()),
        ({"Part": None}, ()),
        ({"Part": ""}, ()),
        ({"Part": []}, ()),
        ({"Part": ONE}, (ONE,)),
        ({"Part": [ONE]}, (ONE,)),
        ({"Part": [ONE, TWO]}, (ONE, TWO)),
        ({"Part": [None, ONE, None, "", TWO]}, (ONE, TWO)),
        (ONE, (ONE,)),
        ([ONE, None, TWO], (ONE, TWO)),
        ((ONE, TWO), (ONE, TWO)),
    ],
)
@pytest.mark.parametrize("name", ["Parts", "Part2"])
def test_one_item_or_many_is_a_list_all_the_same(
    name: str, value: object, items: tuple[object, ...]
) -> None:
    assert to_items(value) == items
    item, _ = read({"ItemID": "17", name: value})
    assert [{"Name": part.name, "Pages": str(part.pages)} for part in item.parts] == [*items]


@pytest.mark.parametrize("nothing", ["", " \n", None])
def test_an_empty_structure_is_one_of_which_every_part_is_absent(nothing: str | None) -> None:
    assert decode(Part, nothing, Reading(), path="Part") == Part()
    with pytest.raises(DecodeError, match=r"^Item/ItemID: Field required$"):
        decode(Item, nothing, Reading(), path="Item")
    assert read({"ItemID": "17", "Part": nothing})[0] == Item(item_id=17)


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_number_or_flag_inside_structures_and_lists_is_none(blank: str | None) -> None:
    empty = {"Name": "", "Pages": blank, "Good": blank}
    item, _ = read(
        {
            "ItemID": "17",
            "Pages": blank,
            "Phone": "",
            "Part": empty,
            "Parts": {"Part": [ONE, empty, "", None, empty]},
        }
    )
    nothing = Part(name="", pages=None, good=None)
    assert item == Item(
        item_id=17, phone="", part=nothing, parts=(Part(name="a", pages=1), nothing, nothing)
    )


def test_a_blank_in_a_list_under_its_other_name_and_in_a_union() -> None:
    item, _ = read({"ItemID": "17", "Part2": {"Name": "a", "Pages": ""}})
    assert item.parts == (Part(name="a"),)
    activity = decode(
        OutboundActivity,
        {"Status": "", "UserOutboundSummary": [{"TotalFaxes": ""}, {"TotalFaxes": "2"}]},
        Reading(),
        path="x",
    )
    assert [user.total_faxes for user in activity.users] == [None, 2]


class Odd(VendorModel):
    numbers: tuple[int, ...] = spelled("Numbers", default=())
    either: Part | Item | None = spelled("Either")


def test_a_blank_in_a_list_of_numbers_is_left_out() -> None:
    assert decode(Odd, {"Numbers": ["", "5", None, "7"]}, Reading(), path="x").numbers == (5, 7)


def test_a_blank_in_one_of_several_structures_is_an_error() -> None:
    with pytest.raises(DecodeError, match=r"^x/Either/Part/Pages: "):
        decode(Odd, {"Either": {"Pages": ""}}, Reading(), path="x")


def test_an_item_of_one_text_is_no_wrapping() -> None:
    assert to_items({"Name": "a"}) == ({"Name": "a"},)
    assert read({"ItemID": "17", "Part2": {"Name": "a"}})[0].parts == (Part(name="a"),)


def test_the_answer_itself_is_not_changed() -> None:
    values = {"ItemID": "17", "Pages": "", "Parts": {"Part": [{"Pages": ""}]}}
    before = pickle.dumps(values)
    read(values)
    assert pickle.dumps(values) == before


def test_a_blank_beside_a_bad_value_leaves_the_bad_value_an_error() -> None:
    with pytest.raises(DecodeError, match=r"^GetItemsResult/Item/Pages: [^;]*$"):
        read({"ItemID": "17", "Pages": "many", "Good": ""})


def test_unknown_elements_are_ignored_and_counted_in_structures_and_lists_too() -> None:
    reading = Reading()
    for _ in range(2):
        item = decode(
            Item,
            {
                "ItemID": "17",
                "New": {"Newer": "1"},
                "Part": {"Name": "a", "Size": "9"},
                "Part2": {"Part": [{"Size": "1"}, {"Size": "2", "Name": "b"}]},
            },
            reading,
            path="Item",
        )
        assert item == Item(
            item_id=17, part=Part(name="a"), parts=(Part(name=None), Part(name="b"))
        )
    assert reading.unknown == {"Item/New": 2, "Item/Part/Size": 2, "Item/Part2/Size": 4}


def test_unknown_elements_of_a_bad_row_are_counted_once() -> None:
    reading = Reading()
    with pytest.raises(DecodeError):
        decode(Item, {"Pages": "", "Good": "x", "New": ""}, reading, path="Item")
    assert reading.unknown == {"Item/New": 1}


def test_a_models_own_attribute_names_are_read_too() -> None:
    assert read({"item_id": 17, "phone": PHONE})[0] == Item(item_id=17, phone=PHONE)


def test_an_error_names_each_place_and_never_a_value() -> None:
    values = {
        "ItemID": PHONE + "x",
        "Part": {"Pages": PHONE + "y"},
        "Parts": {"Part": [ONE, {"Good": PHONE}]},
    }
    with pytest.raises(DecodeError) as caught:
        read(values)
    error = caught.value
    places = [text.partition(":")[0] for text in str(error).split("; ")]
    top = "GetItemsResult/Item"
    assert places == [f"{top}/ItemID", f"{top}/Part/Pages", f"{top}/Parts/1/Good"]
    assert PHONE not in f"{error} {error!r} {pickle.dumps(error)!r}"
    assert error.__context__ is None
    assert error.__cause__ is None


def test_an_error_names_three_places_and_counts_the_rest() -> None:
    parts = [{"Pages": "x"}] * 10
    with pytest.raises(DecodeError, match=r"([^;]*/Pages: [^;]*; ){3}and 7 more$"):
        read({"ItemID": "17", "Parts": {"Part": parts}})


@pytest.mark.parametrize("values", ["text", ["a"], 5, 1.5, True])
def test_what_is_no_structure_is_an_error(values: object) -> None:
    with pytest.raises(DecodeError, match=r"^GetItemsResult/Item: Input should be "):
        read(values)


def test_a_repr_shows_only_what_is_safe_to_log() -> None:
    item, _ = read({**FULL, "Secret": "s3cret"})
    assert repr(item) == "Item(item_id=17, pages=3)"
    assert str(item) == "item_id=17 pages=3"
    assert f"{item}" == "item_id=17 pages=3"
    assert repr([item.part]) == "[Part(name='cover')]"
    assert repr(UserGeneral(username="u", csid="c")) == "UserGeneral()"
    assert "s3cret" not in item.model_dump_json()


def test_a_model_is_frozen() -> None:
    item, _ = read(FULL)
    with pytest.raises(ValueError, match="frozen"):
        item.pages = 4  # type: ignore[misc]


def test_names_and_types_on_the_wire() -> None:
    assert {name: Item.wire_type(attribute) for attribute, name in Item.wire_names().items()} == {
        "ItemID": int,
        "Phone": str,
        "Pages": int,
        "Good": bool,
        "Cost": Decimal,
        "Sent": datetime,
        "Length": int,
        "Minutes": Decimal,
        "Color": str,
        "Level": int,
        "Secret": str,
        "Image": bytes,
        "Part": Part,
        "Parts": ListOf(Part, "Part"),
    }


def test_a_value_as_the_wire_has_it() -> None:
    item, _ = read({"ItemID": "1", "Length": "90", "Minutes": "1.5", "Color": "Red"})
    assert str(item.wire_value("length")) == "90"
    assert str(item.wire_value("minutes")) == "1.5"
    assert item.wire_value("color") is Color.RED
    assert item.wire_value("part") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(""),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [*FaxItemEx.wire_names().values(), *Fax.wire_names().values(), "Users", "name", "x"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([FaxItemEx, Fax, OutboundActivity, Item]))
def test_whatever_an_answer_holds_only_a_faxapi_error_comes_out(
    value: object, model: type[VendorModel]
) -> None:
    with suppress(FaxApiError):
        assert isinstance(decode(model, value, Reading(), path="x"), model)


def test_values_nested_beyond_the_stack_are_no_bug() -> None:
    deep: Any = ""
    for _ in range(100_000):
        deep = [deep]
    assert decode(Item, {"ItemID": 1, "Pages": "", "x": deep}, Reading(), path="x").item_id == 1
    for name in ("Pages", "Length", "Sent", "Parts", "Phone"):
        with pytest.raises(DecodeError, match=f"^x/{name}"):
            decode(Item, {"ItemID": 1, "Good": "", name: deep}, Reading(), path="x")
