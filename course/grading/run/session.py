"""The command `grade`: from its arguments to results, and words about them."""

import contextlib
import difflib
import os
import sys

from course.errors import CourseError
from course.grading.run.folders import NO_GRADEBOOK, Folders
from course.grading.run.jobs import digests_of, job, points_of
from course.grading.run.journal import Journal
from course.grading.run.plan import Plan
from course.grading.run.processes import Recorder
from course.grading.run.secret import default_path, secret
from course.grading.run.settings import refuse_readable, settings
from course.grading.run.sources import Sources
from course.grading.run.supervisor import Supervisor
from course.paths import exercises_folder
from course.telling import tell, translate

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
        self.folders = Folders(
            root=root,
            released=(os.path.abspath(released), str(exercises_folder())),
            submitted=options.submitted,
            gradebook=options.gradebook,
        )
        self.releases = self.folders.releases(options.unit)
        self.journal = Journal(self.folders.path(RESULTS), options.unit)
        self.recorder: Recorder | None = None
        secret_path = options.secret or default_path()
        if not options.trust:
            refuse_readable(root, secret_path)
        self.settings = settings(
            options.unit,
            self.releases,
            secret(secret_path),
            level="limits" if options.trust else options.isolation,
            cold=options.cold,
        )

    def grade(self):
        """Grades what is not graded yet; gives problems to be shown."""
        with contextlib.closing(self._supervisor()) as run:
            run.begin()  # seconds, in which the class is read
            return self._grade(run)

    def _supervisor(self):
        how = (self.settings, self.journal, self.options.jobs, self._keep, _tell)
        if self.options.cluster:
            from course.grading.run.cluster import Cluster

            return Cluster(self.options.cluster, *how)
        return Supervisor(*how)

    def _grade(self, run):
        students, problems = self.folders.students(self.options.unit)
        plan = self._plan(students)
        for line in plan.lines():
            tell(line, file=sys.stderr)
        if self.folders.gradebook != NO_GRADEBOOK:
            where = vars(self.folders), self.options.unit, self.journal.root
            self.recorder = Recorder(*where, self._not_recorded)
            self.recorder.write_missing()
        if plan.tasks:
            run.run(plan.tasks, self._load)
        if self.recorder:
            more, notes = self.recorder.finish()
            problems += more
            for note in notes:
                tell(note, file=sys.stderr)
        return problems

    def _keep(self, result):
        if self.recorder:
            self.recorder.write(result)

    def _load(self, task):
        where = (self.folders, self.options.unit, task.student, task.notebook)
        return job(*where, task.only)

    def _not_recorded(self):
        """Results that are in the journal alone: an earlier run or a writer died."""
        for path, result in self.journal.results():
            recorded = self.folders.notebook_of(result)
            missing = not os.path.exists(recorded)
            if missing or os.path.getmtime(recorded) < os.path.getmtime(path):
                yield result

    def _plan(self, students):
        wanted = _find_known("student", self.options.students, students)
        asked = None
        if self.options.exercises:
            asked = self._grade_ids()
        elif self.options.force:
            asked = ()
        sources, plan = Sources(), Plan()
        for student in wanted or students:
            for notebook, releases in self.releases.items():
                here = points_of(releases)
                mine = asked and [name for name in asked if name in here]
                one = job(self.folders, self.options.unit, student, notebook)
                current = digests_of(one, releases, sources)
                _, known = self.journal.read(notebook, student)
                if asked and not mine and known is not None:
                    continue  # none of the exercises asked for is in this notebook
                plan.add(student, notebook, known, current, mine)
        return plan

    def _grade_ids(self):
        """Of the exercises that were asked for, by name or by grade_id."""
        names = {
            grade_id.replace("-", ".", 1): grade_id
            for releases in self.releases.values()
            for grade_id in points_of(releases)
        }
        asked = [name.replace("-", ".", 1) for name in self.options.exercises]
        return [names[name] for name in _find_known("exercise", asked, names)]


def _find_known(kind, names, known):
    """The names as they were given.

    Raises:
        CourseError: One of them does not exist.
    """
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"; did you mean {close[0]}?" if close else "."
            some = ", ".join(list(known)[:20])
            raise CourseError(f"no {kind} {name!r}{hint} There are: {some}")
    return list(names)


def _tell(done, count, seconds):
    left = seconds / done * (count - done)
    line = f"{done}/{count} graded in {seconds:.0f} s, about {left:.0f} s left"
    end = "\n" if done == count or not sys.stderr.isatty() else "\r"
    print(translate(line).ljust(60), end=end, file=sys.stderr, flush=True)
