"""Lessons by REST: list, read, start, and what is said where there is none."""

from layerlab import lessons
from layerlab_schemas.lesson import Lesson


def test_the_list_has_all_lessons_in_their_order(server):
    answer = server.call("GET", "/api/lessons")
    assert answer.status == 200
    listed = answer.json["lessons"]
    assert [one["id"] for one in listed] == list(lessons.lessons())
    assert listed[0]["chapter"] == "Initialisation"
    assert all(set(one) == {"id", "title", "chapter", "diagnoses"} for one in listed)
    chapters = [one["chapter"] for one in listed]
    assert sorted(set(chapters), key=chapters.index) == ["Initialisation", "Normalisation", "Optimisation", "Data"]


def test_a_lesson_is_sent_whole(server):
    answer = server.call("GET", "/api/lessons/init-small")
    assert answer.status == 200
    assert Lesson.model_validate(answer.json) == lessons.get("init-small")


def test_a_lesson_that_is_not_there_is_said_in_plain_words(server):
    answer = server.call("GET", "/api/lessons/init-smal")
    assert answer.status == 404
    assert answer.json["code"] == "lesson_not_found"
    assert answer.json["detail"] == "There is no lesson called init-smal. Did you mean init-small?"
    far = server.call("POST", "/api/lessons/qqqqqq/start")
    assert far.status == 404
    assert far.json["detail"].endswith("GET /api/lessons lists those there are.")


def test_starting_one_makes_its_run(server):
    answer = server.call("POST", "/api/lessons/init-zero/start?start=false")
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/runs/{answer.json['id']}"
    assert answer.json["spec"] == lessons.get("init-zero").spec.model_dump(mode="json")
    assert server.view(answer.json["id"])["name"] == "All weights start at zero"


def test_the_mended_one_is_started_where_that_is_asked_for(server):
    answer = server.call("POST", "/api/lessons/init-zero/start?start=false", {"remedy": True})
    assert answer.status == 201
    assert answer.json["spec"]["init"]["scheme"] == "xavier_normal"


def test_a_repeated_start_with_one_key_makes_one_run(server):
    first, second = (
        server.call("POST", "/api/lessons/init-zero/start?start=false", {"remedy": False}, Idempotency_Key="lesson 1")
        for _ in range(2)
    )
    assert first.json["id"] == second.json["id"]
    other = server.call("POST", "/api/lessons/opt-lr/start?start=false", {"remedy": False}, Idempotency_Key="lesson 1")
    assert other.status == 422


def test_what_a_start_does_not_know_is_refused(server):
    answer = server.call("POST", "/api/lessons/init-zero/start", {"remedy": "yes"})
    assert answer.status == 422
    assert answer.json["errors"][0]["path"] == "remedy"
    assert server.call("POST", "/api/lessons/init-zero/start", {"mended": True}).status == 422


def test_one_without_a_remedy_says_so(server, monkeypatch):
    bare = lessons.get("init-zero").model_copy(update={"remedy": None})
    monkeypatch.setitem(lessons.lessons(), "init-zero", bare)
    answer = server.call("POST", "/api/lessons/init-zero/start", {"remedy": True})
    assert (answer.status, answer.json["code"]) == (422, "no_remedy")
