"""The best sharing of stocks: held against trying every plan, against OR-Tools, and against what fairness promises."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from callcare.matching.rules import flow, sharing, sharing_said
from callcare.matching.rules.flow import Network
from callcare.matching.rules.sharing import NO_FAIRNESS, Fairness, Question, Stock, Want

A, B = 101, 102


@st.composite
def questions(draw, *, stocks=2, wants=3, most=3, with_minimums=True):
    """Few enough for every plan to be tried."""
    some = [Stock(key, draw(st.integers(0, most))) for key in range(draw(st.integers(1, stocks)))]
    asked = [
        Want(
            100 + number, draw(st.integers(1, most)), draw(st.integers(1, 3)) if with_minimums else 1,
            draw(st.sampled_from(["Nord", "Somme"])), (draw(st.integers(0, 4)),),
        )
        for number in range(draw(st.integers(1, wants)))
    ]  # fmt: skip
    pairs = [(stock.key, want.key) for stock in some for want in asked]
    values = {pair: draw(st.integers(1, 100)) for pair in pairs if draw(st.integers(0, 4))}
    fairness = draw(st.sampled_from([NO_FAIRNESS, Fairness(3, 50), Fairness(10, 100)]))
    return Question(some, asked, values, fairness, flow.by_shortest_paths)


def is_allowed(question, shares):
    """No stock exceeded, nobody over what she asks, nobody under her minimum."""
    taken = {stock.key: 0 for stock in question.stocks}
    got = {want.key: 0 for want in question.wants}
    for (stock, want), quantity in shares.items():
        taken[stock] += quantity
        got[want] += quantity
    return all(taken[stock.key] <= stock.free for stock in question.stocks) and all(
        got[want.key] == 0 or want.least <= got[want.key] <= want.open for want in question.wants
    )


def aim(question, shares):
    """What the rule makes as large as it can, written again in plain words: values, and what is fair."""
    where = {want.key: want.territory for want in question.wants}
    total = 0
    for territory in set(where.values()):
        asked = sum(want.open for want in question.wants if want.territory == territory)
        got = sum(quantity for (_, want), quantity in shares.items() if where[want] == territory)
        for room, worth in question.fairness.steps(asked):
            total += min(room, got) * worth
            got -= min(room, got)
    return total + sum(question.values[pair] * quantity for pair, quantity in shares.items())


def all_plans(question):
    pairs = list(question.values)
    free = {stock.key: stock.free for stock in question.stocks}
    asked = {want.key: want.open for want in question.wants}
    for quantities in product(*[range(min(free[stock], asked[want]) + 1) for stock, want in pairs]):
        shares = {pair: quantity for pair, quantity in zip(pairs, quantities, strict=True) if quantity}
        if is_allowed(question, shares):
            yield shares


@given(questions())
@settings(max_examples=120)
def test_no_plan_that_keeps_the_rules_is_worth_more(question):
    plan = sharing.share(question)
    assert is_allowed(question, plan.shares)
    assert aim(question, plan.shares) == max(aim(question, shares) for shares in all_plans(question))
    assert plan.value == sharing.value(question, plan.shares)
    assert plan.left == {
        stock.key: stock.free - sum(q for (of, _), q in plan.shares.items() if of == stock.key)
        for stock in question.stocks
    }


@given(questions())
@settings(max_examples=60)
def test_no_plan_at_all_is_worth_more_than_the_bound(question):
    bare = replace(question, wants=[replace(want, minimum=1) for want in question.wants])
    assert sharing.bound(question) == max(sharing.value(question, shares) for shares in all_plans(bare))


@given(questions(stocks=1, wants=4))
@settings(max_examples=60)
def test_what_the_operator_decided_stays_and_the_rest_is_the_best(question):
    first = question.wants[0]
    pair = (0, first.key)
    if pair not in question.values:
        return
    decided = {pair: min(question.stocks[0].free, first.open)}
    plan = sharing.share(question, fixed=decided)
    assert plan.shares.get(pair, 0) == decided[pair]
    same = (s for s in all_plans_with(question, decided))
    assert aim(question, plan.shares) == max(aim(question, shares) for shares in same)


def all_plans_with(question, decided):
    """Plans in which these pairs get exactly that; what was decided may be under a minimum."""
    free_hand = [replace(w, minimum=1) if (0, w.key) in decided else w for w in question.wants]
    for shares in all_plans(replace(question, wants=free_hand)):
        if all(shares.get(pair, 0) == quantity for pair, quantity in decided.items()):
            yield shares


@st.composite
def networks(draw):
    nodes = draw(st.integers(2, 6))
    network = Network()
    for _ in range(draw(st.integers(1, 12))):
        tail = draw(st.integers(0, nodes - 2))
        network.arc(tail, draw(st.integers(tail + 1, nodes - 1)), draw(st.integers(0, 5)), draw(st.integers(-9, 6)))
    network.arc(0, nodes - 1, 0, 0)
    return network


def is_flow(network, flows):
    balance = [0] * network.nodes
    for tail, head, flow_ in zip(network.tails, network.heads, flows, strict=True):
        balance[tail] -= flow_
        balance[head] += flow_
    within = all(0 <= f <= c for f, c in zip(flows, network.capacities, strict=True))
    return within and not any(balance[1:-1])


@given(networks())
@settings(max_examples=200)
def test_ours_and_or_tools_find_the_same_total(network):
    pytest.importorskip("ortools")
    ours = flow.by_shortest_paths(network)(network.capacities)
    theirs = flow.with_ortools(network)(network.capacities)
    assert is_flow(network, ours)
    assert is_flow(network, theirs)
    assert network.cost(ours) == network.cost(theirs)


def greedy(network):
    """A solver that does not look twice: along the first path that pays, never taking anything back."""
    ways = [[arc for arc, tail in enumerate(network.tails) if tail == node] for node in range(network.nodes)]

    def run(capacities):
        flows = [0] * len(network.tails)

        def walk(node, path):
            if node == network.nodes - 1:
                room = min(capacities[arc] - flows[arc] for arc in path)
                if room > 0 and sum(network.costs[arc] for arc in path) < 0:
                    for arc in path:
                        flows[arc] += room
                return
            for arc in ways[node]:
                walk(network.heads[arc], [*path, arc])

        walk(0, [])
        return flows

    return run


def test_a_solver_that_does_not_look_twice_would_be_found_out():
    """Negative control of the two tests above: a plan that keeps every rule and is not the best."""
    stocks, wants = [Stock(0, 1), Stock(1, 1)], [Want(A, 1), Want(B, 1)]
    question = Question(stocks, wants, {(0, A): 90, (0, B): 85, (1, A): 80}, NO_FAIRNESS, greedy)
    poor, best = sharing.share(question), sharing.share(replace(question, solver=flow.by_shortest_paths))
    assert is_allowed(question, poor.shares)
    assert (poor.value, best.value, best.bound) == (90, 165, 165)


def test_the_price_of_one_more_unit_is_what_it_really_brings():
    """The dual value, held against sharing one unit more."""
    wants = [Want(A, 3, territory="Nord"), Want(B, 5, territory="Somme")]
    for fairness in (NO_FAIRNESS, Fairness(4, 200)):
        question = Question([Stock(0, 4)], wants, {(0, A): 700, (0, B): 650}, fairness)
        plan, more = sharing.share(question), sharing.share(replace(question, stocks=[Stock(0, 5)]))
        assert plan.prices[0] == aim(question, more.shares) - aim(question, plan.shares)


def test_two_lines_under_their_minimum_are_not_both_left_out():
    """Five units for two lines that need five each: dropping both would waste them all."""
    wants = [Want(A, 5, 5), Want(B, 5, 5)]
    plan = sharing.share(Question([Stock(0, 5)], wants, {(0, A): 60, (0, B): 61}, Fairness(5, 90)))
    assert plan.shares == {(0, B): 5}


@pytest.mark.parametrize("strength", [0, 50, 100, 200, 400])
def test_the_fairer_the_rule_the_more_the_poorest_territory_gets(strength):
    """Fairness only ever raises who has least, and what it costs is told by the gap."""
    wants = [Want(100 + n, 4, territory="Nord" if n % 3 else "Somme") for n in range(12)]
    values = {(0, want.key): 700 if want.territory == "Nord" else 610 for want in wants}

    def poorest(fairness):
        question = Question([Stock(0, 30)], wants, values, fairness)
        plan = sharing.share(question)
        return min(sharing.filled(question, plan.shares).values()), plan.gap

    (less, cheap), (more, dear) = poorest(Fairness(10, strength)), poorest(Fairness(10, strength + 100))
    assert more >= less
    assert dear >= cheap
    assert poorest(Fairness(10, 0)) == (0.0, 0.0)
    assert poorest(Fairness(10, 500))[0] >= 0.5


def test_first_come_first_served_serves_in_their_turn_and_respects_minimums():
    wants = [Want(A, 6, 4, since=(2,)), Want(B, 5, since=(1,))]
    question = Question([Stock(0, 8)], wants, {(0, A): 90, (0, B): 30})
    assert sharing.in_turn(question) == {(0, B): 5}
    assert sharing.share(question).shares == {(0, A): 6, (0, B): 2}


def test_every_share_says_why():
    names = {A: "Atelier du Canal", B: "Le Fil", 103: "Relais", 104: "Cité"}
    wants = [Want(A, 4), Want(B, 6), Want(103, 3), Want(104, 9, 9)]
    values = {(0, A): 800, (0, B): 700, (0, 103): 600, (0, 104): 750}
    question = Question([Stock(0, 8)], wants, values, NO_FAIRNESS)
    plan = sharing.share(question)
    assert sharing_said.why(question, plan, names=names) == {
        A: "tout ce qui est demandé",
        B: "sa part : le stock s’arrête là",
        103: "une unité vaut plus à Le Fil : 70,0 points contre 60,0",
        104: "écarté : sous son minimum de 9",
    }
    assert sharing_said.one_more(plan, 0, names=names) == (
        "Une unité de plus servirait Le Fil (elle y vaudrait 70,0 points)."
    )
    rest = sharing.share(replace(question, stocks=[Stock(0, 40)]))
    assert sharing_said.one_more(rest, 0, names=names) == (
        "Une unité de plus ne servirait à personne : il en reste déjà."
    )


def test_a_regional_stock_is_shared_in_the_time_of_a_breath():
    """Three hundred lines of five départements: counted in steps, since a machine may be busy."""
    wants = [Want(100 + n, 2 + n * 7 % 29, 1 + n % 5, f"dép. {n % 5}", (n,)) for n in range(300)]
    asked = []

    def counted(network):
        run = flow.by_shortest_paths(network)

        def once(capacities):
            asked.append(len(capacities))
            return run(capacities)

        return once

    values = {(0, want.key): 300 + want.key * 37 % 600 for want in wants}
    plan = sharing.share(Question([Stock(0, 600)], wants, values, Fairness(), counted))
    assert sum(plan.shares.values()) == 600
    assert len(asked) <= 27  # plans tried, and the bound
    assert plan.gap < 0.01
