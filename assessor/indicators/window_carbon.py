"""Carbon dioxide of the electricity drawn in the sampled window, in kg: kWh times one named factor.

By location: in Shanghai the provincial factor of 2023, elsewhere the national mean of 2023, each as in the set of
that name of the framework `green-profile`, status secondary. Another purpose needs another set (that of Shanghai's
carbon market is 0.42); the framework holds them all. The factors are of CO₂ alone.
"""

from assessor.domain import MeasuredIn, Measurement, Plant, Scope
from assessor.indicators.seen import Seen
from assessor.indicators.window_energy import Factor, electricity

UNIT: MeasuredIn = "kgco2e"
AREA = "energy"


SHANGHAI = Factor("shanghai-2023", "0.5737")
NATIONAL = Factor("national-2023", "0.5306")


def factor(scope: Scope) -> Factor:
    """The one of the place where the plant stands."""
    return of_place(scope.plant)


def of_place(plant: Plant) -> Factor:
    """Without a place in Shanghai that of the country."""
    district = plant.district
    here = district is not None and ("上海" in district.zh or "shanghai" in district.en.lower())
    return SHANGHAI if here else NATIONAL


def measure(seen: Seen) -> Measurement:
    taken = factor(seen.scope)
    return electricity(seen, "window_carbon", UNIT, taken)
