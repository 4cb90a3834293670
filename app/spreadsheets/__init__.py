"""CSV and XLSX: read and written in bounded memory."""
