"""Who handed in nearly the same: the page that `cnnkit similar` writes, and the form that has it written."""

import asyncio
from datetime import UTC, datetime

from cnngrader.serving.handler import LINKED, Handler
from cnngrader.similar.handed_in_class import HandedInClass
from cnngrader.similar.write_similar import write_similar


class SimilarView(Handler):
    def get(self, id: str) -> None:
        assignment = self.assignment(id)
        page = HandedInClass.of(self.course, assignment).page
        made = datetime.fromtimestamp(page.stat().st_mtime, UTC) if page.is_file() else None
        self.show("similar_view.html.j2", assignment=assignment, made=made)

    async def post(self, id: str) -> None:
        """Compare anew, meanwhile others are answered."""
        assignment = self.assignment(id)
        await asyncio.to_thread(write_similar, HandedInClass.of(self.course, assignment))
        self.redirect(f"/assignment/{assignment.id}/similar", status=303)


class SimilarPage(Handler):
    def get(self, id: str) -> None:
        page = HandedInClass.of(self.course, self.assignment(id)).page
        self.enclose(page.read_text(encoding="utf-8"), LINKED)
