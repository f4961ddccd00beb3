# The command line with the understanding environment beside it: `main.py nlu train, test, promote, rollback` (docs/learning.md).
FROM python:3.10-slim-bookworm AS older

FROM python:3.13-slim-bookworm
WORKDIR /srv/motcua
# Two Pythons side by side under one prefix; nothing of the older one has a name of the newer one.
COPY --from=older /usr/local/bin/python3.10 /usr/local/bin/
COPY --from=older /usr/local/lib/libpython3.10.so.1.0 /usr/local/lib/
COPY --from=older /usr/local/lib/python3.10 /usr/local/lib/python3.10
RUN ldconfig && python3.10 -m venv bot/understanding/.venv

COPY requirements.txt ./
COPY bot/understanding/requirements.txt bot/understanding/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt
RUN bot/understanding/.venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement bot/understanding/requirements.txt

COPY main.py ./
COPY nlu_data nlu_data
COPY backend backend
COPY bot bot
RUN cd bot/understanding && .venv/bin/python train.py

RUN useradd --system --no-create-home --uid 10001 motcua && install --directory --owner=motcua /srv/learning
USER motcua
ENV HOME=/tmp MPLCONFIGDIR=/tmp
CMD ["python", "main.py", "nlu", "train"]
