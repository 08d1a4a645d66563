"""The second generator: waveform models with known truth, written apart from the simulated limb; used for acceptance.

Nothing here is taken from `sensor.simulated`. That one integrates a joint with a reflex loop; this one draws the waves
themselves. Its parameters lie in two regions (`regions.toml`): what was looked at while choosing thresholds, and what is
held out.
"""
