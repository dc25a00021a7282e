"""The demo shop: products, briefs and drafts of our own writing, and how they get in."""
