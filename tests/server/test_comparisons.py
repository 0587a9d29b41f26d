"""Comparisons by REST, with stand-in workers: all combinations or none, one table, one word to all."""

from typing import Any

from layerlab.client import Client

from tests.server.served import Answer, Served
from tests.server.specs import stand_in_spec


def ask(server: Served, vary: dict[str, list[Any]], *, key: str | None = None, **more: Any) -> Answer:
    body = {"base": stand_in_spec(**more.pop("base", {})), "vary": vary, "mode": "separate", **more}
    headers = {"Idempotency_Key": key} if key else {}
    return server.call("POST", "/api/comparisons", body, **headers)


def create(server: Served, vary: dict[str, list[Any]], **more: Any) -> dict[str, Any]:
    answer = ask(server, vary, **more)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.json
    assert answer.headers["location"] == f"/api/comparisons/{found['id']}"
    return found


def test_there_is_a_run_for_each_combination(server):
    vary = {"init.scheme": ["zeros", "xavier_normal"], "optimizer.lr": [0.01, 0.1]}
    made = create(server, vary, name="Rates")
    varied = [one["varied"] for one in made["members"]]
    assert varied == [
        {"init.scheme": scheme, "optimizer.lr": lr} for scheme in ("zeros", "xavier_normal") for lr in (0.01, 0.1)
    ]
    for one in made["members"]:
        view = server.wait_status(one["run"], "completed")
        assert (view["comparison"], view["varied"]) == (made["id"], one["varied"])
        assert view["spec"]["init"]["scheme"] == one["varied"]["init.scheme"]
        assert view["spec"]["optimizer"] == {"kind": "adam", "lr": one["varied"]["optimizer.lr"]}
        assert (
            view["name"]
            == f"Rates: init.scheme {view['spec']['init']['scheme']}, optimizer.lr {view['spec']['optimizer']['lr']}"
        )


def test_the_table_tells_how_each_stands(server):
    made = create(server, {"optimizer.lr": [0.01, 0.1]}, base={"steps": 12})
    for one in made["members"]:
        server.wait_status(one["run"], "completed")
    table = server.call("GET", f"/api/comparisons/{made['id']}").json
    for one in table["members"]:
        assert (one["status"], one["step"], one["num_steps"]) == ("completed", 12, 12)
        assert one["latest"]["train/loss"] == server.view(one["run"])["latest"]["train/loss"]
        assert one["links"]["scalars"] == f"/api/runs/{one['run']}/scalars"


def test_comparisons_are_listed_the_newest_first(server):
    first, second = (create(server, {"training.seed": [1]})["id"] for _ in range(2))
    found = server.call("GET", "/api/comparisons?limit=2").json
    assert [one["id"] for one in found["comparisons"]] == [second, first]
    assert found["total"] >= 2


def test_nothing_is_made_unless_all_are_valid(server):
    before = server.call("GET", "/api/runs").json["total"]
    answer = ask(server, {"data.batch_size": [8, 0, 16]})
    assert answer.status == 422
    (problem,) = answer.json["errors"]
    assert problem["path"] == "data.batch_size"
    assert problem["message"].startswith("With data.batch_size 0: ")
    assert server.call("GET", "/api/runs").json["total"] == before


def test_what_is_wrong_with_all_is_said_once(server):
    answer = ask(server, {"optimiser.lr": [1, 2]})
    (problem,) = answer.json["errors"]
    assert (problem["path"], problem["hint"]) == ("optimiser.lr", "Did you mean optimizer?")


def test_too_many_are_refused_with_the_numbers(server):
    answer = ask(server, {"optimizer.lr": [0.1] * 13, "training.seed": list(range(5))})
    assert answer.status == 422
    assert "13 × 5 values make 65 runs; a comparison may have 64." in answer.json["detail"]


def test_what_is_no_setting_cannot_be_varied(server):
    assert ask(server, {"name": ["a", "b"]}).status == 422
    assert ask(server, {"optimizer.lr": []}).status == 422
    assert ask(server, {}).status == 422


def test_a_repeated_post_makes_one(server):
    first = ask(server, {"training.seed": [1, 2]}, key="once").json
    assert ask(server, {"training.seed": [1, 2]}, key="once").json["id"] == first["id"]
    assert ask(server, {"training.seed": [1, 3]}, key="once").json["code"] == "idempotency_key_used"


def test_one_word_goes_to_all(server):
    made = create(server, {"training.seed": [1, 2, 3]}, base={"steps": 5000, "speed": 20})
    path = f"/api/comparisons/{made['id']}"
    for word, status in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        told = server.call("POST", f"{path}/{word}")
        assert told.status == 200, told.body
        assert {one["status"] for one in told.json["members"]} == {status}
    assert server.call("POST", f"{path}/pause").status == 409


def test_deleting_takes_the_runs_along(server):
    made = create(server, {"training.seed": [1, 2]}, base={"steps": 5000, "speed": 20})
    assert server.call("DELETE", f"/api/comparisons/{made['id']}").status == 204
    assert server.call("GET", f"/api/comparisons/{made['id']}").json["code"] == "comparison_not_found"
    assert {server.call("GET", f"/api/runs/{one['run']}").status for one in made["members"]} == {404}


def test_a_run_may_be_deleted_on_its_own(server):
    made = create(server, {"training.seed": [1, 2]})
    server.call("DELETE", f"/api/runs/{made['members'][0]['run']}")
    left = server.call("GET", f"/api/comparisons/{made['id']}").json["members"]
    assert [one["run"] for one in left] == [made["members"][1]["run"]]


def test_scripts_compare_by_the_client(server):
    client = Client(server.listening.url, data_dir=server.data_dir)
    made = client.compare(stand_in_spec(), {"training.seed": [1, 2]}, mode="separate", name="Seeds")
    for one in made.members:
        assert client.run(one.run).wait().status == "completed"
    table = client.comparison(made.id)
    assert [(one.name, one.status) for one in table.members] == [
        ("Seeds: training.seed 1", "completed"), ("Seeds: training.seed 2", "completed"),
    ]  # fmt: skip
