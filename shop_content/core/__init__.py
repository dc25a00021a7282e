"""What every stage may use: base models, fingerprints, paging. No word of the domain."""
