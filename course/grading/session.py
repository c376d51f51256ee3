"""The command `grade`: from its arguments to results, and words about them."""

import os
import sys

from course.errors import CourseError
from course.grading.crew import Recorder
from course.grading.folders import Folders
from course.grading.jobs import digest_of, job
from course.grading.journal import Journal
from course.grading.plan import modules_of
from course.grading.seeds import default_path, secret
from course.grading.supervisor import Supervisor, Task
from course.paths import exercises_folder

RESULTS = ".grading"


class Session:
    """One run of `transformer-course grade`.

    Args:
        args: The parsed arguments.
    """

    def __init__(self, args):
        self.args = args
        root = os.path.abspath(args.course)
        own = [args.released] if args.released else [os.path.join(root, "exercises")]
        gradebook = args.gradebook or f"sqlite:///{os.path.join(root, 'gradebook.db')}"
        self.folders = Folders(
            root=root,
            released=tuple(map(os.path.abspath, [*own, str(exercises_folder())])),
            submitted=args.submitted,
            gradebook="" if gradebook == "none" else gradebook,
        )
        self.releases = self.folders.releases(args.unit)
        self.journal = Journal(self.folders.path(RESULTS), args.unit)
        self.settings = {
            "unit": args.unit,
            "releases": self.releases,
            "modules": modules_of(self.releases),
            "secret": secret(args.secret or default_path()).hex(),
            "limits": {},
        }

    def grade(self):
        """Grades what is not graded yet; gives problems to be shown."""
        students, problems = self.folders.students(self.args.unit)
        jobs = self._jobs(students)
        recorder, keep = None, lambda result: None
        if self.folders.gradebook:
            where = vars(self.folders), self.args.unit
            recorder = Recorder(*where, self._not_recorded)
            recorder.write_missing()
            keep = recorder.write
        warm = {
            "level": "limits" if self.args.trust else self.args.isolation,
            "worker": self.settings,
            "cold": self.args.cold,
        }
        how = (warm, self.journal, self.args.jobs, keep, _tell)
        if self.args.cluster:
            from course.grading.cluster import Cluster

            run = Cluster(self.args.cluster, *how)
        else:
            run = Supervisor(*how)
        if jobs:
            run.run(jobs, self._load)
        if recorder:
            problems += recorder.finish()
        return problems

    def _load(self, task):
        where = (self.folders, self.args.unit, task.student, task.notebook)
        return job(*where, task.only)

    def _not_recorded(self):
        """Results that are in the journal alone: an earlier run or a writer died."""
        for path, result in self.journal.results():
            recorded = self.folders.autograded(result)
            missing = not os.path.exists(recorded)
            if missing or os.path.getmtime(recorded) < os.path.getmtime(path):
                yield result

    def _jobs(self, students):
        wanted = set(self.args.student)
        unknown = wanted - set(students)
        if unknown:
            raise CourseError(f"no submission of {', '.join(sorted(unknown))}")
        jobs = []
        for student in students:
            if wanted and student not in wanted:
                continue
            for notebook, releases in self.releases.items():
                one = job(self.folders, self.args.unit, student, notebook)
                digest = digest_of(one, releases)
                older, known = self.journal.read(notebook, student)
                if self.args.force or self.args.exercise or known != digest:
                    only = self.args.exercise if older else ()
                    names = [name.replace(".", "-") for name in only]
                    jobs.append(Task(student, notebook, names, digest))
        return jobs


def _tell(done, count, seconds):
    left = seconds / done * (count - done)
    line = f"{done}/{count} graded in {seconds:.0f} s, about {left:.0f} s left"
    end = "\n" if done == count or not sys.stderr.isatty() else "\r"
    print(line.ljust(60), end=end, file=sys.stderr, flush=True)
