"""The documents' worker, without its pauses: one message at a time, the whole file fetched,
its header read by wavinfo, the asset posted, the message deleted.

The arguments are a queue, the asset service and a number of messages. Prints what they took,
the start of Python not counted.
"""

import json
import os
import resource
import sys
import tempfile
import time

import boto3
import requests
from wavinfo import WavInfoReader

queue, service, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
s3, sqs = boto3.client("s3"), boto3.client("sqs")
url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]


def handle(bucket, key, directory):
    path = os.path.join(directory, key)
    s3.download_file(bucket, key, path)
    info = WavInfoReader(path)
    rate, bits, frames = info.fmt.sample_rate, info.fmt.bits_per_sample, info.data.frame_count
    os.remove(path)
    if (rate, bits) != (48000, 24):
        s3.delete_object(Bucket=bucket, Key=key)
        return
    asset = {
        "bucket": bucket,
        "file": key,
        "channel_count": info.fmt.channel_count,
        "frame_count": frames,
        "sample_rate": rate,
        "bits_per_sample": bits,
        "duration": str(frames / rate),
    }
    requests.post(f"{service}/asset", json=asset, timeout=60).raise_for_status()


start, start_cpu, done = time.monotonic(), time.process_time(), 0
with tempfile.TemporaryDirectory() as directory:
    while done < count:
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        for message in received.get("Messages", []):
            for record in json.loads(message["Body"])["Records"]:
                told = record["s3"]
                handle(told["bucket"]["name"], told["object"]["key"], directory)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            done += 1
took = {"wall": time.monotonic() - start, "cpu": time.process_time() - start_cpu}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps(took | {"peak_mib": peak / 1024}))
