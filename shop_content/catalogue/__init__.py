"""Product records, their facts and the content that is live on them; files in and out."""
