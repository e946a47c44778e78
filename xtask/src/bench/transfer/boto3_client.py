"""Moves a file, or the files of a directory, as a short script on boto3 would.

The arguments are up or down, a bucket, a key or a prefix with a slash at its end, and the
local file or directory.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3

direction, bucket, name, local = sys.argv[1:]
s3 = boto3.client("s3")


def up(key, path):
    s3.upload_file(path, bucket, key)


def down(key, path):
    s3.download_file(bucket, key, path)


def keys(prefix):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page["Contents"]]


move = {"up": up, "down": down}[direction]
if not name.endswith("/"):
    move(name, local)
else:
    files = (
        [name + file for file in sorted(os.listdir(local))] if direction == "up" else keys(name)
    )
    with ThreadPoolExecutor(10) as pool:
        moves = [
            pool.submit(move, key, os.path.join(local, os.path.basename(key))) for key in files
        ]
        for done in moves:
            done.result()
