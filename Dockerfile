# One learner's server of a JupyterHub, the course in it:
#   docker build --tag transformer-course .
# In jupyterhub_config.py: c.DockerSpawner.image = "transformer-course"; a learner's
# folder lies in /home/learner/my-course, which is where a volume belongs.
# By itself: docker run --publish 8888:8888 transformer-course jupyter lab --ip=0.0.0.0
FROM python:3.11-slim

ENV KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 COURSE_LANGUAGE=en
RUN useradd --create-home --uid 1000 learner
COPY . /course
RUN pip install --no-cache-dir "/course[course]" "jupyterhub >= 5, < 6"

USER learner
WORKDIR /home/learner
# Made anew at every start where it is missing, since a volume hides what is built in;
# what a learner has answered is never written over.
CMD ["sh", "-c", "python -m course start my-course --lang $COURSE_LANGUAGE && exec jupyterhub-singleuser --ip=0.0.0.0 --notebook-dir=my-course"]
