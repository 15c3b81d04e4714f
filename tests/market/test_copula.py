"""Correlations: assembly, root, and what is said when they contradict each other."""

import numpy as np
import pytest

from tranche.errors import DealError, Invalid
from tranche.market.dependence.correlation import correlation_matrix, mixing_matrix
from tranche.market.scenario import scenario

NAMES = ("rent", "btc", "eth", "power")


def test_pairs_not_named_are_zero_and_order_follows_the_names():
    matrix = correlation_matrix((("eth", "btc", 0.8), ("rent", "eth", -0.2)), NAMES)
    expected = np.eye(4)
    expected[1, 2] = expected[2, 1] = 0.8
    expected[0, 2] = expected[2, 0] = -0.2
    assert np.array_equal(matrix, expected)


def test_root_times_its_transpose_is_the_matrix():
    copula = (("rent", "btc", 0.5), ("btc", "eth", 0.9), ("rent", "eth", 0.3), ("eth", "power", -0.4))
    root = mixing_matrix(copula, NAMES)
    assert root @ root.T == pytest.approx(correlation_matrix(copula, NAMES), abs=1e-15)
    assert np.array_equal(root, np.tril(root))
    assert np.array_equal(root[0], [1, 0, 0, 0])


def test_a_correlation_of_one_is_possible():
    root = mixing_matrix(
        (("rent", "btc", 1.0), ("rent", "eth", -1.0), ("btc", "eth", -1.0)), NAMES
    )
    assert np.array_equal(root[:3], [[1, 0, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0]])


def test_contradiction_names_its_entries_only_and_the_remedy_works():
    bad = (("rent", "btc", 0.9), ("btc", "eth", 0.9), ("rent", "eth", -0.5), ("rent", "power", 0.1))
    with pytest.raises(Invalid) as caught:
        mixing_matrix(bad, NAMES)
    for entry in ("rent ~ btc: 0.9", "btc ~ eth: 0.9", "rent ~ eth: -0.5"):
        assert entry in caught.value.what
    assert "power" not in caught.value.what
    share = float(caught.value.fix.split(" times ")[1].split()[0])
    mixing_matrix(tuple((a, b, share * r) for a, b, r in bad[:3]), NAMES)
    with pytest.raises(Invalid):
        mixing_matrix(tuple((a, b, (share + 0.02) * r) for a, b, r in bad[:3]), NAMES)


def test_near_one_but_impossible_is_refused():
    with pytest.raises(Invalid, match="cannot hold together"):
        mixing_matrix(
            (("rent", "btc", 1.0), ("rent", "eth", 0.5), ("btc", "eth", 0.4)), NAMES
        )


def test_in_a_market_it_is_an_error_of_the_deal_with_its_place(correlated, times):
    bad = correlated(("rent", "btc", 0.9), ("btc", "utilisation", 0.9), ("rent", "utilisation", -0.9))
    with pytest.raises(DealError, match="cannot hold together") as caught:
        scenario(bad, times, seed=0)
    assert [problem.place.path for problem in caught.value] == ["market.dependence.gaussian"]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ((("rent", "bct", 0.1),), "'bct'; did you mean 'btc'"),
        ((("rent", "rent", 1.0),), "rent with itself"),
        ((("rent", "btc", 0.1), ("btc", "rent", 0.1)), "stated twice"),
        ((("rent", "btc", 1.2),), "is 1.2; a number from -1 to 1"),
        ((("rent", "btc", float("nan")),), "is nan"),
    ],
)
def test_entries_that_mean_nothing(pairs, message):
    with pytest.raises(Invalid, match=message):
        correlation_matrix(pairs, NAMES)
