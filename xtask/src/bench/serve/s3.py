"""Puts a file into a bucket, and gives a URL that leads to it without a header.

The arguments are the bucket, the key and the file.
"""

import sys

import boto3
from botocore.config import Config

bucket, key, file = sys.argv[1:]
s3 = boto3.client(
    "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"})
)
s3.create_bucket(Bucket=bucket)
with open(file, "rb") as body:
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="audio/wav")
place = {"Bucket": bucket, "Key": key}
print(s3.generate_presigned_url("get_object", Params=place, ExpiresIn=3600))
