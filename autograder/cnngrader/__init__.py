"""What staff run: author, release, collect, grade and give feedback. Never imports TensorFlow."""

import sys

# jsonschema, which checks notebooks, would build a grammar of international URIs at every import, for a second
# and a half; notebooks have none, and jsonschema does without where the package is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
