"""Say what this machine can do for grading, and what that protects against."""


def add_arguments(parser):
    parser.set_defaults()


def run(args):
    from course.grading.run.doctor import examine

    for heading, lines in examine():
        print(heading)
        for line in lines:
            print(f"  {line}")
    return 0
