"""nbgrader's penalty for what was handed in late, as the course's nbgrader_config.py sets it."""

import sys
from typing import Protocol

from nbgrader.preprocessors import AssignLatePenalties

from cnngrader.course import CONFIG_NAME, Course
from cnngrader.errors import AuthorError


class Scored(Protocol):
    """A notebook, as far as a plugin is told of it."""

    @property
    def score(self) -> float: ...


class LatePenalty:
    """The plugin of `c.AssignLatePenalties.plugin_class`, which may lie beside the configuration."""

    def __init__(self, course: Course):
        self.course = course
        sys.path.append(str(course.home))
        try:
            self._rules = AssignLatePenalties(config=course.config())
            self._rules.init_plugin()
        except Exception as error:  # the course's own program
            raise self._fault(error) from None
        finally:
            sys.path.remove(str(course.home))

    def of(self, student: str, notebook: Scored, seconds_late: float) -> float | None:
        """What nbgrader would take off. notebook: with its `score`. Raises AuthorError for a plugin that fails."""
        try:
            penalty = self._rules.plugin_inst.late_submission_penalty(student, notebook.score, seconds_late)
            return None if penalty is None else float(self._rules._check_late_penalty(notebook, penalty))
        except Exception as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> AuthorError:
        return AuthorError(
            f"{self.course.home / CONFIG_NAME}: the late penalty's plugin fails: {type(error).__name__}: {error}"
        )
