"""Vines in market files: what is read, what is written, and what is said of mistakes."""

import pytest

from tranche.errors import DealError
from tranche.files import dump_market, load_market
from tranche.files.market_file import include_market
from tranche.market.terms import Independent, PairCopula, Regime, Vine, VinePair

FACTORS = """\
format: 1
factors:
  rent: {lognormal: {initial: 2, volatility: 30%}}
  btc: {lognormal: {initial: 3, volatility: 60%}}
  eth: {lognormal: {initial: 3, volatility: 70%}}
  power: {lognormal: {initial: 1, volatility: 20%}}
dependence:
"""
CHAIN = """\
  vine:
    rent ~ btc: {clayton: 2}
    btc ~ eth: {t: {correlation: 80%, dof: 4}}
    eth ~ power: {gumbel: {theta: 1.5, rotation: 270}}
    rent ~ eth | btc: {frank: -3}
    btc ~ power | eth: independent
    rent ~ power | btc, eth: {gaussian: 0.2}
"""


def market(tmp_path, text):
    path = tmp_path / "market.yaml"
    path.write_text(FACTORS + text)
    return load_market(path)


def pair(first, second, *given, **copula):
    return VinePair(first=first, second=second, given=given, copula=PairCopula(**copula))


def test_a_vine_is_read_and_written_again(tmp_path):
    found = market(tmp_path, CHAIN)
    assert found.dependence == Vine(
        pairs=(
            pair("rent", "btc", family="clayton", parameter=2.0),
            pair("btc", "eth", family="t", parameter=0.8, dof=4.0),
            pair("eth", "power", family="gumbel", parameter=1.5, rotation=270),
            pair("rent", "eth", "btc", family="frank", parameter=-3.0),
            pair("btc", "power", "eth", family="independent"),
            pair("rent", "power", "btc", "eth", family="gaussian", parameter=0.2),
        )
    )
    path = tmp_path / "again.yaml"
    path.write_text(dump_market(found))
    assert load_market(path) == found
    assert "rent ~ power | btc, eth: {gaussian: 0.2}" in path.read_text()


def test_a_vine_in_stress(tmp_path):
    found = market(tmp_path, "  regime: {probability: 10%, lasts: 6m, stress: {vine: {rent ~ btc: {clayton: 2}}}}\n")
    stress = Vine(pairs=(pair("rent", "btc", family="clayton", parameter=2.0),))
    assert found.dependence == Regime(probability=0.1, lasts=0.5, calm=Independent(), stress=stress)


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("rent ~ btc: {", "rent ~ bct: {", "rent ~ bct", "unknown factor 'bct'; did you mean 'btc'"),
        ("rent ~ btc: {", "rent btc: {", "rent btc", "'rent btc' is not a pair of factors"),
        ("rent ~ btc: {", "btc ~ btc: {", "btc ~ btc", "names a factor twice"),
        ("{clayton: 2}", "{claytn: 2}", "rent ~ btc.claytn", "kind of pair copula 'claytn'; did you mean 'clayton'"),
        ("{clayton: 2}", "{clayton: 0}", "rent ~ btc.clayton", "theta of a clayton pair is 0; write 0.01 to 50"),
        ("{clayton: 2}", "{gumbel: 0.5}", "rent ~ btc.gumbel", "theta of a gumbel pair is 0.5; write 1 to 50"),
        ("{clayton: 2}", "{gaussian: 1}", "rent ~ btc.gaussian", "correlation of a gaussian pair is 1; write -0.9999"),
        ("{clayton: 2}", "{frank: 0}", "rent ~ btc.frank", "theta of a frank pair is 0; write 0.01 or more"),
        ("{clayton: 2}", "{clayton: many}", "rent ~ btc.clayton.theta", "'many'"),
        ("{clayton: 2}", "{clayton: {theta: 2, rotatoin: 180}}", "rent ~ btc.clayton.rotatoin", "mean 'rotation'"),
        ("{clayton: 2}", "{clayton: {theta: 2, rotation: 45}}", "rent ~ btc.clayton", "rotation is 45; 0, 90, 180 or"),
        ("{clayton: 2}", "{clayton: {rotation: 180}}", "rent ~ btc.clayton.theta", "is missing"),
        ("{clayton: 2}", "{frank: {theta: 2, rotation: 90}}", "rent ~ btc.frank.rotation", "unknown key 'rotation'"),
        ("correlation: 80%, dof: 4", "correlation: 80%", "btc ~ eth.t.dof", "is missing"),
        ("correlation: 80%, dof: 4", "correlation: 80%, dof: 0.5", "btc ~ eth.t", "dof of a t pair is 0.5; write 1 to"),
        ("    eth ~ power: {g", "    eth ~ rent: {g", "eth ~ rent", "closes a circle in tree 1"),
        ("    btc ~ power | eth: independent\n", "", "",
         "tree 2 has 1 pair for 3 pairs of tree 1; 2 pairs; it may have btc ~ power | eth"),
        ("    eth ~ power: {gumbel: {theta: 1.5, rotation: 270}}\n", "", "", "tree 1 has 2 pairs for 4 factors"),
        ("rent ~ eth | btc", "rent ~ power | btc", "rent ~ power | btc",
         "joins no two pairs of tree 1 that share a member; did you mean 'btc ~ power | eth'"),
        ("btc ~ power | eth", "eth ~ rent | btc", "eth ~ rent | btc", "is given twice"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path, old, new, where, said):
    text = CHAIN.replace(old, new)
    assert text != CHAIN
    with pytest.raises(DealError) as caught:
        market(tmp_path, text)
    told = [f"{problem.place.path} {problem.what}; {problem.fix}" for problem in caught.value]
    prefix = f"market.dependence.vine{'.' if where else ' '}{where}"
    assert any(one.startswith(prefix) and said in one for one in told), told


def test_a_tree_of_too_few_pairs_is_told(tmp_path):
    with pytest.raises(DealError, match="tree 1 has 2 pairs for 4 factors; 3 pairs"):
        market(tmp_path, "  vine: {rent ~ btc: {clayton: 2}, eth ~ power: {clayton: 2}}\n")


def test_a_vine_of_too_many_factors_is_refused_at_once(tmp_path):
    pairs = "".join(f"    f{k} ~ f{k + 1}: {{clayton: 2}}\n" for k in range(300))
    with pytest.raises(DealError, match="a vine of 301 factors; at most 100"):
        market(tmp_path, f"  vine:\n{pairs}")


def test_a_vine_laid_over_another_takes_its_place_whole(tmp_path):
    """Pairs of two vines, or keys of two families, would make none."""
    (tmp_path / "market.yaml").write_text(FACTORS + CHAIN)
    own = {"dependence": {"vine": {"rent ~ btc": {"gumbel": 2}}}}
    values, _, problems = include_market({"market": {"file": "market.yaml", **own}}, str(tmp_path / "deal.yaml"))
    assert problems == []
    assert values["market"]["dependence"] == own["dependence"]


def test_a_copula_of_another_kind_in_stress_takes_the_place_of_the_files(tmp_path):
    text = "  regime: {probability: 10%, lasts: 6m, stress: {clayton: {theta: 2}}}\n"
    (tmp_path / "market.yaml").write_text(FACTORS + text)
    own = {"dependence": {"regime": {"lasts": "3m", "stress": {"t": {"dof": 4}}}}}
    values, _, _ = include_market({"market": {"file": "market.yaml", **own}}, str(tmp_path / "deal.yaml"))
    regime = values["market"]["dependence"]["regime"]
    assert regime == {"probability": "10%", "lasts": "3m", "stress": {"t": {"dof": 4}}}
