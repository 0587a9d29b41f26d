"""ResNet-8 from an empty page, by mouse and by keyboard: built, broken, mended, trained, and undone back to empty."""

from collections import Counter

from playwright.sync_api import Locator, Page, expect

from tests.e2e.playground import PATIENCE, Playground, still, until

#: What each step adds, as it is found in the search, and how many nodes the network has then.
STEPS = [
    ("Convolution, norm, activation", 3),
    ("Residual block", 10),
    ("Residual block, half the size", 19),
    ("Residual block, half the size", 28),
    ("AvgPool2d", 29),
    ("Linear", 31),
]
RESNET_8 = {"conv2d": 9, "batch_norm": 9, "relu": 7, "add": 3, "avg_pool2d": 1, "flatten": 1, "linear": 1}
EMPTY = "No layers yet."


def network(page: Page) -> Locator:
    return page.get_by_role("main", name="Network")


def kinds(playground: Playground) -> list[str]:
    """Kinds of the graph of the run on the page."""
    return [node["kind"] for node in playground.run["spec"]["graph"]]


def names(playground: Playground) -> list[str]:
    """Names that are written in the graph of the run on the page."""
    return [node.get("id") or "" for node in playground.run["spec"]["graph"]]


def wait_for_nodes(playground: Playground, count: int) -> None:
    """Until the server has checked a network of so many nodes and the page draws it."""
    expect(network(playground.page).locator(f'[data-nodes="{count}"]')).to_be_visible(timeout=PATIENCE)


def wait_for_resnet(playground: Playground) -> None:
    """Until the run on the page is that of ResNet-8."""
    until(
        lambda: Counter(node["kind"] for node in playground.run["spec"]["graph"]) == RESNET_8, "it is not the ResNet-8"
    )
    blocks = {node.get("block") for node in playground.run["spec"]["graph"]} - {None}
    assert len(blocks) == 3
    assert playground.run["check"]["ok"]


def train_and_undo(playground: Playground) -> None:
    """It trains, and every edit is taken back."""
    page = playground.page
    playground.train()
    playground.wait_for_step(3)
    playground.pause()
    page.evaluate("document.activeElement?.blur()")
    for _ in range(60):
        if network(page).get_by_text(EMPTY).count():
            break
        page.keyboard.press("Control+z")
    expect(network(page).get_by_text(EMPTY)).to_be_visible()


def test_resnet_8_by_mouse(playground):
    page = playground.page
    page.get_by_role("button", name="Experiment: LeNet on digits").click()
    page.get_by_role("menuitem", name="New network").click()
    expect(network(page).get_by_text(EMPTY)).to_be_visible()
    for index, (title, count) in enumerate(STEPS):
        if index:
            network(page).get_by_role("button", name="Add a layer", exact=True).click()
        page.get_by_role("option", name=title).first.click()
        wait_for_nodes(playground, count)
    wait_for_resnet(playground)

    # Break it: the last layer, which is open, states a size that it does not get. Mend it by what its card offers.
    network(page).get_by_role("button", name="More").click()
    field = network(page).get_by_label("Inputs")
    field.click()
    field.fill("7")
    field.press("Enter")
    expect(network(page).locator(".wire.bad").first).to_be_attached(timeout=PATIENCE)
    network(page).get_by_role("button", name="Set inputs to 64").click()
    expect(network(page).locator(".wire.bad")).to_have_count(0, timeout=PATIENCE)
    wait_for_resnet(playground)
    train_and_undo(playground)


def test_shapes_follow_while_one_types(playground):
    page = playground.page
    before = playground.run["id"]
    network(page).get_by_text("conv1", exact=True).first.click()
    field = network(page).get_by_label("Filters")
    total = network(page).locator('span[title*="multiply-adds a sample"]')
    was = total.inner_text()
    field.click()
    field.fill("12")
    expect(total).not_to_have_text(was, timeout=PATIENCE)
    assert playground.run["id"] == before, "a new run was made before the value was whole"
    field.press("Escape")
    expect(total).to_have_text(was, timeout=PATIENCE)
    field.click()
    field.fill("12")
    field.press("Enter")
    until(lambda: playground.run["id"] != before, "no new run")
    assert playground.run["spec"]["graph"][0]["out_channels"] == 12
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("Control+z")
    expect(total).to_have_text(was, timeout=PATIENCE)


