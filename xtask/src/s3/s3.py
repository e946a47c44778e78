"""What a bucket holds, as boto3 sees it.

The arguments are a verb and a bucket:
create BUCKET     makes it
drop BUCKET       removes it with all that is in it
look BUCKET       prints its objects, with the SHA-256 of their bytes, and its open uploads
"""

import hashlib
import json
import sys

import boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))


def objects(bucket):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [item for page in pages for item in page.get("Contents", [])]


def uploads(bucket):
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket)
    return [item for page in pages for item in page.get("Uploads", [])]


def sha256(bucket, key):
    digest = hashlib.sha256()
    for chunk in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def look(bucket):
    found = [
        {"key": item["Key"], "size": item["Size"], "sha256": sha256(bucket, item["Key"])}
        for item in objects(bucket)
    ]
    still_open = [{"key": item["Key"], "id": item["UploadId"]} for item in uploads(bucket)]
    json.dump({"objects": found, "uploads": still_open}, sys.stdout)


def drop(bucket):
    for item in uploads(bucket):
        s3.abort_multipart_upload(Bucket=bucket, Key=item["Key"], UploadId=item["UploadId"])
    keys = [{"Key": item["Key"]} for item in objects(bucket)]
    for start in range(0, len(keys), 1000):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": keys[start : start + 1000]})
    s3.delete_bucket(Bucket=bucket)


verb, bucket = sys.argv[1:]
if verb == "create":
    s3.create_bucket(Bucket=bucket)
elif verb == "drop":
    drop(bucket)
elif verb == "look":
    look(bucket)
else:
    sys.exit(f"no such verb: {verb}")
