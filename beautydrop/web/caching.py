"""Redis as the cache, of which nothing depends: when it does not answer, nothing is cached, and that is logged."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Takes the answers of an empty cache where Redis has none to give."""

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(_forgiven(lambda: super(ForgivingRedisCache, self).add(key, value, *args, **kwargs), True))

    def get(self, key: Any, default: Any = None, *args: Any, **kwargs: Any) -> Any:
        return _forgiven(lambda: super(ForgivingRedisCache, self).get(key, default, *args, **kwargs), default)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        _forgiven(lambda: super(ForgivingRedisCache, self).set(key, value, *args, **kwargs), None)

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(_forgiven(lambda: super(ForgivingRedisCache, self).delete(key, *args, **kwargs), False))

    def get_many(self, keys: Any, *args: Any, **kwargs: Any) -> Any:
        return _forgiven(lambda: super(ForgivingRedisCache, self).get_many(keys, *args, **kwargs), {})

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return _forgiven(lambda: super(ForgivingRedisCache, self).set_many(data, *args, **kwargs), list(data))

    def has_key(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(_forgiven(lambda: super(ForgivingRedisCache, self).has_key(key, *args, **kwargs), False))


def _forgiven(ask: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return ask()
    except redis.RedisError as error:
        logger.error("The cache does not answer: %s", error.__class__.__name__)
        return otherwise
