"""Pre-signed S3 requests (AWS Signature Version 4, query form), with the range among what is signed.

Source: "Authenticating Requests: Using Query Parameters", Amazon S3 API Reference. A client that holds such a
URL can make exactly this request: another method, key, query or range has another signature.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is and how to sign for it. `endpoint` has scheme and host; the bucket follows in the path."""

    endpoint: str
    region: str
    name: str
    prefix: str
    access_key: str
    secret_key: str

    def path(self, key: str) -> str:
        """The URL path of a key below the prefix; of the bucket itself for the empty key."""
        parts = [self.name, *([self.prefix.strip("/")] if self.prefix.strip("/") else []), key] if key else [self.name]
        return "/" + quote("/".join(parts), safe="/~")


@dataclass(frozen=True, slots=True)
class Presigned:
    """One request. `headers` must be sent exactly so; `ttl_s` is how many seconds it may still be made."""

    method: str
    key: str
    ttl_s: int
    query: Mapping[str, str]
    headers: Mapping[str, str]


def presign(bucket: Bucket, request: Presigned, moment: int) -> str:
    """The URL for `request`, signed at `moment` (microseconds since 1970 UTC)."""
    time = datetime.fromtimestamp(moment // 1_000_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time[:8]}/{bucket.region}/s3/aws4_request"
    headers = {"host": urlsplit(bucket.endpoint).netloc, **{k.lower(): v for k, v in request.headers.items()}}
    signed = ";".join(sorted(headers))
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{bucket.access_key}/{scope}",
        "X-Amz-Date": time,
        "X-Amz-Expires": str(request.ttl_s),
        "X-Amz-SignedHeaders": signed,
        **request.query,
    }
    words = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in sorted(query.items()))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    path = bucket.path(request.key)
    canonical = f"{request.method}\n{path}\n{words}\n{lines}\n{signed}\nUNSIGNED-PAYLOAD"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(_signing_key(bucket, time[:8]), text.encode(), "sha256").hexdigest()
    return f"{bucket.endpoint.rstrip('/')}{path}?{words}&X-Amz-Signature={signature}"


def _signing_key(bucket: Bucket, day: str) -> bytes:
    key = f"AWS4{bucket.secret_key}".encode()
    for word in (day, bucket.region, "s3", "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    return key
