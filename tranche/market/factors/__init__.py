"""The factors of a market, one file each: their terms and their dynamics."""

from .basis import Basis
from .coin import Coin
from .factor import Factor
from .hashprice import Hashprice
from .hashrate import Hashrate
from .lognormal import Lognormal
from .power import Power
from .refinancing import Refinancing
from .release import Release
from .rent import Jump, Rent
from .resale import Resale
from .reverting import Reverting
from .short_rate import ShortRate
from .tenant import Tenant
from .tenants import Tenants
from .utilisation import Utilisation

KINDS: dict[str, type] = {
    "lognormal": Lognormal, "reverting": Reverting, "rent": Rent, "release": Release, "basis": Basis, "resale": Resale,
    "coin": Coin, "hashrate": Hashrate, "hashprice": Hashprice, "utilisation": Utilisation, "power": Power,
    "short_rate": ShortRate, "tenant": Tenant, "tenants": Tenants, "refinancing": Refinancing,
}  # fmt: skip
"""What a market file calls each kind."""

__all__ = [
    "KINDS", "Basis", "Coin", "Factor", "Hashprice", "Hashrate", "Jump", "Lognormal", "Power", "Refinancing", "Release",
    "Rent", "Resale", "Reverting", "ShortRate", "Tenant", "Tenants", "Utilisation",
]  # fmt: skip
