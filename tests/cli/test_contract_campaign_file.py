"""The campaign file, as the contract lays it out: what is taken, what is refused, and where each part goes."""

import json

import pytest

from tests.cli.workspace import ADA, ALAN, AT, GRACE

# ---------------------------------------------------------------------- where each part goes


def test_each_part_goes_where_the_contract_says_in_v2(workspace):
    body = workspace.body(
        description="Hello",
        call={"voice": "June", "max_duration": 10},
        each={"first_sentence": "Hi {{ row.name }}!"},
        batch={"status_webhook": "https://example.com/bland"},
        stamp="none",
    )
    assert body == {
        "call_objects": [
            {"phone_number": ADA, "request_data": {"name": "Ada"}, "first_sentence": "Hi Ada!"},
            {"phone_number": GRACE, "request_data": {"name": "Grace"}, "first_sentence": "Hi Grace!"},
        ],
        "global": {"task": "Greet {{name}}.", "voice": "June", "max_duration": 10},
        "description": "Hello",
        "status_webhook": "https://example.com/bland",
    }


def test_each_part_goes_where_the_contract_says_in_v1(workspace):
    body = workspace.body(
        api="v1",
        description="Hello",
        call={"voice": "June", "max_duration": 10},
        each={"language": "{{ row.name }}-x"},
        batch={"campaign_id": "c-1"},
        stamp="none",
    )
    assert body == {
        "base_prompt": "Greet {{name}}.",
        "call_data": [
            {"phone_number": ADA, "name": "Ada", "language": "Ada-x"},
            {"phone_number": GRACE, "name": "Grace", "language": "Grace-x"},
        ],
        "label": "Hello",
        "voice": "June",
        "max_duration": 10,
        "campaign_id": "c-1",
    }


@pytest.mark.parametrize(("api", "path"), [("v1", "/v1/batches"), ("v2", "/v2/batches/create")])
def test_the_path_follows_from_the_api_alone(workspace, api, path):
    (request,) = workspace.hello(api=api).run("render", "hello", "--format", "json").json["requests"]
    assert (request["method"], request["path"]) == ("POST", path)
    assert sorted(request["headers"]) == ["authorization", "content-type"]


def test_v2_is_the_default_and_round_1_and_batches_of_500(workspace):
    people = [{"phone_number": f"+1{area}55501{number:02}"} for area in range(212, 219) for number in range(75)]
    workspace.hello(prompt="Hi.", recipients={"inline": people, "invalid_numbers": "send"})
    (campaign,) = workspace.plan().json["campaigns"]
    assert (campaign["api"], campaign["round"]) == ("v2", "1")
    assert [batch["calls"] for batch in campaign["batches"]] == [500, 25]


# ---------------------------------------------------------------------- types and emptiness

EVERY_TYPE = {
    "null": None,
    "text": "",
    "object": {},
    "list": [],
    "zero": 0,
    "no": False,
    "nested": {"deep": [None, {"x": []}, 1.5, "007", "true", "1e3"]},
    "large": 9007199254740993,
}


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_any_value_is_sent_at_any_level_with_its_exact_type(workspace, api):
    row = {"phone_number": ADA, "call": {"extra_row": EVERY_TYPE}}
    body = workspace.body(
        api=api,
        prompt="Hi.",
        call={"extra_call": EVERY_TYPE},
        each={"extra_each": EVERY_TYPE},
        batch={"extra_batch": EVERY_TYPE},
        recipients={"inline": [row]},
        stamp="none",
    )
    (call,) = body["call_objects" if api == "v2" else "call_data"]
    shared = body["global"] if api == "v2" else body
    for value in (call["extra_row"], call["extra_each"], shared["extra_call"], body["extra_batch"]):
        assert json.dumps(value, sort_keys=True) == json.dumps(EVERY_TYPE, sort_keys=True)


