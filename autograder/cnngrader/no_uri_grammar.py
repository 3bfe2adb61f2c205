"""To be imported first where a process is ours alone: jsonschema, which checks notebooks, would build a grammar of
international URIs, for a second and a half; notebooks have none, and it does without where the package is missing."""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
