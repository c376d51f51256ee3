"""The command `grade`: from its arguments to results, and words about them."""

import os
import sys

from course.errors import CourseError
from course.grading.crew import Recorder
from course.grading.fault import Fault
from course.grading.folders import Folders
from course.grading.intake import read_submission
from course.grading.journal import VERSION, Journal, digest
from course.grading.rebuild import role
from course.grading.seeds import default_path, secret
from course.grading.supervisor import Supervisor
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
            "folders": vars(self.folders),
            "unit": args.unit,
            "secret": secret(args.secret or default_path()).hex(),
            "limits": {},
        }

    def grade(self):
        """Grades what is not graded yet; gives problems to be shown."""
        students, problems = self.folders.students(self.args.unit)
        jobs = self._jobs(students)
        recorder = None
        if self.folders.gradebook:
            recorder = Recorder(vars(self.folders), self.args.unit)
        keep = recorder.write if recorder else (lambda result: None)
        for result in self._not_recorded() if recorder else ():
            recorder.write(result)
        warm = {
            "level": "limits" if self.args.trust else self.args.isolation,
            "worker": self.settings,
        }
        run = Supervisor(warm, self.journal, self.args.jobs, keep, _tell)
        if jobs:
            run.run(jobs)
        if recorder:
            problems += recorder.finish()
        return problems

    def _not_recorded(self):
        """Results that an earlier run left in the journal alone."""
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
                job = self._job(student, notebook, releases)
                older, known = self.journal.read(notebook, student)
                if older is None:
                    job["only"] = []
                if self.args.force or self.args.exercise or known != job["digest"]:
                    jobs.append(job)
        return jobs

    def _job(self, student, notebook, releases):
        try:
            where = self.folders.path(self.folders.submitted)
            text, _ = read_submission(where, student, self.args.unit, notebook)
        except Fault as fault:
            text = fault.reason
        points = {
            cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"][
                "points"
            ]
            for cell in next(iter(releases.values()))["cells"]
            if role(cell) == "check"
        }
        return {
            "student": student,
            "unit": self.args.unit,
            "notebook": notebook,
            "only": [name.replace(".", "-") for name in self.args.exercise],
            "points": points,
            "digest": digest(text, str(releases), VERSION),
        }


def _tell(done, count, seconds):
    left = seconds / done * (count - done)
    line = f"{done}/{count} graded in {seconds:.0f} s, about {left:.0f} s left"
    end = "\n" if done == count or not sys.stderr.isatty() else "\r"
    print(line.ljust(60), end=end, file=sys.stderr, flush=True)