def test_null_is_accepted_everywhere(workspace):
    done = workspace.hello(
        call={"voice": None, "metadata": None, "webhook": None, "max_duration": None},
        each={"language": None},
        batch={"status_webhook": None},
        stamp="none",
    ).lint()
    assert done.code == 0
    assert [rule for rule in done.rules if rule != "unstamped"] == []


def test_files_are_yaml_1_2_so_only_true_false_null_and_numbers_are_typed(workspace):
    workspace.write(
        "campaigns/hello.yaml",
        """\
        version: 1
        campaign: hello
        prompt: Hi.
        stamp: none
        call:
          a: [no, on, yes, off, 2026-03-15, 2026-03-15T09:00:00Z, 09:30, 1_000, "5"]
          b: [true, false, null, ~, 5, -1.5, 0x1F, 0o17]
        recipients: {inline: [{phone_number: "+14155550100"}]}
        """,
    )
    shared = workspace.render()[0]["global"]
    assert shared["a"] == ["no", "on", "yes", "off", "2026-03-15", "2026-03-15T09:00:00Z", "09:30", "1_000", "5"]
    assert shared["b"] == [True, False, None, None, 5, -1.5, 31, 15]


def test_what_is_not_set_is_absent(workspace):
    body = workspace.body(prompt="Hi.", recipients={"inline": [{"phone_number": ADA}]}, stamp="none")
    assert body == {"call_objects": [{"phone_number": ADA}], "global": {"task": "Hi."}}


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("key", "ours"),
    [
        ("calls", "recipients"),
        ("call_data", "recipients"),
        ("call_objects", "recipients"),
        ("global", "call"),
        ("call_params", "call"),
        ("base_prompt", "prompt"),
        ("task", "prompt"),
        ("label", "description"),
    ],
)
def test_blands_own_keys_at_the_top_are_errors_that_name_ours(workspace, key, ours):
    done = workspace.hello(**{key: "x"}).lint()
    assert done.code == 3
    (found,) = [item for item in done.json["diagnostics"] if f"`{key}`" in item["message"]]
    assert found["severity"] == "error"
    assert f"`{ours}`" in found["message"] + (found["help"] or "")


@pytest.mark.parametrize(
    ("where", "wrong", "right"),
    [("", "recipient", "recipients"), ("recipients", "defualts", "defaults"), ("split", "sizes", "size")],
)
def test_an_unknown_key_is_an_error_that_names_the_right_one(workspace, where, wrong, right):
    content = {"split": {"size": 2}} | ({wrong: {}} if not where else {})
    workspace.hello(**content)
    text = json.loads((workspace.root / "campaigns/hello.yaml").read_text())
    if where:
        text[where][wrong] = 1
    workspace.write("campaigns/hello.yaml", json.dumps(text))
    done = workspace.lint()
    assert done.code == 3
    assert any(
        wrong in item["message"] and right in f"{item['message']} {item['help']}" for item in done.json["diagnostics"]
    )


def test_a_duplicate_key_is_an_error_with_its_place(workspace):
    workspace.write(
        "campaigns/hello.yaml",
        "campaign: hello\nprompt: Hi.\nrecipients:\n  inline: [{phone_number: '+14155550100'}]\nprompt: Ho.\n",
    )
    done = workspace.lint()
    assert done.code == 3
    (found,) = done.json["diagnostics"]
    assert (found["file"], found["line"], found["column"]) == ("campaigns/hello.yaml", 5, 1)


