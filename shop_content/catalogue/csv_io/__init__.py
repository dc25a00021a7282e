"""CSV in and out, without a database: files of shops as product records, and back."""