def test_resnet_8_by_keyboard(playground):
    page = playground.page
    page.keyboard.press("Control+k")
    page.keyboard.type("new network")
    page.keyboard.press("Enter")
    expect(network(page).get_by_text(EMPTY)).to_be_visible()
    for title, count in STEPS:
        page.keyboard.press("n")
        expect(page.get_by_role("combobox", name="Find a layer")).to_be_focused()
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        wait_for_nodes(playground, count)
    wait_for_resnet(playground)

    # The layer that was added last is open and has the focus: its fields are reached by Tab.
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent")
        if name == "Inputs":
            break
        if name.startswith("More"):
            page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    mend = network(page).get_by_role("button", name="Set inputs to 64")
    expect(mend).to_be_visible(timeout=PATIENCE)
    for _ in range(40):
        if mend.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(mend).to_have_count(0, timeout=PATIENCE)
    wait_for_resnet(playground)
    train_and_undo(playground)


def test_wires_and_cards_under_the_hand(playground):
    page = playground.page
    cards = network(page).locator(".card-top")
    pluses = network(page).get_by_role("button", name="Add a layer here")
    expect(cards).to_have_count(4, timeout=PATIENCE)

    # A layer from the list, dropped on the wire between conv1 and conv2.
    network(page).get_by_role("button", name="Add a layer", exact=True).click()
    page.get_by_role("combobox", name="Find a layer").fill("leaky")
    page.get_by_role("option", name="LeakyReLU").drag_to(pluses.nth(1), force=True)
    until(lambda: kinds(playground)[4] == "leaky_relu", "the layer is not on the wire")
    page.keyboard.press("Escape")
    expect(network(page).locator(".inspector")).to_have_count(0)
    still(cards.nth(0).bounding_box)

    # conv1 dragged by its head onto the wire below conv2.
    conv1, target = cards.nth(0).bounding_box(), pluses.nth(2).bounding_box()
    assert conv1
    assert target
    page.mouse.move(conv1["x"] + 80, conv1["y"] + 10)
    page.mouse.down()
    page.mouse.move(conv1["x"] + 90, conv1["y"] + 40, steps=4)
    page.mouse.move(target["x"] + 12, target["y"] + 12, steps=8)
    page.mouse.up()
    until(lambda: names(playground).index("conv1") > names(playground).index("conv2"), "conv1 did not move")
    page.keyboard.press("Control+z")
    until(lambda: names(playground).index("conv1") < names(playground).index("conv2"), "conv1 did not move back")

    # A copy of fc1 by keys, then deleted.
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("Escape")
    cards.filter(has_text="fc1").click()
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    until(lambda: kinds(playground).count("linear") == 3, "nothing was pasted")
    page.keyboard.press("Delete")
    until(lambda: kinds(playground).count("linear") == 2, "nothing was deleted")


def test_a_branch_is_drawn_by_hand(playground):
    """From the foot of conv1 to the head of fc1: a circle is refused, another source is read."""
    page = playground.page
    cards = network(page).locator(".react-flow__node")
    expect(cards).to_have_count(5, timeout=PATIENCE)
    page.keyboard.press("f")
    still(cards.last.bounding_box)

    def draw_wire(source: int, target: int) -> None:
        foot = cards.nth(source).locator(".react-flow__handle.source").bounding_box()
        head = cards.nth(target).locator(".react-flow__handle.target").bounding_box()
        assert foot
        assert head
        page.mouse.move(foot["x"] + foot["width"] / 2, foot["y"] + foot["height"] / 2)
        page.mouse.down()
        page.mouse.move(head["x"], head["y"] + 40, steps=6)
        page.mouse.move(head["x"] + head["width"] / 2, head["y"] + head["height"] / 2, steps=4)
        page.mouse.up()

    draw_wire(3, 2)
    expect(page.get_by_text("conv2 cannot read dropout_1.")).to_be_visible()
    draw_wire(0, 2)
    until(lambda: playground.run["spec"]["graph"][4].get("inputs") == ["input"], "conv2 does not read the input")


def inputs_of(playground: Playground, name: str) -> list[str] | None:
    """What a node of the run on the page reads, as it is written."""
    return next(node.get("inputs") for node in playground.run["spec"]["graph"] if node.get("id") == name)