REFUSED = {
    "no fallback prompt in v2": {"prompt": None},
    "a number for all calls": {"call": {"phone_number": ADA}},
    "a description of 61 characters": {"description": "x" * 61},
    "a webhook that is not https": {"call": {"webhook": "http://example.com"}},
    "a webhook of one person that is not https": {"each": {"webhook": "http://example.com/{{ row.name }}"}},
    "a status webhook that is not https": {"batch": {"status_webhook": "http://example.com"}},
    "a blank number": {"prompt": "Hi.", "recipients": {"inline": [{"phone_number": " "}]}},
    "two prompts": {"call": {"task": "Hi."}},
    "calls from the batch": {"batch": {"call_objects": []}},
    "global from the batch": {"batch": {"global": {"task": "x"}}},
    "structure of v1 under call": {"call": {"base_prompt": "Hi."}},
    "rows of v1 under call": {"call": {"call_data": []}},
    "the label of v1 under call": {"call": {"label": "x"}},
    "structure of v2 under call": {"api": "v1", "call": {"global": {}}},
    "rows of v2 under call": {"api": "v1", "call": {"call_objects": []}},
    "a template as name": {"campaign": "{{ vars.x }}"},
    "capitals in the name": {"campaign": "Hello"},
    "a template as round": {"round": "{{ run.date }}"},
    "a round of 41 characters": {"round": "x" * 41},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_an_error_is_what_the_create_refuses_or_what_cannot_be_built(workspace, changes):
    content = json.loads((workspace.root / "campaigns/hello.yaml").read_text()) | changes
    kept = {key: value for key, value in content.items() if value is not None}
    workspace.write("campaigns/hello.yaml", json.dumps(kept))
    for done in (workspace.lint(), workspace.plan(), workspace.apply()):
        assert done.code == 3, done.everything
        assert "error" in {found["severity"] for found in done.json["diagnostics"]}
    assert workspace.rung() == []


DOUBTS = {
    "an unknown field": {"call": {"first_sentense": "Hi"}},
    "an obsolete field": {"call": {"voice_id": 3}},
    "an obsolete value": {"call": {"model": "enhanced"}},
    "an odd type": {"call": {"max_duration": "ten"}},
    "an unusual range": {"call": {"temperature": 7}},
    "structure of v1 in the batch": {"batch": {"base_prompt": "Hi."}},
    "structure of v1 in each": {"each": {"call_data": []}},
    "structure of v1 in a row": {
        "prompt": "Hi.",
        "recipients": {"inline": [{"phone_number": ADA, "call": {"base_prompt": "x"}}]},
    },
    "v1 without a prompt": {"api": "v1", "prompt": None},
    "no stamp": {"stamp": "none"},
}


@pytest.mark.parametrize("changes", DOUBTS.values(), ids=DOUBTS)
def test_every_other_doubt_is_a_warning_and_the_value_passes(workspace, changes):
    done = workspace.hello(**changes).lint()
    assert done.code == 0, done.out
    assert done.json["summary"]["errors"] == 0
    assert done.json["summary"]["warnings"] >= 1
    body = json.dumps(workspace.render()[0])
    for level in ("call", "each", "batch"):
        for key, value in changes.get(level, {}).items():
            assert f'"{key}": {json.dumps(value)}' in body


def test_a_warning_suggests_what_was_probably_meant(workspace):
    (found,) = workspace.hello(call={"first_sentense": "Hi"}).lint().json["diagnostics"]
    assert "first_sentence" in found["help"]


def test_two_campaigns_of_one_name_are_an_error(workspace):
    workspace.write("campaigns/twin.yaml", (workspace.root / "campaigns/hello.yaml").read_bytes())
    done = workspace.lint()
    assert done.code == 3
    assert any("hello" in item["message"] for item in done.json["diagnostics"])


def test_the_file_may_be_renamed_freely(workspace):
    workspace.apply()
    (workspace.root / "campaigns/hello.yaml").rename(workspace.root / "campaigns/other.yaml")
    assert workspace.counts() == {"sent": 2}


def test_a_number_without_quotes_is_an_error_that_says_what_to_do(workspace):
    workspace.write(
        "campaigns/hello.yaml",
        "campaign: hello\nprompt: Hi.\nrecipients:\n  inline:\n    - {phone_number: +14155550100}\n",
    )
    done = workspace.lint()
    assert done.code == 3
    (found,) = done.json["diagnostics"]
    assert (found["line"], found["severity"]) == (5, "error")
    assert "quote" in f"{found['message']} {found['help']}"
    assert "4155550100" not in done.everything


# ---------------------------------------------------------------------- precedence, overlays, defaults


def test_precedence_is_call_then_variables_then_each_then_the_rows_own_call(workspace):
    body = workspace.body(
        prompt="Hi.",
        call={"voice": "a", "language": "a", "model": "a", "background_track": "a"},
        each={"language": "c", "model": "c"},
        recipients={
            "inline": [{"phone_number": ADA, "language": "b", "model": "b", "call": {"model": "d"}}],
            "variables_under": "",
        },
        stamp="none",
    )
    (call,) = body["call_objects"]
    assert (call["language"], call["model"]) == ("c", "d")
    assert body["global"]["voice"] == "a"


def test_top_level_keys_are_replaced_whole(workspace):
    body = workspace.body(
        prompt="Hi.",
        each={"metadata": {"a": 1, "b": 1}, "request_data": {"x": 1}},
        recipients={"inline": [{"phone_number": ADA, "name": "Ada", "call": {"metadata": {"c": 2}}}]},
        stamp="none",
    )
    (call,) = body["call_objects"]
    assert call["metadata"] == {"c": 2}
    assert call["request_data"] == {"x": 1}


def test_overlays_merge_mappings_deeply_replace_lists_and_scalars_and_unset_deletes(workspace):
    workspace.write(
        "campaigns/hello.yaml",
        """\
        campaign: hello
        prompt: Hi.
        stamp: none
        call: {voice: June, voicemail: {action: hangup, message: Bye}, keywords: [a, b], record: true}
        recipients: {inline: [{phone_number: "+14155550100"}]}
        environments:
          sandbox:
            prompt: Ho.
            call: {voicemail: {message: Ciao}, keywords: [c], record: !unset , language: en}
        """,
    )
    assert workspace.render()[0]["global"] == {
        "task": "Ho.",
        "voice": "June",
        "voicemail": {"action": "hangup", "message": "Ciao"},
        "keywords": ["c"],
        "language": "en",
    }


def test_defaults_of_the_workspace_are_merged_under_every_campaign(workspace):
    workspace.settings(defaults={"call": {"voice": "Nat", "voicemail": {"action": "ignore"}}, "stamp": "none"})
    body = workspace.body(call={"voice": "June", "voicemail": {"message": "Bye"}})
    assert body["global"]["voice"] == "June"
    assert body["global"]["voicemail"] == {"action": "ignore", "message": "Bye"}


def test_lint_looks_at_every_environments_overlay(workspace):
    workspace.settings({"other": {"provider": "sandbox"}})
    done = workspace.hello(environments={"other": {"call": {"webhook": "http://example.com"}}}).lint()
    assert done.code == 3
    assert workspace.render()


# ---------------------------------------------------------------------- text from files


def test_text_may_come_from_a_file_kept_to_the_byte_and_rendered_whatever_its_extension(workspace):
    workspace.write("texts/a.txt", b"Hi from {{ vars.company }}, {{name}}.\r\n\n")
    reference = {"file": "texts/a.txt"}
    text = "Hi from Acme, {{name}}.\r\n\n"
    body = workspace.body(
        vars={"company": "Acme"},
        prompt=reference,
        call={"first_sentence": reference, "summary_prompt": reference, "voicemail": {"message": reference}},
        each={
            "task": reference,
            "first_sentence": reference,
            "summary_prompt": reference,
            "voicemail": {"message": reference},
        },
        stamp="none",
    )
    for fields in (body["global"], body["call_objects"][0]):
        texts = [fields["task"], fields["first_sentence"], fields["summary_prompt"], fields["voicemail"]["message"]]
        assert texts == [text] * 4


def test_a_task_under_call_may_come_from_a_file(workspace):
    workspace.write("task.md", "Hi.\n")
    assert workspace.body(prompt=None, call={"task": {"file": "task.md"}})["global"]["task"] == "Hi.\n"


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "texts/../../secret.txt"])
@pytest.mark.parametrize("key", ["prompt", "recipients"])
def test_no_path_leaves_the_workspace(workspace, path, key):
    workspace.write("../secret.txt", "canary")
    done = workspace.hello(**{key: {"file": path}}).lint()
    assert done.code == 3
    assert "canary" not in done.everything


