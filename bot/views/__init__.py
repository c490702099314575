"""Papers and answers become cards: all wording lives in this room. Pure; knows no platform. `today` is always an argument."""
