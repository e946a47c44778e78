"""Fills a bucket with a library: the same file under the names on standard input.

The arguments are the bucket and the file.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

bucket, file = sys.argv[1:]
s3 = boto3.client(
    "s3",
    config=Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        max_pool_connections=16,
        request_checksum_calculation="when_required",
    ),
)
s3.create_bucket(Bucket=bucket)
with open(file, "rb") as content:
    body = content.read()


def put(key):
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="audio/wav")


with ThreadPoolExecutor(16) as threads:
    for _ in threads.map(put, sys.stdin.read().splitlines()):
        pass