def test_no_link_leaves_the_workspace(workspace):
    workspace.write("../secret.txt", "canary")
    (workspace.root / "link.txt").symlink_to(workspace.root.parent / "secret.txt")
    done = workspace.hello(prompt={"file": "link.txt"}).run("render", "hello")
    assert done.code == 3
    assert "canary" not in done.everything


# ---------------------------------------------------------------------- templates


def test_one_expression_alone_keeps_its_type_anywhere_and_any_other_template_is_text(workspace):
    body = workspace.body(
        vars={"n": 5, "list": [1, "2"], "yes": True, "half": 0.5, "nothing": None},
        prompt="Hi.",
        call={"max_duration": "{{ vars.n }}", "keywords": "{{ vars.list }}", "record": "{{vars.yes}}"},
        each={
            "metadata": {
                "n": "{{ row.id | int }}",
                "s": "{{ row.id }}",
                "t": "n={{ vars.n }}",
                "z": "{{ vars.nothing }}",
            },
            "temperature": "{{ vars.half }}",
        },
        batch={"max_concurrent": "{{ vars.n * 2 }}"},
        recipients={"inline": [{"phone_number": ADA, "id": "007"}], "variables": {"double": "{{ row.id | int * 2 }}"}},
        stamp="none",
    )
    (call,) = body["call_objects"]
    assert body["global"] == {"task": "Hi.", "max_duration": 5, "keywords": [1, "2"], "record": True}
    assert call["metadata"] == {"n": 7, "s": "007", "t": "n=5", "z": None}
    assert call["temperature"] == 0.5
    assert call["request_data"] == {"double": 14}
    assert body["max_concurrent"] == 10


