"""Tables of the user's own: what is found in them, and the numbers that a network gets."""

import csv
import io

import numpy as np
import pytest
import torch
from layerlab.datasets import REGISTRY
from layerlab.datasets.own_file import Unreadable
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab_schemas.dataset import TableForm
from sklearn.datasets import load_iris
from sklearn.preprocessing import OneHotEncoder

from tests.backend.datasets.test_datasets import load
from tests.uploads import put

NAN = float("nan")
MIXED = """Id;colour;size;weight;remark;price
1;red;3,5;10;fine;100
2;blue;;12;;200
3;red;4,5;NA;"a ""b""; c";300
4;;5,5;14;good;400
5;blue;1,5;16;very good;
6;red;2,5;18;so so;600
"""


def write(rows, delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def columns(found):
    return {column["name"]: column["type"] for column in found["columns"]}


def test_a_real_table_comes_back_as_it_was(shelf):
    iris = load_iris()
    names = [*iris.feature_names, "species"]
    rows = [[*map(float, row), iris.target_names[kind]] for row, kind in zip(iris.data, iris.target, strict=True)]
    found = put(shelf, "csv", write([names, *rows]))
    assert found["summary"] == "150 rows, 5 columns"
    assert found["params"]["target"] == "species"
    assert found["params"]["features"] == iris.feature_names
    loaded = load("csv", **found["params"])
    np.testing.assert_allclose(loaded.inputs.numpy(), iris.data, rtol=1e-6)
    assert loaded.targets.tolist() == iris.target.tolist()
    assert loaded.class_names == ("setosa", "versicolor", "virginica")
    assert loaded.feature_names == tuple(iris.feature_names)
    assert (loaded.inputs.dtype, loaded.targets.dtype) == (torch.float32, torch.int64)


def test_types_are_found(shelf):
    found = put(shelf, "csv", MIXED.encode())
    assert columns(found) == {
        "Id": "number", "colour": "category", "size": "number", "weight": "number", "remark": "text", "price": "number",
    }  # fmt: skip
    told = {column["name"]: column for column in found["columns"]}
    assert told["colour"]["categories"] == ["red", "blue"]
    assert [told[name]["num_missing"] for name in ("Id", "colour", "size", "weight", "remark", "price")] == [
        0, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert told["remark"]["examples"] == ["fine", 'a "b"; c', "good", "very good", "so so"]
    assert found["params"]["target"] == "price"
    assert found["params"]["features"] == ["colour", "size", "weight"]
    assert found["params"]["missing"] == "median"
    assert any("Id" in note for note in found["notes"])
    assert any("remark" in note for note in found["notes"])
    assert found["form"]["delimiter"] == "semicolon"


@pytest.mark.parametrize(
    ("missing", "size", "weight", "red"),
    [
        ("drop", [3.5, 2.5], [10, 18], [1, 1]),
        ("median", [3.5, NAN, 4.5, 5.5, 2.5], [10, 12, NAN, 14, 18], [1, 0, 1, NAN, 1]),
    ],
)
def test_missing_values_stay_missing_or_go(shelf, missing, size, weight, red):
    """What fills them is learnt from the training part: see ``tests/backend/training/test_gaps.py``."""
    put(shelf, "csv", MIXED.encode())
    fields = {"features": ["colour", "size", "weight"], "target": "price", "missing": missing, "task": "regression"}
    loaded = load("csv", upload="u0000000000000001", scale_target=False, **fields)
    assert loaded.feature_names == ("colour = red", "colour = blue", "size", "weight")
    np.testing.assert_array_equal(loaded.inputs[:, 2], size)
    np.testing.assert_array_equal(loaded.inputs[:, 3], weight)
    np.testing.assert_array_equal(loaded.inputs[:, 0], red)
    np.testing.assert_array_equal(loaded.inputs[:, 1], 1 - np.array(red))
    assert loaded.one_hot == ((0, 2),)
    assert loaded.fills == (None if missing == "drop" else missing)
    assert loaded.targets.shape == (len(red), 1)


@pytest.mark.parametrize(("last", "words"), [("5,1", "Only one row is left"), (",1", "No rows are left")])
def test_too_few_rows_without_gaps_are_told_by_their_number(shelf, last, words):
    put(shelf, "csv", f"size,price\n1.5,\n,2\n{last}\n".encode())
    with pytest.raises(SpecError, match=words):
        load("csv", upload="u0000000000000001", features=["size"], target="price", missing="drop")


def test_one_hot_is_that_of_scikit_learn(shelf):
    generator = np.random.default_rng(0)
    words = generator.choice(["a", "b", "c d", "é"], 200)
    rows = [["word", "number", "y"], *([word, place, place % 2] for place, word in enumerate(words))]
    put(shelf, "csv", write(rows))
    loaded = load("csv", upload="u0000000000000001", features=["word"], target="y")
    order = [name.removeprefix("word = ") for name in loaded.feature_names]
    theirs = OneHotEncoder(categories=[order], sparse_output=False).fit_transform(words[:, None])
    np.testing.assert_array_equal(loaded.inputs.numpy(), theirs)


def test_a_number_as_target_is_kept_and_standardised_later(shelf):
    prices = np.random.default_rng(1).normal(500, 80, 60)
    put(shelf, "csv", write([["size", "price"], *([place * 1.5, price] for place, price in enumerate(prices))]))
    raw = load("csv", upload="u0000000000000001", target="price", scale_target=False)
    assert raw.task == "regression"
    np.testing.assert_allclose(raw.targets[:, 0].numpy(), prices, rtol=1e-6)
    later = load("csv", upload="u0000000000000001", target="price")
    assert later.targets.equal(raw.targets)
    assert (raw.scales_targets, later.scales_targets) == (False, True)


def test_whole_numbers_are_classes_where_they_are_few(shelf):
    rows = [["x", "grade", "size"], *([place / 3, (place % 3) * 10, place * 7] for place in range(60))]
    put(shelf, "csv", write(rows))
    loaded = load("csv", upload="u0000000000000001", target="grade")
    assert (loaded.task, loaded.class_names) == ("classification", ("0", "10", "20"))
    assert loaded.targets.tolist() == [place % 3 for place in range(60)]
    assert load("csv", upload="u0000000000000001", target="grade", task="regression").task == "regression"
    assert load("csv", upload="u0000000000000001", target="size").task == "regression"


def test_a_row_without_a_target_is_left_out(shelf):
    put(shelf, "csv", b"x,y\n1,a\n2,b\n3,\n4,a\n5,b\n")
    loaded = load("csv", upload="u0000000000000001", target="y")
    assert loaded.inputs[:, 0].tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(shelf, encoding, delimiter):
    rows = [["größe", "ort"], ["1", "Köln"], ["2", "Ulm"], ["3", "Köln"], ["5", "Ulm"]]
    found = put(shelf, "csv", write(rows, delimiter).decode().encode(encoding))
    assert columns(found) == {"größe": "number", "ort": "category"}
    assert found["columns"][1]["categories"] == ["Köln", "Ulm"]


def test_a_table_without_names_has_its_columns_numbered(shelf):
    found = put(shelf, "csv", b"1,2,a\n3,4,b\n5,6,a\n7,9,b\n")
    assert found["summary"] == "4 rows, 3 columns"
    assert list(columns(found)) == ["column 1", "column 2", "column 3"]


def test_names_that_come_twice_are_told_apart(shelf):
    found = put(shelf, "csv", b"x,y,,x\n1,a,4,2\n3,b,4,4\n")
    assert list(columns(found)) == ["x", "y", "column 3", "x (2)"]


def test_line_ends_do_not_matter(shelf):
    for number, end in enumerate(["\n", "\r\n", "\r"]):
        text = end.join(["x,y", "1,a", "2,b", "", "4,a", ""])
        found = put(shelf, "csv", text.encode(), upload=f"u000000000000000{number}")
        assert found["summary"] == "3 rows, 2 columns"


MALFORMED = {
    "ragged": (b"a,b,c\n1,2,3\n1,2\n", "ragged_table", "Line 3 has 2 values, but the table has 3 columns."),
    "ragged too long": (b"a,b\n1,2\n1,2,3\n", "ragged_table", "Line 3 has 3 values"),
    "a quote never closed": (b'a,b\n1,2\n1,"2\n3,4\n', "open_quote", "never closed"),
    "text after a quote": (b'a,b\n1,"2"x\n3,4\n', "malformed_row", "Line 2"),
    "a huge value": (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "value_too_long", "longer than"),
    "one column": (b"a\n1\n2\n", "not_a_table", "delimiter"),
    "only names": (b"a,b\n", "too_few_rows", "fewer than two rows"),
    "blank lines": (b"\n\n\n", "not_a_table", "delimiter"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text", "control character"),
    "zeros": (b"a,b\n1,2\n\0,3\n", "not_text", "control character 0x00"),
    "neither encoding": ("a,b\n1,ä".encode("cp1252") + b"\x81\n", "unknown_encoding", "UTF-8"),
    "half of UTF-16": (b"\xff\xfea\0,\0b\0\n\0x", "unknown_encoding", "UTF-16"),
    "too many columns": (b",".join([b"a"] * 2001) + b"\n", "too_many_columns", "2001 columns"),
    "nothing but free text": (b"a,b\nx,y\nz,w\nv,u\n", "no_target", "No column"),
    "a single usable column": (b"a,b\nx,1\nz,3\nv,7\nu,8\n", "no_features", "Beside b"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "words"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_table_is_refused_in_a_sentence(shelf, body, code, words):
    with pytest.raises(Unreadable) as caught:
        put(shelf, "csv", body)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.message.endswith(".")


def test_a_table_of_too_many_numbers_is_refused_with_both(shelf):
    with pytest.raises(Unreadable, match="3 rows and more of 2 columns are") as caught:
        put(shelf, "csv", b"a,b\n1,2\n3,4\n5,7\n", content_bytes=40)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize("value", ["inf", "1_000", "1e999", "0x10", "1,5"])
def test_what_is_no_plain_number_is_no_number(shelf, value):
    rows = [["x", "y"], [value, "a"], ["2", "b"], [value, "a"], ["2", "b"]]
    assert columns(put(shelf, "csv", write(rows)))["x"] == "category"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"target": "nothing"}, "target"),
        ({"target": "remark"}, "target"),
        ({"features": ["weight", "price"], "target": "price"}, "features"),
        ({"features": ["nothing"]}, "features"),
        ({"features": ["remark"]}, "features"),
        ({"target": "colour", "task": "regression"}, "task"),
        ({"upload": "u000000000000000f"}, "upload"),
        ({"target": "remark", "missing": "drop"}, "target"),
    ],
)
def test_a_wrong_choice_is_told_at_its_field(shelf, fields, place):
    put(shelf, "csv", MIXED.encode())
    with pytest.raises(SpecError) as caught:
        load("csv", **{"upload": "u0000000000000001", **fields})
    (problem,) = caught.value.problems()
    assert problem.path == f"data.params.{place}"
    assert problem.hint


@pytest.mark.parametrize("upload", ["../secret", "u../../../../../etc", "", "u00000000000000ZZ", "u/.."])
def test_an_id_is_no_path(shelf, upload):
    kind = REGISTRY.get("csv")
    with pytest.raises(SpecError):
        read_params(kind, {"upload": upload})
    with pytest.raises(SpecError):
        kind.content(upload)


SEMICOLONS = b"id;zip;size, m;note\n7;01234;1,5;a\n8;01235;2,25;b\n9;01234;3;a\n10;01235;4,5;c\n"


def read_as(shelf, body, **form):
    return put(shelf, "csv", body, form=TableForm.model_validate(form))


def test_how_it_was_read_is_told(shelf):
    found = put(shelf, "csv", SEMICOLONS)
    assert found["form"] == {"encoding": "UTF-8", "delimiter": "semicolon", "decimal": "comma", "has_names": True}
    assert put(shelf, "csv", b"1.5,a\n2,b\n3,a\n4,b\n", upload="u0000000000000002")["form"] == {
        "encoding": "UTF-8", "delimiter": "comma", "decimal": "point", "has_names": False,
    }  # fmt: skip


def test_a_type_can_be_asked_for(shelf):
    found = read_as(shelf, SEMICOLONS, types={"zip": "category", "id": "text", "note": "category"})
    assert columns(found) == {"id": "text", "zip": "category", "size, m": "number", "note": "category"}
    assert found["columns"][1]["categories"] == ["01234", "01235"]
    loaded = load("csv", upload="u0000000000000001", target="note", features=["zip", "size, m"])
    assert loaded.feature_names == ("zip = 01234", "zip = 01235", "size, m")
    assert loaded.inputs[:, 2].tolist() == [1.5, 2.25, 3, 4.5]


def test_a_delimiter_can_be_asked_for(shelf):
    found = read_as(shelf, b"a|b;1|c;2\nd|e;1|f;2\nd|e;3|f;2\n", delimiter="bar", has_names=False)
    assert found["form"]["delimiter"] == "bar"
    assert [column["examples"] for column in found["columns"]] == [
        ["a", "d", "d"], ["b;1", "e;1", "e;3"], ["c;2", "f;2", "f;2"],
    ]  # fmt: skip


def test_the_first_line_is_what_it_is_said_to_be(shelf):
    years = b"2001,2002,2003\n1,2,3\n4,5,7\n8,9,9\n"
    assert list(columns(put(shelf, "csv", years))) == ["column 1", "column 2", "column 3"]
    found = put(shelf, "csv", years, upload="u0000000000000002", form=TableForm(has_names=True))
    assert (list(columns(found)), found["summary"]) == (["2001", "2002", "2003"], "3 rows, 3 columns")
    words = b"a,b\nc,d\nc,d\ne,b\ne,b\na,b\na,d\n"
    found = put(shelf, "csv", words, upload="u0000000000000003", form=TableForm(has_names=False))
    assert found["summary"] == "7 rows, 2 columns"


def test_decimals_are_read_as_they_are_said_to_be_written(shelf):
    quoted = b'x,y,z\n"1,5",a,1\n"2,5",b,2\n"3",a,3\n"4,25",b,4\n"5",b,6\n'
    assert columns(put(shelf, "csv", quoted))["x"] == "text"
    found = put(shelf, "csv", quoted, upload="u0000000000000002", form=TableForm(decimal="comma"))
    assert (columns(found)["x"], found["form"]["decimal"]) == ("number", "comma")
    loaded = load("csv", upload="u0000000000000002", target="y")
    assert loaded.inputs[:, 0].tolist() == [1.5, 2.5, 3, 4.25, 5]
    thousands = b"x;y;z\n1.234;a;1\n2.5;b;2\n3,5;a;3\n4,25;b;5\n"
    assert columns(put(shelf, "csv", thousands, upload="u0000000000000003"))["x"] == "text"


WRONG_FORMS = {
    "a type": ({"types": {"note": "number"}}, "wrong_type", "note cannot be read as numbers, for one of its values is"),
    "decimals": ({"decimal": "point", "types": {"size, m": "number"}}, "wrong_type", "one of its values is '1,5'"),
    "a name": ({"types": {"colour": "text"}}, "no_such_column", "no column called colour"),
    "a delimiter": ({"delimiter": "tab"}, "not_a_table", "With tabs between values the table has one column."),
    "a ragged delimiter": ({"delimiter": "comma"}, "ragged_table", "Columns are separated by commas"),
}  # fmt: skip


@pytest.mark.parametrize(("form", "code", "words"), WRONG_FORMS.values(), ids=WRONG_FORMS)
def test_what_cannot_be_read_as_it_is_asked_is_refused_in_a_sentence(shelf, form, code, words):
    with pytest.raises(Unreadable) as caught:
        read_as(shelf, SEMICOLONS, **form)
    assert caught.value.code == code
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.hint


def test_too_many_categories_are_refused(shelf):
    body = b"x,y\n" + b"".join(b"%d,%d\n" % (place, place % 2) for place in range(2000))
    with pytest.raises(Unreadable, match="more than 1000 different values"):
        read_as(shelf, body, types={"x": "category"})
