"""What every test has."""

from hypothesis import settings

# A loaded machine is slow, not wrong; and a run leaves nothing behind in the checkout.
settings.register_profile("faxapi", deadline=None, database=None)
settings.load_profile("faxapi")