def test_omit_leaves_a_key_out_at_any_depth(workspace):
    body = workspace.body(
        prompt="Hi.",
        call={"language": "{{ vars.x | default(omit) }}"},
        each={"metadata": {"note": "{{ row.note | default(omit, true) }}", "deep": [{"a": "{{ omit }}", "b": 1}]}},
        recipients={
            "inline": [{"phone_number": ADA, "note": ""}, {"phone_number": GRACE, "note": "x"}],
            "variables": {"note": "{{ row.note | default(omit, true) }}"},
        },
        stamp="none",
    )
    first, second = body["call_objects"]
    assert "language" not in body["global"]
    assert first == {"phone_number": ADA, "metadata": {"deep": [{"b": 1}]}}
    assert second["metadata"] == {"note": "x", "deep": [{"b": 1}]}
    assert second["request_data"] == {"note": "x"}


def test_the_scopes_hold_what_the_contract_says(workspace):
    workspace.hello(
        round="spring",
        timezone="America/New_York",
        vars={"v": "x"},
        prompt="{{ vars.v }} {{ environment.name }} {{ campaign.id }} {{ campaign.round }} {{ run.date }}",
        description="{{ batch.index }}/{{ batch.count }} of {{ batch.calls }}",
        call={"metadata": {"started": "{{ run.started_at | in_zone('Europe/London') | format('%A %H:%M') }}"}},
        each={"start_time": "{{ run.started_at | shift(minutes=31) | format('%Y-%m-%d %H:%M:%S +00:00') }}"},
        recipients={"inline": [{"phone_number": ADA, "name": "Ada"}]},
        stamp="none",
    )
    (body,) = workspace.render("--at", "2026-07-01T02:30:00+00:00")
    assert body["global"]["task"] == "x sandbox hello spring 2026-06-30"
    assert body["description"] == "1/1 of 1"
    assert body["global"]["metadata"]["started"] == "Wednesday 03:30"
    assert body["call_objects"][0]["start_time"] == "2026-07-01 03:01:00 +00:00"