def test_a_state_is_read_by_hand_and_by_keys(playground):
    """The state of the encoder goes to the place `state` of the decoder, and comes there by the keyboard too."""
    page = playground.page
    page.get_by_role("button", name="Experiment: LeNet on digits").click()
    page.get_by_role("menuitem", name="Encoder–decoder", exact=False).filter(has_text="has to fit").click()
    until(lambda: "decoder" in names(playground), "the template is not on the page")
    decoder = network(page).locator('.card-top[data-node="decoder"]')
    decoder.click()
    network(page).get_by_role("button", name="Take input 2 away").click()
    until(lambda: inputs_of(playground, "decoder") in (None, ["target"]), "the state is still read")
    expect(network(page).get_by_text("state", exact=True).and_(network(page).locator(".wire-words b"))).to_have_count(0)

    # By hand, from the second foot of the encoder to the second place at the head of the decoder. The cards below have
    # moved up to the closed one before all is fitted: fitted around the open one it is so small that fields are hidden.
    last = network(page).locator('.react-flow__node[data-id="logits"]')
    low = last.bounding_box()
    page.keyboard.press("Escape")
    expect(decoder).to_have_attribute("aria-expanded", "false")
    until(lambda: low and (now := last.bounding_box()) and now["y"] < low["y"] - 50, "the card does not close")
    page.keyboard.press("f")
    still(last.bounding_box)
    foot = network(page).locator('.react-flow__node[data-id="encoder"] [data-handleid="foot1"]').bounding_box()
    head = network(page).locator('.react-flow__node[data-id="decoder"] [data-handleid="head1"]').bounding_box()
    assert foot
    assert head
    page.mouse.move(foot["x"] + foot["width"] / 2, foot["y"] + foot["height"] / 2)
    page.mouse.down()
    page.mouse.move(head["x"] + 20, head["y"] - 30, steps=6)
    page.mouse.move(head["x"] + head["width"] / 2, head["y"] + head["height"] / 2, steps=4)
    page.mouse.up()
    until(lambda: inputs_of(playground, "decoder") == ["target", "encoder.state"], "the state is not read")
    assert playground.run["check"]["ok"]
    expect(network(page).locator(".wire-words b").filter(has_text="state")).to_have_count(1)

    # By keys: taken back, then added and chosen among what can be read.
    page.keyboard.press("Control+z")
    until(lambda: inputs_of(playground, "decoder") in (None, ["target"]), "the wire was not taken back")
    decoder.focus()
    if decoder.get_attribute("aria-expanded") == "false":
        page.keyboard.press("Enter")
    add = network(page).get_by_role("button", name="Add state")
    add.focus()
    page.keyboard.press("Enter")
    state = network(page).get_by_role("combobox", name="State").or_(network(page).get_by_role("textbox", name="State"))
    expect(state.first).to_be_visible()
    state.first.focus()
    page.keyboard.press("Enter")
    option = page.get_by_role("option", name="encoder, state")
    expect(option).to_be_visible()
    for _ in range(12):
        if option.get_attribute("data-combobox-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(lambda: inputs_of(playground, "decoder") == ["target", "encoder.state"], "the state is not read by keys")


def test_a_box_selects_and_a_cap_moves(playground):
    page = playground.page
    cards = network(page).locator(".react-flow__node")
    expect(cards).to_have_count(5, timeout=PATIENCE)
    page.keyboard.press("f")
    still(cards.last.bounding_box)

    # With Shift, from the free place left of conv1 into conv2.
    first, second = cards.nth(1).bounding_box(), cards.nth(2).bounding_box()
    assert first
    assert second
    page.keyboard.down("Shift")
    page.mouse.move(first["x"] - 8, first["y"] + 4)
    page.mouse.down()
    page.mouse.move(second["x"] + 30, second["y"] + 10, steps=6)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(network(page).locator(".card[data-selected]")).to_have_count(2)
    page.keyboard.press("Escape")

    # The pooling of conv1 goes to the wire in front of conv1.
    pool = names(playground).index("conv1") + 3
    kind = kinds(playground)[pool]
    assert kind == "max_pool2d"
    cap = cards.nth(1).get_by_role("button", name="MaxPool2d")
    cap.drag_to(network(page).get_by_role("button", name="Add a layer here").first, force=True)
    until(lambda: kinds(playground)[0] == "max_pool2d", "the cap did not move")
