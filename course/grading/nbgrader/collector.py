"""`nbgrader zip_collect` where one odd file must not stop a class's hand-ins.

c.ZipCollectApp.extractor_plugin = "course.grading.nbgrader.collector.PlatformExtractor"
c.ZipCollectApp.collector_plugin = "course.grading.nbgrader.collector.PlatformCollector"
"""

import os
import shutil
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import unzip
from traitlets import Unicode

from course.grading.run.intake import check_name
from course.notebooks.fault import Fault


class PlatformExtractor(ExtractorPlugin):
    """Opens the platform's zip alone: one that a learner handed in stays closed here.

    Grading opens it within bounds; nbgrader's own extractor opens any zip in a zip,
    and stops at the first that is damaged.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        for folder, _, names in os.walk(archive_path):
            target = os.path.normpath(
                os.path.join(extracted_path, os.path.relpath(folder, archive_path))
            )
            os.makedirs(target, exist_ok=True)
            for name in sorted(names):
                path = os.path.join(folder, name)
                if os.path.splitext(name)[1] in self.zip_ext:
                    unzip(path, target, self.zip_ext, create_own_folder=True)
                else:
                    shutil.copy(path, target)


class PlatformCollector(FileNameCollectorPlugin):
    """nbgrader's own collector by `named_regexp`, with what would stop it mended.

    Two files of one name (from two folders) are both kept, the second as "name (2)";
    a time is read as the platform writes it, and left out if it is none; a student
    whose name cannot be a folder's is skipped and said.
    """

    timezone = Unicode(
        "UTC", help="in which the platform writes times, such as Europe/Madrid"
    ).tag(config=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._seen: Counter = Counter()

    def collect(self, submitted_file: str):
        found = super().collect(submitted_file)
        if not found:
            return None
        try:
            student = check_name(found["student_id"])
            check_name(found["file_id"])
        except Fault as fault:
            self.log.warning("Skipped %r: %s", submitted_file, fault.message)
            return None
        if "timestamp" in found:
            found["timestamp"] = self._time(found["timestamp"])
        if found.get("timestamp") is None:  # nbgrader keeps the later one of two times
            found.pop("timestamp", None)
            self._seen[student, found["file_id"]] += 1
            count = self._seen[student, found["file_id"]]
            if count > 1:
                stem, suffix = os.path.splitext(found["file_id"])
                found["file_id"] = f"{stem} ({count}){suffix}"
        return found

    def _time(self, text: str) -> str | None:
        """As nbgrader reads it, in UTC: it takes "09-30" of a day for an offset."""
        try:
            when = datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
            local = when.replace(tzinfo=ZoneInfo(self.timezone))
            return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S UTC")
        except (ValueError, OverflowError, KeyError):
            self.log.warning("%r is no time; collected without one", text)
            return None
