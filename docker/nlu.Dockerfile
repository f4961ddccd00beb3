# The understanding server with its model: trained while the image is built, served by the hash listed beside it.
FROM python:3.10-slim-bookworm

WORKDIR /srv/motcua
COPY bot/understanding/requirements.txt bot/understanding/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement bot/understanding/requirements.txt

# What the model is made of, and the one normaliser that app and model share.
COPY nlu_data nlu_data
COPY backend/__init__.py backend/
COPY backend/domain/__init__.py backend/domain/letters.py backend/domain/
COPY bot/__init__.py bot/text.py bot/
COPY bot/spelling bot/spelling
COPY bot/understanding bot/understanding

WORKDIR /srv/motcua/bot/understanding
RUN python train.py

RUN useradd --system --no-create-home --uid 10001 motcua
USER motcua
# Rasa's libraries want a home to write caches in; the image itself is read-only.
ENV HOME=/tmp MPLCONFIGDIR=/tmp
EXPOSE 5005
CMD ["python", "serve.py", "--host", "0.0.0.0", "--port", "5005"]
