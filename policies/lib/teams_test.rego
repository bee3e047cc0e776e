package tests.lib.teams

import data.lib.samples
import data.lib.teams

test_every_one_is_a_type if count(teams.runs - {type | some type in samples.types}) == 0
