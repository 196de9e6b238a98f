# The production image: `docker build -t beautydrop .`; settings come from the environment (README, "Settings").
# web:     docker run -p 8000:8000 --env-file .env beautydrop
# worker:  docker run --env-file .env beautydrop python manage.py run_worker
# release: docker run --env-file .env beautydrop python manage.py prepare
# Stopping: web and worker finish what runs within 25 seconds, so `docker stop --time 30` (its default is 10).
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt && useradd --system --no-create-home beautydrop
COPY . .

# Values that let the settings load; nothing of them stays in the image.
RUN SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built ALLOWED_HOSTS=localhost \
    SITE_URL=https://localhost EMAIL_HOST=localhost DATABASE_URL=postgres://localhost/none \
    python manage.py collectstatic --noinput

USER beautydrop
EXPOSE 8000
CMD ["gunicorn", "beautydrop.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
    "--graceful-timeout", "25", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
