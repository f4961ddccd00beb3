# The app: doors, worker and every single command (python main.py --help). The NLU server has its own image.
FROM python:3.13-slim-bookworm

WORKDIR /srv/motcua
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
COPY main.py ./
COPY backend backend
COPY bot bot
COPY nlu_data/lookups nlu_data/lookups

RUN useradd --system --no-create-home --uid 10001 motcua
USER motcua
EXPOSE 8000
CMD ["python", "main.py", "serve", "--bare"]
