"""Say what this machine can do for grading, and what that protects against."""


def add_arguments(parser):
    parser.set_defaults()


def run(args):
    from course.grading.run.doctor import examine
    from course.telling import tell, translate

    for heading, lines in examine():
        tell(heading)
        for line in lines:
            print(f"  {translate(line)}")
    return 0
