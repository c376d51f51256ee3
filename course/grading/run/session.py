"""The command `grade`: from its arguments to results, and words about them."""

import os
import sys

from course.errors import CourseError
from course.grading.run.folders import Folders
from course.grading.run.jobs import digest_of, job
from course.grading.run.journal import Journal
from course.grading.run.processes import Recorder
from course.grading.run.secret import default_path, secret
from course.grading.run.settings import settings
from course.grading.run.supervisor import Supervisor, Task
from course.paths import exercises_folder

RESULTS = ".grading"


class Session:
    """One run of `transformer-course grade`.

    Args:
        options: An `Options`.
    """

    def __init__(self, options):
        self.options = options
        root = os.path.abspath(options.course)
        released = options.released or os.path.join(root, "exercises")
        database = f"sqlite:///{os.path.join(root, 'gradebook.db')}"
        gradebook = options.gradebook or database
        self.folders = Folders(
            root=root,
            released=(os.path.abspath(released), str(exercises_folder())),
            submitted=options.submitted,
            gradebook="" if gradebook == "none" else gradebook,
        )
        self.releases = self.folders.releases(options.unit)
        self.journal = Journal(self.folders.path(RESULTS), options.unit)
        self.settings = settings(
            options.unit,
            self.releases,
            secret(options.secret or default_path()),
            level="limits" if options.trust else options.isolation,
            cold=options.cold,
        )

    def grade(self):
        """Grades what is not graded yet; gives problems to be shown."""
        students, problems = self.folders.students(self.options.unit)
        jobs = self._jobs(students)
        recorder, keep = None, lambda result: None
        if self.folders.gradebook:
            where = vars(self.folders), self.options.unit
            recorder = Recorder(*where, self._not_recorded)
            recorder.write_missing()
            keep = recorder.write
        how = (self.settings, self.journal, self.options.jobs, keep, _tell)
        if self.options.cluster:
            from course.grading.run.cluster import Cluster

            run = Cluster(self.options.cluster, *how)
        else:
            run = Supervisor(*how)
        if jobs:
            run.run(jobs, self._load)
        if recorder:
            problems += recorder.finish()
        return problems

    def _load(self, task):
        where = (self.folders, self.options.unit, task.student, task.notebook)
        return job(*where, task.only)

    def _not_recorded(self):
        """Results that are in the journal alone: an earlier run or a writer died."""
        for path, result in self.journal.results():
            recorded = self.folders.autograded(result)
            missing = not os.path.exists(recorded)
            if missing or os.path.getmtime(recorded) < os.path.getmtime(path):
                yield result

    def _jobs(self, students):
        wanted = set(self.options.students)
        unknown = wanted - set(students)
        if unknown:
            raise CourseError(f"no submission of {', '.join(sorted(unknown))}")
        jobs = []
        for student in students:
            if wanted and student not in wanted:
                continue
            for notebook, releases in self.releases.items():
                one = job(self.folders, self.options.unit, student, notebook)
                digest = digest_of(one, releases)
                older, known = self.journal.read(notebook, student)
                if self.options.force or self.options.exercises or known != digest:
                    only = self.options.exercises if older else ()
                    names = [name.replace(".", "-") for name in only]
                    jobs.append(Task(student, notebook, names, digest))
        return jobs


def _tell(done, count, seconds):
    left = seconds / done * (count - done)
    line = f"{done}/{count} graded in {seconds:.0f} s, about {left:.0f} s left"
    end = "\n" if done == count or not sys.stderr.isatty() else "\r"
    print(line.ljust(60), end=end, file=sys.stderr, flush=True)