def test_batch_scopes_count_batches_from_1(workspace):
    workspace.hello(
        recipients={"inline": [{"phone_number": number, "name": "x"} for number in (ADA, GRACE, ALAN)]},
        split={"size": 2},
        description="{{ batch.index }}/{{ batch.count }} of {{ batch.calls }}",
        stamp="none",
    )
    assert [body["description"] for body in workspace.render()] == ["1/2 of 2", "2/2 of 1"]


def test_row_is_the_cell_as_written_phone_column_included_and_never_a_method(workspace):
    body = workspace.body(
        prompt="Hi.",
        each={"metadata": {"a": "{{ row.phone_number }}", "b": "{{ row.items }}", "c": '{{ row["Amount Due"] }}'}},
        recipients={
            "inline": [{"phone_number": "(415) 555-0100", "items": "3 boxes", "Amount Due": "5.00"}],
            "default_country": "US",
            "variables": [],
        },
        stamp="none",
    )
    (call,) = body["call_objects"]
    assert call["metadata"] == {"a": "(415) 555-0100", "b": "3 boxes", "c": "5.00"}


def test_bucket_splits_the_same_way_every_time(workspace):
    people = [{"phone_number": f"+141555501{n:02}", "id": str(n)} for n in range(40)]
    changes = {
        "prompt": "Hi.",
        "each": {"voice": "{{ row.id | bucket('June', 'Nat') }}"},
        "recipients": {"inline": people},
    }
    voices = [call["voice"] for call in workspace.body(**changes)["call_objects"]]
    assert set(voices) == {"June", "Nat"}
    changes["recipients"] = {"inline": people[::-1]}
    assert [call["voice"] for call in workspace.body(**changes)["call_objects"]] == voices[::-1]


UNDEFINED = {
    "a variable in a file of its own": ({"prompt": {"file": "p.md"}}, "p.md", "vars.compnay"),
    "a column": ({"each": {"voice": "{{ row.nmae }}"}}, "campaigns/hello.yaml", "row.nmae"),
    "a variable": ({"call": {"voice": "{{ vars.nothing }}"}}, "campaigns/hello.yaml", "vars.nothing"),
    "a row where there is none": ({"call": {"voice": "{{ row.name }}"}}, "campaigns/hello.yaml", "row.name"),
}


@pytest.mark.parametrize(("changes", "file", "name"), UNDEFINED.values(), ids=UNDEFINED)
def test_an_undefined_name_at_our_scopes_is_an_error_with_its_place(workspace, changes, file, name):
    workspace.write("p.md", "Hello.\nWe are {{ vars.compnay }}.\n")
    done = workspace.hello(vars={"company": "Acme"}, **changes).lint()
    assert done.code == 3
    found = done.json["diagnostics"][0]
    assert found["file"] == file
    line = (workspace.root / file).read_text().splitlines()[found["line"] - 1]
    assert line[found["column"] - 1 :].startswith(name)


def test_rendering_sees_no_environment_no_clock_and_no_files_outside(workspace):
    workspace.write("../outside.md", "canary")
    for template in (
        "{% include '../outside.md' %}",
        "{{ vars.__class__ }}",
        "{{ environ.HOME | upper }}",
        "{{ now() }}",
    ):
        done = workspace.hello(prompt=template).run("render", "hello", "--format", "json")
        assert done.code == 3, (template, done.out)
        assert "canary" not in done.everything


def test_the_same_time_gives_the_same_bytes(workspace):
    workspace.hello(prompt="{{ run.id }} {{ run.started_at }} {{name}}")
    first, second = (workspace.run("render", "hello", "--format", "json", "--at", AT).out for _ in range(2))
    assert first == second
    assert first != workspace.run("render", "hello", "--format", "json", "--at", "2026-03-15T09:00:01+00:00").out
