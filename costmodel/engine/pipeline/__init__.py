"""The stages between demand and the ledger: what the strategies of a variant do to turns."""
