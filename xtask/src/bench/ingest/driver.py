"""Does to buckets and queues what it is asked for: one JSON object a line on stdin, and one
line of JSON on stdout for each. Ends at the end of its input.

Queue names are turned into URLs here. A message that the bucket sends into the queue that is
relayed from is passed on three times: at least once at once, the others now or later, and
among other messages, in no order.
"""

import hashlib
import json
import os
import random
import shutil
import struct
import sys
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

config = Config(s3={"addressing_style": "path"}, max_pool_connections=16)
s3 = boto3.client("s3", config=config)
sqs = boto3.client("sqs", config=config)
pool = ThreadPoolExecutor(8)
# A batch is 256 KiB at most.
LARGE = 16 << 10
urls = {}
held = []
die = random.Random(int(os.environ.get("DRIVER_SEED", "0")))


def url(queue):
    if queue not in urls:
        urls[queue] = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return urls[queue]


def wav(rate, bits, channels, data, length):
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", 1, channels, rate, rate * block, block, bits)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", length)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + length) + b"WAVE" + chunks + data


def content(kind, number):
    """A small file that is unlike every other."""
    noise = hashlib.sha256(f"{kind} {number}".encode()).digest() * 96
    if kind == "junk":
        return noise
    rate, bits = {"valid": (48000, 24), "rate": (44100, 16), "bits": (48000, 32)}[kind]
    return wav(rate, bits, 2, noise, len(noise))


def space(path):
    return {"free": shutil.disk_usage(path).free}


def queue(name):
    sqs.create_queue(QueueName=name)
    return {}


def bucket(name):
    s3.create_bucket(Bucket=name)
    return {}


def fill(bucket, files, length):
    """Puts large files, all different, and tells their ETags."""
    noise = os.urandom(1 << 20) * (length // (1 << 20) + 1)

    def put(number):
        # Differs at its beginning; the rest is shared, and never in memory twice.
        data = struct.pack("<Q", number) + noise[: length - 8]
        body = wav(48000, 24, 2, data, length)
        return s3.put_object(Bucket=bucket, Key=f"take_{number:05}.wav", Body=body)["ETag"]

    with ThreadPoolExecutor(3) as few:
        return {"etags": [etag.strip('"') for etag in few.map(put, range(files))]}


def batches(bodies):
    batch = []
    for body in bodies:
        if len(body) > LARGE:
            yield [body]
            continue
        batch.append(body)
        if len(batch) == 10:
            yield batch
            batch = []
    if batch:
        yield batch


def send(queue, bodies):
    target = url(queue)

    def one(batch):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)]
        answer = sqs.send_message_batch(QueueUrl=target, Entries=entries)
        if answer.get("Failed"):
            raise RuntimeError(f"not sent: {answer['Failed']}")

    list(pool.map(one, batches(bodies)))
    return {}


def counts(queues):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def of(queue):
        found = sqs.get_queue_attributes(QueueUrl=url(queue), AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    return {"messages": [of(queue) for queue in queues]}


def act(bucket, service, op):
    key = op["key"]
    if op["do"] == "put":
        body = content(op["kind"], op["number"])
        etag = s3.put_object(Bucket=bucket, Key=key, Body=body)["ETag"].strip('"')
        return {"etag": etag, "sha256": hashlib.sha256(body).hexdigest()}
    if op["do"] == "delete":
        s3.delete_object(Bucket=bucket, Key=key)
        return {}
    path = urllib.parse.quote(key, safe="/")
    request = urllib.request.Request(f"{service}/asset/{path}", method="DELETE")
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return {}


def apply(bucket, service, ops):
    """No two of these are on one key."""
    return {"done": list(pool.map(lambda op: act(bucket, service, op), ops))}


def in_sns(body):
    return json.dumps({"Type": "Notification", "TopicArn": "arn:x", "Message": body})


def relay(source, target, more, late):
    """Passes on what the bucket told, with other messages among it, and so many of a hundred of
    those that are held back.
    """
    told, batch = [], True
    while batch:
        # The queue's own setting is to wait.
        batch = sqs.receive_message(
            QueueUrl=url(source),
            MaxNumberOfMessages=10,
            VisibilityTimeout=600,
            WaitTimeSeconds=0,
        ).get("Messages", [])
        told += [message["Body"] for message in batch]
        if batch:
            entries = [
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                for n, message in enumerate(batch)
            ]
            sqs.delete_message_batch(QueueUrl=url(source), Entries=entries)
    events = [body for body in told if '"Records"' in body]
    out = list(more) + told
    for body in events:
        # Some of them by way of SNS.
        again = [body, in_sns(body) if die.random() < 0.2 else body]
        for copy in again:
            (held if die.random() < 0.6 else out).append(copy)
    die.shuffle(held)
    due = len(held) * late // 100
    out += held[:due]
    del held[:due]
    die.shuffle(out)
    send(target, out)
    return {"events": len(events), "sent": len(out), "held": len(held)}


COMMANDS = {
    one.__name__: one
    for one in [space, queue, bucket, fill, send, counts, apply, relay]
}
for line in sys.stdin:
    asked = json.loads(line)
    answer = COMMANDS[asked.pop("do")](**asked)
    print(json.dumps(answer), flush=True)
