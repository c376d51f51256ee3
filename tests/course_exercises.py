"""The exercises of the course, without those that other tests make up."""

import course
from course.paths import repository, units_of

EXERCISES = {
    name: exercise
    for name, exercise in course.exercises().items()
    if exercise.unit in units_of(repository())
}
